"""The effect on several outcomes in the report, by weights, cell by cell and over time."""

import pandas as pd

from cips_models.charts.labels import capital, outcome, unit
from cips_models.charts.numbers import count
from cips_models.did.estimand import BY_LEVEL, in_words, of_rows, weights_in_words
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.report.outcome_words import SIDE_BY_SIDE, averages, sentences
from cips_models.report.tables import Table, estimate, numbers_head
from cips_models.wording import _


def section(assessment: Assessment) -> dict[str, object]:
    """Sentences and tables of the section, by name."""
    table = averages(assessment)
    return {
        "sentences": sentences(assessment),
        "statements": in_words(of_rows(table)),
        "side_by_side": _side_by_side(table),
        "levels": _levels(assessment),
        "weightings": _weightings(assessment),
        "cells": _cells(assessment),
        "by_time": _by_time(assessment),
        "waves": len(assessment.about["waves"]),
        "rules": Table(
            _("What several outcomes say together: the first rule that holds applies"),
            (_("When"), _("Words")),
            tuple((_(each.when), _(each.sentence)) for each in SIDE_BY_SIDE),
            words=2,
        ),
    }


def _side_by_side(table: pd.DataFrame) -> Table:
    rows = [
        (
            capital(row[GROUP]),
            outcome(row["scale"], row["parallel_trends"]),
            unit(row["scale"]),
            *estimate(row),
        )
        for _index, row in table.sort_values(GROUP, kind="stable").iterrows()
    ]
    head = (_("Group"), _("Outcome"), _("Unit"), *numbers_head(table, _("Effect")))
    return Table(_("Outcomes side by side: average effect of support"), head, tuple(rows), 3)


def _levels(assessment: Assessment) -> Table:
    table = assessment["outcomes"]
    table = table[
        (table["estimand"] == BY_LEVEL) & (table["parallel_trends"] == "distribution")
    ].sort_values(GROUP, kind="stable")
    rows = [(capital(row[GROUP]), row["level"], *estimate(row)) for _index, row in table.iterrows()]
    return Table(
        _(
            "Effect on the share of each answer, from least favourable, in percentage points "
            "(between countries, distributional)"
        ),
        (_("Group"), _("Level"), *numbers_head(table, _("Effect"))),
        tuple(rows),
        words=2,
    )


def _weightings(assessment: Assessment) -> Table:
    table = assessment["weightings"]
    table = table[table["scale"] == PERCENT].sort_values(GROUP, kind="stable")
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
    table = table[table["estimand"] == "ATT by time since support"].sort_values(
        [GROUP, "scale", "since"], kind="stable"
    )
    rows = [
        (
            capital(row[GROUP]),
            outcome(row["scale"], row["parallel_trends"]),
            f"{row['since']:g}",
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
