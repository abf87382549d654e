"""The answer for each group in plain words, which follow from the numbers by declared rules.

Single numbers get their words from :data:`cips_models.charts.findings.RULES`; what
several estimates of one effect say together gets its words from
:data:`cips_models.report.agreement.AGREEMENT`.
"""

from dataclasses import dataclass

import pandas as pd

from cips_models.charts import findings, select
from cips_models.charts.labels import capital, word
from cips_models.charts.numbers import amount, points, probability, span
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.report.agreement import agreement
from cips_models.report.assessment import Assessment
from cips_models.report.overturned import overturning
from cips_models.report.ways import average_effects, default_specification, ways
from cips_models.wording import _, listed


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
    """

    group: str
    sentences: tuple[str, ...]
    estimates: tuple[tuple[str, str, str, str], ...]
    warnings: tuple[str, ...]


def answers(assessment: Assessment) -> tuple[Answer, ...]:
    """Answer in brief for every group of the survey."""
    return tuple(_answer(assessment, group) for group in assessment.about["groups"])


def change_words(assessment: Assessment, group: str) -> list[str]:
    """How perceptions changed, over all factors and countries; a sentence a pair of waves."""
    return [
        _with_probability(findings.change(row), row)
        + " "
        + _("From {first} to {last}, mean over factors and countries.").format(
            first=row["from"], last=row["to"]
        )
        for _index, row in overall_changes(assessment, group).iterrows()
    ]


def overall_changes(assessment: Assessment, group: str, scale: str = PERCENT) -> pd.DataFrame:
    """Rows of a group's change over all factors and countries, a pair of waves each."""
    table = assessment["changes"]
    return table[
        (table["estimand"] == "pooled change")
        & (table[GROUP] == group)
        & (table[FACTOR] == "")
        & (table[COUNTRY] == "")
        & (table["scale"] == scale)
    ]


def effect_words(assessment: Assessment, group: str) -> list[str]:
    """What the effect of support is, as estimated first, and what all estimates say together."""
    table = average_effects(assessment, group)
    if table.empty:
        return []
    _way, first = ways(table, default_specification(assessment))[0]
    return [_with_probability(findings.effect(first), first), agreement(table)]


def _answer(assessment: Assessment, group: str) -> Answer:
    sentences = [
        *change_words(assessment, group),
        *effect_words(assessment, group),
        *_headline(assessment, group),
    ]
    if not sentences:
        sentences = [_("Nothing can be said of change here: see Limits for the reason.")]
    table = average_effects(assessment, group)
    found = ways(table, default_specification(assessment)) if len(table) else []
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
            for way, row in found
        ),
        tuple(overturning(assessment, group)),
    )


def _with_probability(finding: str, row: pd.Series) -> str:
    return _("{finding}; probability of being above zero: {p}.").format(
        finding=finding, p=probability(row["p_positive"])
    )


def _headline(assessment: Assessment, group: str) -> list[str]:
    table = assessment["improved"][assessment["improved"][GROUP] == group]
    table = select.first_compared(table)  # the whole span, where it can be told

    def of(estimand: str) -> pd.DataFrame:
        rows = table[table["estimand"] == estimand]
        return rows if estimand.startswith("raw") else rows[rows["scale"] == PERCENT]

    def shares(rows: pd.DataFrame) -> str:
        return listed(
            (_("{share} % ({kind})") if row["supported"] else _("{share} %")).format(
                share=amount(row["mean"], 0), kind=word(row["supported"])
            )
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
