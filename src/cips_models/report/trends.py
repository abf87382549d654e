"""Parallel trends in the report: what would overturn the effect."""

from dataclasses import dataclass

import pandas as pd

from cips_models.charts import findings
from cips_models.charts.labels import capital, intervals, word
from cips_models.charts.numbers import amount, count, in_points, points, span
from cips_models.charts.trends import BIASED, BY_COUNTRY, COMMON
from cips_models.names import GROUP, LATENT, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.estimates import estimate
from cips_models.report.ways import default_specification
from cips_models.wording import N_, _, listed

SPREAD = "spread of other cells' changes"
PLACEBO, RATIO = "placebo effect", "placebo effect over omega"

#: Names of what may not have been examined.
_CHECKS = {
    "trends": N_("Bias of trends"),
    "placebo": N_("Placebo in time"),
    "spillover": N_("Spillover over countries"),
    "exposure": N_("Spillover from factor to factor"),
}


@dataclass(frozen=True)
class Breakdown:
    """Words for a range of the breakdown value: the least M at which the interval holds zero.

    Attributes
    ----------
    most : float
        The rule holds up to this M; infinity for no breakdown within what was examined.
    sentence : str
    """

    most: float
    sentence: str


#: The first rule whose ``most`` is not exceeded applies.
BREAKDOWNS: tuple[Breakdown, ...] = (
    Breakdown(0.0, N_("The interval of the effect holds zero without any bias.")),
    Breakdown(
        1.0,
        N_(
            "A bias common to all supported cells, smaller than what single factors do anyway, "
            "would do: from {least} times that spread on the interval of the effect holds zero."
        ),
    ),
    Breakdown(
        2.0,
        N_(
            "It takes a bias common to all supported cells of {least} times that spread for the "
            "interval of the effect to hold zero."
        ),
    ),
    Breakdown(
        float("inf"),
        N_(
            "A bias common to all supported cells of twice that spread would not make the "
            "interval of the effect hold zero."
        ),
    ),
)


def breakdown_words(least: float) -> str:
    """Say a breakdown value in words; NaN: more than twice the spread."""
    value = float("inf") if pd.isna(least) else float(least)
    rule = next(each for each in BREAKDOWNS if value <= each.most)
    return _(rule.sentence).format(least=amount(value, 2))


