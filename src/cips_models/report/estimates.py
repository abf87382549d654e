"""How an estimate stands in a table: mean, interval, probability."""

from collections.abc import Sequence

import pandas as pd

from cips_models.charts.labels import intervals
from cips_models.charts.numbers import NONE, amount, points, probability, span
from cips_models.names import GROUP
from cips_models.wording import _


def estimate(row: pd.Series, *, signed: bool = True) -> tuple[str, str, str]:
    """Mean, interval and probability of being above zero, as printed."""
    digits = 2 if row["scale"] == "latent" else 1
    written = points if signed else amount
    return (
        written(row["mean"], digits),
        span(row["lower"], row["upper"], signed=signed, digits=digits)
        if pd.notna(row["lower"])
        else NONE,
        probability(row["p_positive"]),
    )


def numbers_head(table: pd.DataFrame, quantity: str) -> tuple[str, str, str]:
    """Heads of the columns of :func:`estimate`."""
    kinds = [kind for kind in pd.unique(table["interval"]) if isinstance(kind, str)]
    return quantity, intervals(kinds), _("P(> 0)")


def by_group(table: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """Rows group by group, in the order that the survey has in every language."""
    order = {group: place for place, group in enumerate(groups)}
    return table.sort_values(GROUP, key=lambda labels: labels.map(order), kind="stable")
