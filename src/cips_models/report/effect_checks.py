"""Checks of the claim that support had an effect on a group."""

import pandas as pd

from cips_models.charts.findings import rule
from cips_models.charts.numbers import amount, p_is, span
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.report.checks import Found, excludes_zero
from cips_models.report.few_clusters_words import RARE
from cips_models.report.outcome_words import averages, together
from cips_models.report.prior_words import average_under_priors
from cips_models.report.selection import of_all_three
from cips_models.report.trends import breakdown
from cips_models.report.ways import average_effects, default_specification, ways
from cips_models.tables.estimates import AS_COMPOSED
from cips_models.wording import _


def precision(assessment: Assessment, group: str) -> Found | None:
    """The interval of the estimate that is shown first."""
    table = average_effects(assessment, group)
    _way, first = ways(table, default_specification(assessment))[0]
    return excludes_zero(first)


def bracket(assessment: Assessment, group: str) -> Found | None:
    """The three intervals together."""
    found = of_all_three(assessment, group)
    return None if found is None else excludes_zero(found)


def outcomes(assessment: Assessment, group: str) -> Found | None:
    """How many outcomes give a direction, and whether all say the same."""
    table = averages(assessment)
    own = table[table[GROUP] == group]
    if own.empty:
        return None
    signs = [rule(p).sign for p in own["p_positive"]]
    number = _("{up} up, {none} unclear, {down} down").format(
        up=signs.count(1), none=signs.count(0), down=signs.count(-1)
    )
    return Found(number, not together(own)[1])


def trends(assessment: Assessment, group: str) -> Found | None:
    """The least bias, in spreads, at which the interval holds zero."""
    least = breakdown(assessment, group)
    if least is None:
        return None
    if pd.isna(least):
        return Found(_("over 2 times the spread"), True)
    return Found(_("{least} times the spread").format(least=amount(least, 2)), least > 1)


def permutations(assessment: Assessment, group: str) -> Found | None:
    """The larger p of the two ways of permuting support."""
    table = assessment["permutations"]
    own = table[table[GROUP] == group]
    if own.empty:
        return None
    return Found(p_is(own["p"].max()), bool(own["p"].max() <= RARE))


def left_out(assessment: Assessment, group: str) -> Found | None:
    """Least and most effect without one country or factor, and intervals that hold zero."""
    table = assessment["leave_one_out"]
    own = table[
        (table[GROUP] == group)
        & (table["scale"] == PERCENT)
        & (table["refitted"] == "stage 2")
        & ((table[COUNTRY] != "") | (table[FACTOR] != ""))
    ]
    if own.empty:
        return None
    holding = int(((own["lower"] <= 0) & (own["upper"] >= 0)).sum())
    number = _("{span}; {n} of {all} intervals hold zero").format(
        span=span(own["mean"].min(), own["mean"].max()), n=holding, all=len(own)
    )
    return Found(number, not holding)


def priors(assessment: Assessment, group: str) -> Found | None:
    """Least and most effect under weaker and stronger priors."""
    moved = average_under_priors(assessment, group, default_specification(assessment))
    if len(moved) < 2:
        return None
    signs = {rule(p).sign for p in moved["p_positive"]}
    return Found(span(moved["mean"].min(), moved["mean"].max()), len(signs) == 1)


def drift(assessment: Assessment, group: str) -> Found | None:
    """The interval under twice the drift that the items show."""
    table = assessment["drift"]
    own = table[
        (table["estimand"] == "ATT")
        & (table[GROUP] == group)
        & (table["scale"] == PERCENT)
        & (table["drift"] == 2)
    ]
    return None if own.empty else excludes_zero(own.iloc[0])


def mode(assessment: Assessment, group: str) -> Found | None:
    """Whether the study file had to assume something; None where it names no column of people."""
    if str(assessment.about.get("assumption", "")):
        return Found(_("one assumption"), False)
    composed = assessment["changes"]["estimand"].str.endswith(AS_COMPOSED).any()
    return Found(_("no assumption"), True) if composed else None