def _default(assessment: Assessment, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the estimate that is shown first."""
    own = (table["specification"] == default_specification(assessment)) & (
        table["route"] == "joint"
    )
    return table[own] if own.any() else table


def sentences(assessment: Assessment) -> tuple[str, ...]:
    """What a bias of trends would do, and what trends were before support, by group."""
    table = _default(assessment, assessment["trends"])
    said = []
    for group in assessment.about["groups"]:
        own = table[table[GROUP] == group]
        if own.empty:
            continue
        spread = own[own["estimand"] == SPREAD].set_index("scale")["mean"]
        least = _least(own)
        said.append(
            _(
                "{group}: without support a factor's change differs by {logits} logits, about "
                "{points}, from what its country and the factor elsewhere had in common "
                "(standard deviation, sampling noise removed)."
            ).format(
                group=capital(group), logits=amount(spread[LATENT], 2),
                points=in_points(spread[PERCENT], 1),
            )
            + " "
            + breakdown_words(least[COMMON])
            + " "
            + _("With a bias of its own for each country, and none in common: {least}.").format(
                least=_value(least[BY_COUNTRY])
            )
        )  # fmt: skip
    return (*said, *unchecked(assessment, "trends"), *_placebo(assessment))


def _least(own: pd.DataFrame, column: str = "breakdown") -> pd.Series:
    """Breakdown values in points by kind of bias, or their Monte Carlo errors."""
    chosen = own[(own["estimand"] == BIASED) & (own["scale"] == PERCENT)]
    return chosen.drop_duplicates("bias").set_index("bias")[column]


def breakdown(assessment: Assessment, group: str) -> float | None:
    """Breakdown value of the estimate shown first; NaN: more than 2; None: not examined."""
    table = _default(assessment, assessment["trends"])
    least = _least(table[table[GROUP] == group])
    return float(least[COMMON]) if COMMON in least else None


def _value(least: float) -> str:
    return _("more than 2") if pd.isna(least) else amount(least, 2)


def _with_error(least: float, error: float) -> str:
    return _value(least) if pd.isna(error) else f"{_value(least)} ± {amount(error, 2)}"


def unchecked(assessment: Assessment, check: str) -> list[str]:
    """What was not examined and why: a sentence for each reason, not for each group."""
    rows = assessment["unchecked"][assessment["unchecked"]["check"] == check]
    said = []
    for reason, own in rows.groupby("reason", sort=False):
        groups = listed(own[GROUP])
        said.append(
            _("{check}: not examined ({groups}). {reason}").format(
                check=_(_CHECKS[check]), groups=groups, reason=reason
            )
        )
    return said


def _placebo(assessment: Assessment) -> list[str]:
    table, said = assessment["placebo"], []
    for group in assessment.about["groups"]:
        own = table[table[GROUP] == group].set_index("estimand")
        if own.empty:
            continue
        effect, ratio = own.loc[PLACEBO], own.loc[RATIO]
        said.append(
            _(
                "Placebo in time, {group}: before support began, the cells supported later "
                "changed by {effect} logits more than others ({span}), {ratio} times the spread; "
                "{cells} cells contribute. {verdict}"
            ).format(
                group=capital(group), effect=points(effect["mean"], 2),
                span=span(effect["lower"], effect["upper"], digits=2),
                ratio=points(ratio["mean"], 1), cells=count(effect["cells"]),
                verdict=_parted(effect["p_positive"]),
            )
        )  # fmt: skip
    return [*said, *unchecked(assessment, "placebo")]


def _parted(p_positive: float) -> str:
    if findings.rule(p_positive).sign:
        return _("Trends parted before there was any support.")
    return _("No parting of trends was seen, which does not show that there was none.")


def overturning(assessment: Assessment) -> dict[str, list[str]]:
    """What could overturn the answer, one sentence a group at most, by group.

    A placebo that is clear of zero comes first; else a clear effect that a bias of less than the
    spread would make unclear.
    """
    trends, placebo = _default(assessment, assessment["trends"]), assessment["placebo"]
    found = {}
    for group in assessment.about["groups"]:
        before = placebo[(placebo[GROUP] == group) & (placebo["estimand"] == PLACEBO)]
        own = trends[trends[GROUP] == group]
        if len(before) and findings.rule(before["p_positive"].iloc[0]).sign:
            found[group] = [
                _(
                    "Cells supported later parted from the others before support began, by "
                    "{effect} logits: part of the effect may be that trend."
                ).format(effect=points(before["mean"].iloc[0], 2))
            ]
        elif len(own) and 0 < _least(own)[COMMON] < 1:
            least = _least(own)[COMMON]
            spread = own[(own["estimand"] == SPREAD) & (own["scale"] == PERCENT)]["mean"].iloc[0]
            found[group] = [
                _(
                    "The effect is no longer clear of zero if supported cells, support or not, "
                    "would have changed otherwise than the others by about {points} "
                    "(standard deviation), {least} times what single factors do."
                ).format(points=in_points(least * spread, 1), least=amount(least, 2))
            ]
    return found


def breakdowns(assessment: Assessment) -> Table:
    """The effect under a bias as large as the spread, and breakdown values, by every fit."""
    table = assessment["trends"]
    biased = table[(table["estimand"] == BIASED) & (table["scale"] == PERCENT)]
    rows = []
    for (group, specification, route), own in biased.groupby(
        [GROUP, "specification", "route"], sort=False
    ):
        one = own[(own["bias"] == COMMON) & (own["times"] == 1.0)].iloc[0]
        least, errors = _least(own), _least(own, "breakdown_mcse")
        values = (_with_error(least[bias], errors[bias]) for bias in (COMMON, BY_COUNTRY))
        names = capital(group), word(specification), word(route)
        rows.append((*names, *estimate(one)[:2], *values))
    return Table(
        _("The effect if trends were not parallel, in percentage points (± Monte Carlo error)"),
        (
            _("Group"), _("Specification"), _("Route"), _("Effect at M = 1"),
            intervals(biased["interval"]),
            _("Breakdown M, common bias"), _("Breakdown M, by country"),
        ),
        tuple(rows),
        words=3,
    )  # fmt: skip
