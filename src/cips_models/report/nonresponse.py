"""Don't know in the report: what became of the questions, and where that moved."""

from typing import Final

import pandas as pd

from cips_models.charts.labels import capital, intervals
from cips_models.charts.numbers import (
    NONE,
    WITHHELD,
    amount,
    count,
    count_or_withheld,
    plain,
    points,
    span,
)
from cips_models.names import FACTOR, GROUP, ITEM, WAVE
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.wording import _, listed

#: Points by which a rate of don't know must have changed for the report to warn of it.
NOTABLE: Final = 5.0

#: Most items that the table of the largest changes holds.
SHOWN: Final = 10


def nonresponse(assessment: Assessment) -> Table:
    """What became of the questions asked, in per cent."""
    kinds = {
        "answered": _("Answered"),
        "dont_know": _("Don't know"),
        "refused": _("Refused"),
    }
    rows = []
    for _index, row in assessment["nonresponse"].iterrows():
        asked = row[list(kinds)].sum(skipna=False)
        shares = [_share(row[kind], asked) for kind in kinds]
        rows.append((capital(row[GROUP]), str(row[WAVE]), count_or_withheld(asked), *shares))
    return Table(
        _("Answers and nonresponse, per cent of the questions asked"),
        (_("Group"), _("Wave"), _("Questions asked"), *kinds.values()),
        tuple(rows),
        words=2,
    )


def _share(answers: float, asked: float) -> str:
    """Per cent of the questions asked; withheld with any of the counts that it is made of."""
    if pd.isna(answers) or pd.isna(asked):
        return WITHHELD
    return amount(100 * answers / asked) if asked else NONE


def changed_most(assessment: Assessment) -> Table:
    """Items whose rate of don't know changed most, the largest change first."""
    table = assessment["dont_know"].dropna(subset="change")
    table = table[table["change"] != 0]
    largest = table["change"].abs().sort_values(ascending=False, kind="stable").index[:SHOWN]
    rows = [
        (
            str(row[ITEM]),
            str(row[FACTOR]),
            capital(row[GROUP]),
            _("{first} to {last}").format(first=row["from"], last=row["to"]),
            amount(row["rate_from"]),
            amount(row["rate_to"]),
            points(row["change"]),
            span(row["lower"], row["upper"]) if pd.notna(row["lower"]) else NONE,
            count(row["countries"]),
        )
        for _index, row in table.loc[largest].iterrows()
    ]
    return Table(
        _("Don't know where its rate changed most, in per cent of people who were asked"),
        (
            _("Item"),
            _("Factor"),
            _("Group"),
            _("Waves"),
            _("First"),
            _("Last"),
            _("Change, points"),
            intervals(table.loc[largest, "interval"]),
            _("Countries"),
        ),
        tuple(rows),
        words=4,
    )


def shifts(assessment: Assessment) -> tuple[str, ...]:
    """Say where don't know rose or fell by more than :data:`NOTABLE` points."""
    table = assessment["dont_know"]
    sentences = []
    for group in assessment.about["groups"]:
        own = table[table[GROUP] == group].dropna(subset="change")
        rose, fell = own[own["change"] > NOTABLE], own[own["change"] < -NOTABLE]
        for moved, sentence in (
            (
                rose,
                _(
                    "{group}: don't know rose by more than {limit} points in {n} of {all} items "
                    "({items}). Whoever would have answered before and no longer does is missing "
                    "from the later answers: that can look like a change of perception."
                ),
            ),
            (
                fell,
                _(
                    "{group}: don't know fell by more than {limit} points in {n} of {all} items "
                    "({items}). Whoever did not answer before and now does is new among the later "
                    "answers: that can look like a change of perception."
                ),
            ),
        ):
            if len(moved):
                sentences.append(
                    sentence.format(
                        group=capital(group),
                        limit=plain(NOTABLE),
                        n=len(moved),
                        all=len(own),
                        items=listed(map(str, moved[ITEM])),
                    )
                )
        if len(own) and not (len(rose) or len(fell)):
            sentences.append(
                _(
                    "{group}: don't know neither rose nor fell by more than {limit} points in any "
                    "of {all} items."
                ).format(group=capital(group), limit=plain(NOTABLE), all=len(own))
            )
    return tuple(sentences)
