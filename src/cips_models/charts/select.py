"""Rows of a result table that a chart shows, and the labels among them in their order."""

from collections.abc import Sequence
from graphlib import TopologicalSorter

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
    """Waves in the order of time, which is that of the rows of every cell."""
    before: dict[str, set[str]] = {wave: set() for wave in labels(table, WAVE)}
    for _cell, own in table.groupby([COUNTRY, FACTOR, GROUP], sort=False):
        seen = labels(own, WAVE)
        for place, wave in enumerate(seen):
            before[wave].update(seen[:place])
    return tuple(TopologicalSorter(before).static_order())


def first_compared(table: pd.DataFrame, pair: Sequence[str] | None = None) -> pd.DataFrame:
    """Rows of the comparison of waves asked for, else of the first in the table.

    Raises
    ------
    IdentificationError
        The table has no such comparison.
    """
    if pair is None and table.empty:
        return table
    first, last = (table["from"].iloc[0], table["to"].iloc[0]) if pair is None else pair
    return rows(table, **{"from": first, "to": last})


def waves_compared(table: pd.DataFrame, pair: Sequence[str] | None) -> pd.DataFrame:
    """Rows of one comparison of waves: the one asked for, else the one most rows have.

    With several equally common ones the last in the table is taken.

    Raises
    ------
    IdentificationError
        The table has no such comparison.
    """
    if pair is not None:
        first, last = pair
        return rows(table, **{"from": first, "to": last})
    keys = pd.MultiIndex.from_frame(table[["from", "to"]].astype(str))
    counted = pd.Series(1, index=keys).groupby(level=[0, 1], sort=False).sum()
    first, last = counted.index[counted == counted.max()][-1]
    return rows(table, **{"from": first, "to": last})
