"""How support was chosen, what noise alone would show, and what the bracket holds, in words."""

from collections.abc import Iterator

import pandas as pd

from cips_models.charts.findings import interval
from cips_models.charts.labels import capital, unit_of
from cips_models.charts.numbers import amount, in_points, span
from cips_models.charts.selection import started
from cips_models.did.bracket import union
from cips_models.names import GROUP, LATENT, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.wording import _


def sentences(assessment: Assessment) -> tuple[str, ...]:
    """Say for every group how support was chosen and what follows, and what no bracket holds."""
    found = [
        sentence
        for group in assessment.about["groups"]
        for sentence in (*_of_group(assessment, group), *_bracket(assessment, group))
    ]
    if not union(assessment["effects"]).empty:
        found.append(
            _(
                "The bracket is promised only where one of the three assumptions is true: in "
                "simulated surveys in which one was, it held the effect in more than 95 %. Where "
                "none is, nothing is promised: had support gone to factors that were about to "
                "rise anyway, all three would be wrong by the same amount."
            )
        )
    return tuple(found)


def _of_group(assessment: Assessment, group: str) -> Iterator[str]:
    table = assessment["selection"]
    own = table[table[GROUP] == group]

    def the(estimand: str, scale: str) -> pd.Series | None:
        rows = own[(own["estimand"] == estimand) & (own["scale"] == scale)]
        return None if rows.empty else rows.iloc[0]

    difference, odds = the("baseline difference", PERCENT), the("odds ratio of support", LATENT)
    if difference is None or odds is None:
        return
    yield _(
        "{group}: within countries and net of factors {finding}. The odds of support were "
        "{odds} times as high for a start one standard deviation lower ({interval} {span})."
    ).format(
        group=capital(group),
        finding=started(difference),
        odds=amount(odds["mean"], 2),
        interval=interval(odds),
        span=span(odds["lower"], odds["upper"], signed=False, digits=2),
    )
    reliable, gain = the("reliability", LATENT), the("regression to the mean", PERCENT)
    if reliable is not None and gain is not None:
        yield _(
            "{group}: sampling noise is {noise} % of the variance of starting points as they were "
            "read. Had support been given by these readings, noise alone would make observed "
            "means show an effect of {gain} ({interval} {span}) where there is none."
        ).format(
            group=capital(group),
            noise=amount(100 * (1 - reliable["mean"]), 0),
            gain=in_points(gain["mean"], 2, signed=True),
            interval=interval(gain),
            span=span(gain["lower"], gain["upper"], digits=2),
        )


def of_all_three(assessment: Assessment, group: str) -> pd.Series | None:
    """The three intervals together, in points; None where they are not all there."""
    found = union(assessment["effects"])
    rows = found[(found[GROUP] == group) & (found["scale"] == PERCENT)]
    return None if rows.empty else rows.iloc[0]


def _bracket(assessment: Assessment, group: str) -> Iterator[str]:
    found = of_all_three(assessment, group)
    if found is None:
        return
    ends = span(found["lower"], found["upper"])
    if found["lower"] > 0 or found["upper"] < 0:
        said = _(
            "{group}: the three intervals together (cut route) reach from {ends} {unit}; zero "
            "lies outside: under each of the three assumptions the direction is the same."
        )
    else:
        said = _(
            "{group}: the three intervals together (cut route) reach from {ends} {unit} and hold "
            "zero: if it is not known which of the three assumptions is true, no direction is "
            "established."
        )
    yield said.format(group=capital(group), ends=ends, unit=unit_of(PERCENT, found["upper"]))
