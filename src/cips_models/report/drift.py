"""Drift of the questions in the report: what it may feign, and which items behave oddly."""

from typing import Final

import pandas as pd

from cips_models.charts.labels import capital, intervals
from cips_models.charts.numbers import NONE, amount, in_points, plain, points, probability, span
from cips_models.names import COUNTRY, FACTOR, GROUP, ITEM, PERCENT
from cips_models.report.answers import overall_changes
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.estimates import estimate
from cips_models.wording import _

#: Most items that the table of odd ones holds, and the least probability of being odd.
SHOWN: Final = 10
LIKELY: Final = 0.5


def under_drift(assessment: Assessment) -> Table:
    """Changes and effects without drift, with the drift that items show, and with twice that."""
    table = assessment["drift"]
    table = table[(table["scale"] == PERCENT) & (table[FACTOR] == "")]
    rows = [
        (
            _("Effect of support") if row["estimand"] == "ATT" else _("Mean change"),
            capital(row[GROUP]),
            f"{plain(row['drift'])} ×",
            *estimate(row),
            amount(row["drift_alone"]) if pd.notna(row["drift_alone"]) else NONE,
        )
        for _index, row in table.iterrows()
    ]
    return Table(
        _("Under less and more drift than the items show, in percentage points (cut route)"),
        (
            _("Quantity"),
            _("Group"),
            _("Drift"),
            _("Estimate"),
            intervals(table["interval"]),
            _("P(> 0)"),
            _("± by drift alone"),
        ),
        tuple(rows),
        words=3,
    )


def odd_items(assessment: Assessment) -> Table:
    """Items that probably differ from the others of their factor by more than 0.2 logits."""
    table = assessment["items"][assessment["items"]["p_odd"] >= LIKELY]
    table = table.assign(size=table["mean"].abs()).sort_values(
        ["p_odd", "size"], ascending=False, kind="stable"
    )
    rows = [
        (
            str(row[ITEM]),
            str(row[FACTOR]),
            str(row[COUNTRY])
            or _("all, {first} to {last}").format(first=row["from"], last=row["to"]),
            points(row["mean"], 2),
            span(row["lower"], row["upper"], digits=2),
            probability(row["p_odd"]),
        )
        for _index, row in table.head(SHOWN).iterrows()
    ]
    return Table(
        _("Items that behave oddly: harder (+) or easier than the others of their factor, logits"),
        (
            _("Item"),
            _("Factor"),
            _("Where"),
            _("Shift"),
            intervals(table["interval"]),
            _("P(beyond ±0.2)"),
        ),
        tuple(rows),
        words=3,
    )


def sentences(assessment: Assessment) -> tuple[str, ...]:
    """Say how much of a change could be drift, and how many items behave oddly."""
    table = assessment["drift"]
    if table.empty:
        return (
            _(
                "The questions are taken not to have drifted by an amount that is estimated: see "
                "the specification. Intervals of changes do not carry drift beyond what it states."
            ),
        )
    chosen = table[(table["estimand"] == "pooled change") & (table["scale"] == PERCENT)]
    chosen = chosen[chosen["drift"] == 1]
    first = chosen.iloc[0]
    said = [
        _(
            "From one wave to the next a question drifts by about {all} logits in all countries "
            "alike and {one} in a single one (standard deviations)."
        ).format(all=amount(first["item_wave"], 3), one=amount(first["item_country_wave"], 3))
    ]
    for group in assessment.about["groups"]:
        own = chosen[chosen[GROUP] == group]
        whole, single = own[own[FACTOR] == ""], own[own[FACTOR] != ""]
        overall = overall_changes(assessment, group)
        if whole.empty or overall.empty:
            continue
        said.append(
            _(
                "{group}: of the mean change of {change}, up to ±{drift} could be drift "
                "(95 %); of a single factor's change up to ±{factor}. The intervals include it."
            ).format(
                group=capital(group),
                change=in_points(overall.iloc[0]["mean"], 1, signed=True),  # as everywhere else
                drift=amount(whole.iloc[0]["drift_alone"], 2),
                factor=amount(single["drift_alone"].max(), 2),
            )
        )
    said.append(
        _(
            "Changes and effects under other amounts of drift, below, are by the cut route, which "
            "may differ a little from the joint fit."
        )
    )
    odd = int((assessment["items"]["p_odd"] >= LIKELY).sum())
    if not odd:
        said.append(_("No item probably differs from the others of its factor by 0.2 logits."))
    elif odd > SHOWN:
        said.append(
            _("{n} items behave oddly; {shown} are shown, items.csv holds all.").format(
                n=odd, shown=SHOWN
            )
        )
    return tuple(said)
