"""The result in plain words, which follow from the numbers by declared rules.

Single numbers get their words from :data:`cips_models.charts.findings.RULES`; what
several estimates of one effect say together gets its words from :data:`AGREEMENT`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cips_models.charts import findings, select
from cips_models.charts.labels import capital, word
from cips_models.charts.numbers import amount, points, probability, span
from cips_models.did.estimand import in_words, of_rows
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.report import outcome_words
from cips_models.report.assessment import Assessment
from cips_models.wording import N_, _

#: Without all of these an effect is not shown as if it were the whole story.
BRACKET = ("did", "exchangeable", "conditional")


@dataclass(frozen=True)
class Agreement:
    """Words for what several estimates say together.

    Attributes
    ----------
    holds : callable
        Takes the set of signs that the rules give to the estimates (1, 0, -1).
    when, sentence : str
        The condition and the words, to be translated.
    """

    holds: Callable[[set[int]], bool]
    when: str
    sentence: str


#: The first that holds applies; the last always holds.
AGREEMENT: tuple[Agreement, ...] = (
    Agreement(
        lambda signs: {1, -1} <= signs,
        N_("Some estimates say more, others less."),
        N_(
            "The {n} estimates of this effect contradict one another: {up} say that supported "
            "cells gained more, {down} that they gained less. No direction is established."
        ),
    ),
    Agreement(
        lambda signs: signs == {0},
        N_("No estimate has a clear direction."),
        N_("None of the {n} estimates of this effect has a clear direction."),
    ),
    Agreement(
        lambda signs: 0 in signs,
        N_("Some estimates have no clear direction, the others agree."),
        N_(
            "{unclear} of the {n} estimates of this effect have no clear direction: the answer "
            "depends on what is assumed."
        ),
    ),
    Agreement(
        lambda signs: True,
        N_("All estimates point in the same direction."),
        N_("All {n} estimates of this effect point in the same direction."),
    ),
)


@dataclass(frozen=True)
class Answer:
    """The answer for one group.

    Attributes
    ----------
    group : str
    sentences : tuple of str
    estimates : tuple of (way, effect, interval, probability)
        The effect in percentage points, the default way of estimating it first.
    warnings : tuple of str
        What must stand beside the answer.
    statements : tuple of str
        What the estimates are effects of.
    """

    group: str
    sentences: tuple[str, ...]
    estimates: tuple[tuple[str, str, str, str], ...]
    warnings: tuple[str, ...]
    statements: tuple[str, ...] = ()


def answers(
    assessment: Assessment, overturning: Mapping[str, Sequence[str]] | None = None
) -> tuple[Answer, ...]:
    """Answer in brief for every group of the survey.

    Parameters
    ----------
    assessment : Assessment
    overturning : mapping, optional
        Sentences by group on what could overturn its answer.
    """
    return tuple(
        _answer(assessment, group, (overturning or {}).get(group, ()))
        for group in assessment.about["groups"]
    )


def default_specification(assessment: Assessment) -> str:
    """Specification whose effect is shown first: that of the run, where effects name it."""
    named = list(dict.fromkeys(assessment["effects"]["specification"]))
    own = str(assessment.about["specification"])
    return own if own in named or not named else str(named[0])


def average_effects(assessment: Assessment, group: str, scale: str = PERCENT) -> pd.DataFrame:
    """Every estimate of a group's average effect on supported cells."""
    table = assessment["effects"]
    return table[(table["estimand"] == "ATT") & (table[GROUP] == group) & (table["scale"] == scale)]


def agreement(estimates: pd.DataFrame) -> str:
    """Say what several estimates of one effect say together.

    Parameters
    ----------
    estimates : pandas.DataFrame
        Rows of the effects table, at least one.
    """
    signs = [findings.rule(p).sign for p in estimates["p_positive"]]
    rule = next(each for each in AGREEMENT if each.holds(set(signs)))
    return _(rule.sentence).format(
        n=len(signs), up=signs.count(1), down=signs.count(-1), unclear=signs.count(0)
    )


def _answer(assessment: Assessment, group: str, overturning: Sequence[str]) -> Answer:
    sentences = _changes(assessment, group)
    ways: list[tuple[str, pd.Series]] = []
    warnings: list[str] = []
    statements: list[str] = []
    table = average_effects(assessment, group)
    if len(table):
        ways = _ways(table, default_specification(assessment))
        first = ways[0][1]
        sentences.append(_with_probability(findings.effect(first), first))
        sentences.append(agreement(table))
        statements = in_words(of_rows(pd.DataFrame([row for _way, row in ways])))
        warnings = [
            *_missing(table),
            *_sign_warnings(table),
            *outcome_words.warnings(assessment, group),
            *overturning,
        ]
    sentences += _headline(assessment, group)
    if not sentences:
        sentences = [_("Nothing can be said of change here: see Limits for the reason.")]
    return Answer(
        group,
        tuple(capital(sentence) for sentence in sentences),
        tuple(
            (
                capital(way),
                points(row["mean"]),
                span(row["lower"], row["upper"]),
                probability(row["p_positive"]),
            )
            for way, row in ways
        ),
        tuple(warnings),
        tuple(statements),
    )


