"""How sure the main claims are: a profile of declared checks with their numbers, never a grade.

Every line is one reason to doubt, with the number behind it and the rule that it is held against.
Lines are not added up: one that fails can outweigh all that hold.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cips_models.charts.labels import capital
from cips_models.report import change_checks, effect_checks
from cips_models.report.answers import overall_changes
from cips_models.report.assessment import Assessment
from cips_models.report.checks import Found
from cips_models.report.document import Paragraph, Section, Table, said
from cips_models.report.ways import average_effects
from cips_models.wording import N_, _


@dataclass(frozen=True)
class Check:
    """One reason to doubt a claim.

    Attributes
    ----------
    name, rule : str
        The reason, and what must hold for it not to stand against the claim; to be translated.
    find : callable
        ``find(assessment, group)`` gives the number and whether the rule holds; None where it
        could not be examined.
    """

    name: str
    rule: str
    find: Callable[[Assessment, str], Found | None]


#: Of the claim that perceptions changed.
CHANGE: Final = (
    Check(
        N_("Sampling precision"),
        N_("The interval of the mean change excludes zero."),
        change_checks.precision,
    ),
    Check(
        N_("Over factors"),
        N_("The change of every factor has the sign of the mean change."),
        change_checks.factors,
    ),
    Check(
        N_("Drift of the questions"),
        N_("The mean change is larger than what drift alone may feign (95 %)."),
        change_checks.drift,
    ),
    Check(
        N_("Who answered, and the mode"),
        N_("As the waves were composed the interval excludes zero on the same side."),
        change_checks.composition,
    ),
    Check(
        N_("Don't know"),
        N_("In no question did don't know move by more than 5 points."),
        change_checks.dont_know,
    ),
)

#: Of the claim that support raised perceptions.
EFFECT: Final = (
    Check(
        N_("Sampling precision"),
        N_("The interval of the effect excludes zero."),
        effect_checks.precision,
    ),
    Check(
        N_("Three assumptions about starting points"),
        N_("The three intervals together exclude zero."),
        effect_checks.bracket,
    ),
    Check(
        N_("The scale"),
        N_("All outcomes agree in sign and in conclusion."),
        effect_checks.outcomes,
    ),
    Check(
        N_("Parallel trends"),
        N_("The least bias of trends at which the interval holds zero exceeds the spread of single "
           "factors' changes (M > 1)."),
        effect_checks.trends,
    ),
    Check(
        N_("Few countries: chance"),
        N_("At most 5 % of permuted support maps show as much."),
        effect_checks.permutations,
    ),
    Check(
        N_("Few countries: one left out"),
        N_("Without any one country or factor the interval still excludes zero."),
        effect_checks.left_out,
    ),
    Check(
        N_("Priors"),
        N_("With any prior half or twice as strong the direction is as clear as before."),
        effect_checks.priors,
    ),
    Check(
        N_("Drift of the questions"),
        N_("Under twice the drift that the items show the interval excludes zero."),
        effect_checks.drift,
    ),
    Check(
        N_("Mode"),
        N_("Nothing is assumed of the mode that the data do not tell."),
        effect_checks.mode,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """A claim about a group and what became of its checks.

    Attributes
    ----------
    group, words : str
    found : tuple of (Check, Found or None)
    """

    group: str
    words: str
    found: tuple[tuple[Check, Found | None], ...]


def change_claim(assessment: Assessment, group: str) -> Claim | None:
    """The profile of the claim that perceptions of a group changed; None without a change."""
    if overall_changes(assessment, group).empty:
        return None
    words = _("{group}: perceptions changed").format(group=capital(group))
    return Claim(group, words, tuple((each, each.find(assessment, group)) for each in CHANGE))


def effect_claim(assessment: Assessment, group: str) -> Claim | None:
    """The profile of the claim that support had an effect on a group; None without an effect."""
    if average_effects(assessment, group).empty:
        return None
    words = _("{group}: support had an effect").format(group=capital(group))
    return Claim(group, words, tuple((each, each.find(assessment, group)) for each in EFFECT))


def verdict(found: Found | None) -> str:
    """Whether a rule holds, in a word."""
    if found is None:
        return _("not examined")
    return _("yes") if found.holds else _("no")


def _with_number(found: Found | None) -> str:
    if found is None:
        return verdict(found)
    return _("{verdict}: {number}").format(verdict=verdict(found), number=found.number)


def table(claim: Claim) -> Table:
    """The profile of one claim."""
    return Table(
        claim.words,
        (_("Reason to doubt"), _("Found"), _("Rule"), _("Holds")),
        tuple(
            (_(check.name), found.number if found else "–", _(check.rule), verdict(found))
            for check, found in claim.found
        ),
        words=4,
    )


def side_by_side(claims: tuple[Claim, ...]) -> Table:
    """The profiles of one claim about several groups, short."""
    names = [_(check.name) for check, _found in claims[0].found]
    cells = [[_with_number(found) for _check, found in claim.found] for claim in claims]
    return Table(
        _("Does each rule hold, and by what number?"),
        (_("Reason to doubt"), *(capital(claim.group) for claim in claims)),
        tuple(zip(names, *cells, strict=True)),
        words=1 + len(claims),
    )


def claims(assessment: Assessment) -> tuple[Claim, ...]:
    """All main claims: change and effect of every group."""
    every = [
        claim(assessment, group)
        for claim in (change_claim, effect_claim)
        for group in assessment.about["groups"]
    ]
    return tuple(claim for claim in every if claim is not None)


def section(assessment: Assessment) -> Section:
    """The profile of every main claim."""
    return Section(
        _("How sure: reasons to doubt, one by one"),
        said(
            Paragraph(
                _(
                    "Each line holds one number against one rule that was declared before. The "
                    "lines are not added up and give no grade: one that fails can outweigh all "
                    "that hold, and what none of them looks at is listed under Limits."
                )
            ),
            *map(table, claims(assessment)),
        ),
        key="certainty",
    )
