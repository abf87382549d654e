"""The effect on several outcomes in the report, by weights, cell by cell and over time."""

from collections.abc import Mapping, Sequence

import pandas as pd

from cips_models.charts.labels import capital, outcome, unit
from cips_models.charts.numbers import count, plain
from cips_models.did.estimand import BY_LEVEL, weights_in_words
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.report.document import (
    Paragraph,
    Part,
    Picture,
    Section,
    Table,
    bullets,
    fold,
    said,
)
from cips_models.report.estimates import by_group, estimate, numbers_head
from cips_models.report.outcome_words import SIDE_BY_SIDE, averages, sentences
from cips_models.report.rule_tables import bare
from cips_models.wording import _


def sections(
    assessment: Assessment, pictures: Mapping[str, Picture], *, ruled: bool = True
) -> tuple[Section, ...]:
    """Outcomes side by side; then by weights, cell by cell, over time.

    ``ruled``: with the rules of the words, which the technical annex has at its end.
    """
    table = averages(assessment)
    side_by_side = Section(
        _("Outcomes side by side"),
        said(
            bullets(sentences(assessment)),
            pictures.get("outcomes"),
            _side_by_side(table, assessment.about["groups"]),
            fold(_levels(assessment)),
            fold(rules()) if ruled else None,
        )
        if len(table)
        else (Paragraph(_("No outcomes were computed beside those above.")),),
    )
    return side_by_side, _by_weights(assessment, pictures)


def _by_weights(assessment: Assessment, pictures: Mapping[str, Picture]) -> Section:
    by_time = _by_time(assessment)
    if by_time.rows:
        over_time: tuple[Part | None, ...] = (
            Paragraph(
                _(
                    "The model's effect on a cell does not change once support has begun. By time "
                    "it is imputed from the levels of cells as their answers alone have them; the "
                    "interval holds errors of these levels, not how far single cells stray from "
                    "parallel trends."
                )
            ),
            pictures.get("effect_path"),
            by_time,
        )
    elif len(assessment.about["waves"]) < 3:
        over_time = (
            Paragraph(
                _(
                    "There are two waves, and so one time since support began: how an effect "
                    "unfolds cannot be seen."
                )
            ),
        )
    else:
        over_time = (Paragraph(_("No effect by time since support began can be told.")),)
    return Section(
        _("By weights, cell by cell, over time"),
        said(
            Paragraph(
                _(
                    "Effects are first those of each supported cell and then averaged. How cells "
                    "weigh in the average is a choice; the table shows what other choices give. "
                    "The effect on a cell is pooled: it leans on those of the same country and "
                    "factor."
                )
            ),
            fold(_weightings(assessment)),
            fold(_cells(assessment)),
            *over_time,
        ),
    )


def rules() -> Table:
    """The rules by which several outcomes become one sentence."""
    return Table(
        _("What several outcomes say together: the first rule that holds applies"),
        (_("When"), _("Words")),
        tuple((_(each.when), bare(_(each.sentence))) for each in SIDE_BY_SIDE),
        words=2,
    )


def _side_by_side(table: pd.DataFrame, groups: Sequence[str]) -> Table:
    rows = [
        (
            capital(row[GROUP]),
            outcome(row["scale"], row["parallel_trends"]),
            unit(row["scale"]),
            *estimate(row),
        )
        for _index, row in by_group(table, groups).iterrows()
    ]
    head = (_("Group"), _("Outcome"), _("Unit"), *numbers_head(table, _("Effect")))
    return Table(_("Outcomes side by side: average effect of support"), head, tuple(rows), 3)


def _levels(assessment: Assessment) -> Table:
    table = assessment["outcomes"]
    table = table[(table["estimand"] == BY_LEVEL) & (table["parallel_trends"] == "distribution")]
    rows = [
        (capital(row[GROUP]), _level(row["level"]), *estimate(row))
        for _index, row in by_group(table, assessment.about["groups"]).iterrows()
    ]
    return Table(
        _(
            "Effect on the share of each answer, from least favourable, in percentage points "
            "(between countries, distributional)"
        ),
        (_("Group"), _("Level"), *numbers_head(table, _("Effect"))),
        tuple(rows),
        words=2,
    )


def _level(code: str) -> str:
    """Which of the answers: "1 of 4"."""
    n, _of, every = code.partition(" of ")
    return _("{n} of {all}").format(n=n, all=every) if every else code


def _weightings(assessment: Assessment) -> Table:
    table = assessment["weightings"]
    table = by_group(table[table["scale"] == PERCENT], assessment.about["groups"])
    rows = [
        (
            capital(row[GROUP]),
            capital(weights_in_words(row["weights"])),
            outcome(row["scale"], row["parallel_trends"]),
            *estimate(row),
        )
        for _index, row in table.iterrows()
    ]
    head = (_("Group"), _("Weights"), _("Outcome"), *numbers_head(table, _("Effect")))
    return Table(_("The same effect by other weights, in percentage points"), head, tuple(rows), 3)


def _cells(assessment: Assessment) -> Table:
    table = assessment["cell_effects"]
    table = table[(table["scale"] == PERCENT) & (table["parallel_trends"] == "latent")]
    rows = [
        (row[COUNTRY], row[FACTOR], capital(row[GROUP]), *estimate(row))
        for _index, row in table.iterrows()
    ]
    head = (_("Country"), _("Factor"), _("Group"), *numbers_head(table, _("Effect")))
    return Table(_("Effect on every supported cell, in percentage points"), head, tuple(rows), 3)


def _by_time(assessment: Assessment) -> Table:
    table = assessment["effect_paths"]
    table = table[table["estimand"] == "ATT by time since support"]
    table = by_group(table.sort_values(["scale", "since"]), assessment.about["groups"])
    rows = [
        (
            capital(row[GROUP]),
            outcome(row["scale"], row["parallel_trends"]),
            plain(row["since"]),
            count(row["cells"]),
            *estimate(row),
        )
        for _index, row in table.iterrows()
    ]
    head = (_("Group"), _("Outcome"), _("Years since support began"), _("Cells"))
    return Table(
        _("Average effect by time since support began; other cells at other times"),
        (*head, *numbers_head(table, _("Effect"))),
        tuple(rows),
        words=3,
    )