def _with_probability(finding: str, row: pd.Series) -> str:
    return _("{finding}; probability of being above zero: {p}.").format(
        finding=finding, p=probability(row["p_positive"])
    )


def _changes(assessment: Assessment, group: str) -> list[str]:
    table = assessment["changes"]
    chosen = table[
        (table["estimand"] == "pooled change")
        & (table[GROUP] == group)
        & (table[FACTOR] == "")
        & (table[COUNTRY] == "")
        & (table["scale"] == PERCENT)
    ]
    return [
        _with_probability(findings.change(row), row)
        + " "
        + _("From {first} to {last}, mean over factors and countries.").format(
            first=row["from"], last=row["to"]
        )
        for _index, row in chosen.iterrows()
    ]


def _ways(table: pd.DataFrame, default: str) -> list[tuple[str, pd.Series]]:
    """Estimates of one effect that the brief shows: the default first, then the others."""
    wanted = [
        (_("{specification}, trends parallel in logits"), default, "joint", "latent"),
        (_("the same, trends parallel in points"), default, "joint", "points"),
        (_("the same, cut route"), default, "cut", "latent"),
        *(
            (way, name, route, "latent")
            for name in BRACKET
            if name != default
            for way, route in (
                ("{specification}", "joint"),
                (_("{specification}, cut route"), "cut"),
            )
        ),
    ]
    found = []
    for way, specification, route, trends in wanted:
        rows = table[
            (table["specification"] == specification)
            & (table["route"] == route)
            & (table["parallel_trends"] == trends)
        ]
        found += [
            (way.format(specification=word(specification)), row) for _i, row in rows.iterrows()
        ]
    return found or [(word(str(table["specification"].iloc[0])), table.iloc[0])]


def _missing(table: pd.DataFrame) -> list[str]:
    """Say which estimates of the bracket are not there."""
    missing = [word(name) for name in BRACKET if name not in set(table["specification"])]
    missing += [_("cut route")] if "cut" not in set(table["route"]) else []
    if not missing:
        return []
    return [
        _("Not computed: {list}. The effect must not be quoted without them.").format(
            list=", ".join(missing)
        )
    ]


def _sign_warnings(estimates: pd.DataFrame) -> list[str]:
    """Say where parallel trends in logits and in points disagree in sign."""
    found = []
    for (specification, route), pair in estimates.groupby(["specification", "route"], sort=False):
        means = pair.set_index("parallel_trends")["mean"]
        if {"latent", "points"} <= set(means.index) and means["latent"] * means["points"] < 0:
            found.append(
                _(
                    "{specification}, {route} route: the effect is {latent} points with trends "
                    "parallel in logits and {points} points with trends parallel in points. The "
                    "two disagree in sign: the direction depends on the scale."
                ).format(
                    specification=capital(word(str(specification))),
                    route=word(str(route)),
                    latent=points(means["latent"], 2),
                    points=points(means["points"], 2),
                )
            )
    return found


def _headline(assessment: Assessment, group: str) -> list[str]:
    table = assessment["improved"][assessment["improved"][GROUP] == group]
    table = select.first_compared(table)  # the whole span, where it can be told

    def of(estimand: str) -> pd.DataFrame:
        rows = table[table["estimand"] == estimand]
        return rows if estimand.startswith("raw") else rows[rows["scale"] == PERCENT]

    def shares(rows: pd.DataFrame) -> str:
        return ", ".join(
            f"{amount(row['mean'], 0)} %"
            + (f" ({word(row['supported'])})" if row["supported"] else "")
            for _index, row in rows.iterrows()
        )

    sentences = []
    if len(model := of("share improved")):
        sentences.append(
            _("Cells improved according to the model: {list}.").format(list=shares(model))
        )
    if len(raw := of("raw share improved")):
        sentences.append(
            _("By the sign of the change in raw scores: {list}.").format(list=shares(raw))
        )
    sentences += [
        _with_probability(findings.share(row), row)
        for _index, row in of("difference in shares improved").iterrows()
    ]
    return sentences
