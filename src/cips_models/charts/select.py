"""Rows of a result table that a chart shows, and the labels among them in their order."""

from collections.abc import Sequence

import pandas as pd

from cips_models.errors import IdentificationError
from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE


def rows(table: pd.DataFrame, **where: str) -> pd.DataFrame:
    """Rows in which every named column has the named value.

    Raises
    ------
    IdentificationError
        There are none; the message lists the values that were found instead.
    """
    chosen = table
    for column, value in where.items():
        if column not in chosen:
            raise IdentificationError(
                f"results table: found columns {', '.join(table.columns)}; expected {column!r}"
            )
        left = chosen[chosen[column] == value]
        if left.empty:
            found = ", ".join(repr(v) for v in labels(chosen, column)) or "none"
            before = {key: where[key] for key in list(where)[: list(where).index(column)]}
            raise IdentificationError(
                f"results table, column {column!r}{f' where {before}' if before else ''}: "
                f"found {found}; expected {value!r}. The data or the fit give no such estimate."
            )
        chosen = left
    return chosen


def labels(table: pd.DataFrame, column: str) -> tuple[str, ...]:
    """Distinct labels of a column, without the empty one, in order of appearance."""
    return tuple(str(value) for value in pd.unique(table[column].astype(str)) if value != "")


def waves(table: pd.DataFrame) -> tuple[str, ...]:
    """Waves of a table of levels in the order of time, whatever their labels are.

    Every part of the table has its waves in that order, but may lack some.
    """
    order: list[str] = []
    dims = [dim for dim in (COUNTRY, FACTOR, GROUP) if dim in table]
    for _of, own in table.groupby(dims, sort=False):
        after = 0
        for wave in labels(own, WAVE):
            if wave not in order:
                order.insert(after, wave)
            after = order.index(wave) + 1
    return tuple(order)


def first_compared(table: pd.DataFrame, pair: Sequence[str] | None = None) -> pd.DataFrame:
    """Rows of the comparison of waves asked for, else of the first in the table.

    Tables begin with the whole span, where it can be told: so all charts show the same by default.

    Raises
    ------
    IdentificationError
        The table has no such comparison.
    """
    if pair is None and table.empty:
        return table
    first, last = (table["from"].iloc[0], table["to"].iloc[0]) if pair is None else pair
    return rows(table, **{"from": first, "to": last})
