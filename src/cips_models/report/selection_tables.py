"""Support and starting points as a table."""

import pandas as pd

from cips_models.charts.labels import capital, intervals, unit, word
from cips_models.charts.numbers import NONE, amount, points, probability, span
from cips_models.names import GROUP, LATENT
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.wording import _

#: Estimands without a unit: their sign means nothing.
_PURE = frozenset({"odds ratio of support", "reliability"})


def quantities(assessment: Assessment) -> Table:
    """Difference of starting points, odds of support, reliability, regression to the mean."""
    table = assessment["selection"]
    table = table[table["estimand"] != "net baseline"]
    rows = [
        (
            word(row["estimand"]),
            capital(row[GROUP]),
            NONE if row["estimand"] in _PURE else unit(row["scale"]),
            _number(row, row["mean"]),
            span(
                row["lower"],
                row["upper"],
                signed=row["estimand"] not in _PURE,
                digits=_digits(row),
            ),
            probability(row["p_positive"]),
            points(row["read"], 2) if pd.notna(row["read"]) else NONE,
        )
        for _index, row in table.iterrows()
    ]
    return Table(
        _("Support and starting points, within countries and net of factors"),
        (
            _("Quantity"),
            _("Group"),
            _("Unit"),
            _("Estimate"),
            intervals(table["interval"]),
            _("P(> 0)"),
            _("As it was read"),
        ),
        tuple(rows),
        words=3,
    )


def _digits(row: pd.Series) -> int:
    return 2 if row["scale"] == LATENT else 1


def _number(row: pd.Series, value: float) -> str:
    written = amount if row["estimand"] in _PURE else points
    return written(value, _digits(row))
