"""What could overturn the answer for a group, in a sentence each; nothing where nothing does."""

from cips_models.charts.findings import rule
from cips_models.names import GROUP, PERCENT
from cips_models.report import few_clusters_words, trends
from cips_models.report.assessment import Assessment
from cips_models.report.prior_words import average_under_priors, prior_name
from cips_models.report.words import default_specification
from cips_models.wording import _


def overturning(assessment: Assessment) -> dict[str, list[str]]:
    """What could overturn the answer of each group: trends, few countries, priors, choices."""
    specification, by_trends = default_specification(assessment), trends.overturning(assessment)
    return {
        group: [
            *by_trends.get(group, ()),
            *few_clusters_words.overturning(assessment, group, specification),
            *overturned(assessment, group, specification),
        ]
        for group in assessment.about["groups"]
    }


def overturned(assessment: Assessment, group: str, specification: str) -> list[str]:
    """Say which priors and which choices of the analyst would give another answer."""
    return [*_by_priors(assessment, group, specification), *_by_choices(assessment, group)]


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
        ).format(list=", ".join(dict.fromkeys(map(prior_name, other["prior"]))))
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
