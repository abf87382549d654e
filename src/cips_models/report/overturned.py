"""What could overturn the answer for a group, in a sentence each; nothing where nothing does."""

from cips_models.charts.findings import rule
from cips_models.charts.labels import unit_of
from cips_models.charts.numbers import span
from cips_models.names import GROUP, PERCENT
from cips_models.report import few_clusters_words, outcome_words, trends
from cips_models.report.assessment import Assessment
from cips_models.report.prior_words import average_under_priors, prior_name
from cips_models.report.selection import of_all_three
from cips_models.report.ways import (
    average_effects,
    default_specification,
    missing,
    sign_warnings,
    ways,
)
from cips_models.wording import _, listed


def overturning(assessment: Assessment, group: str) -> list[str]:
    """Everything that must stand beside the answer for a group.

    In this order: estimates that are missing, the scale, other outcomes, trends, few countries,
    what is assumed of starting points, priors, choices of the analyst.  Without an effect
    nothing.
    """
    table = average_effects(assessment, group)
    if table.empty:
        return []
    specification = default_specification(assessment)
    return [
        *missing(table),
        *sign_warnings(table),
        *outcome_words.warnings(assessment, group),
        *trends.overturning(assessment).get(group, ()),
        *few_clusters_words.overturning(assessment, group, specification),
        *_by_starting_points(assessment, group),
        *_by_priors(assessment, group, specification),
        *_by_choices(assessment, group),
    ]


def _by_starting_points(assessment: Assessment, group: str) -> list[str]:
    """Say that the bracket holds zero where the estimate that is shown first has a direction."""
    table, found = average_effects(assessment, group), of_all_three(assessment, group)
    _way, first = ways(table, default_specification(assessment))[0]
    if found is None or not rule(first["p_positive"]).sign:
        return []
    if found["lower"] > 0 or found["upper"] < 0:
        return []
    return [
        _(
            "The direction hangs on what is assumed of starting points: under the three "
            "assumptions together the effect lies anywhere from {ends} {unit}."
        ).format(ends=span(found["lower"], found["upper"]), unit=unit_of(PERCENT, found["upper"]))
    ]


def _by_priors(assessment: Assessment, group: str, specification: str) -> list[str]:
    """Say of a group's average effect that another prior would give it another direction."""
    moved = average_under_priors(assessment, group, specification)
    if moved.empty:
        return []
    sign = rule(moved["p_positive"].iloc[0]).sign
    other = moved[[rule(p).sign != sign for p in moved["p_positive"]]]
    if other.empty:
        return []
    return [
        _(
            "How clear the direction of the effect is depends on a prior: it is another one with "
            "half or twice the strength of: {list}."
        ).format(list=listed(dict.fromkeys(map(prior_name, other["prior"]))))
    ]


def _by_choices(assessment: Assessment, group: str) -> list[str]:
    """Say of a group that declared specifications disagree about its effect."""
    table = assessment["multiverse"]
    rows = table[(table[GROUP] == group) & (table["scale"] == PERCENT) & table["mean"].notna()]
    above = rows["lower"] > 0
    if rows.empty or above.all() or not above.any():
        return []
    return [
        _(
            "In the multiverse of {n} specifications {above} have an interval above zero: the "
            "answer depends on choices of the analyst."
        ).format(n=len(rows), above=int(above.sum()))
    ]
