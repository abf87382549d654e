"""Cells of a table file: where they are, and the text that a person sees in them."""

import datetime
import math
import numbers
from collections.abc import Iterable, Sequence

import pandas as pd

from cips_models.errors import Problem

_ROWS_SHOWN = 3


def at(source: str, rows: Sequence[int] | pd.Index, column: str = "") -> str:
    """Name a place in a table file: ``responses.csv, rows 3, 7, 9 and 497 more, column Q04``."""
    shown = ", ".join(str(row) for row in rows[:_ROWS_SHOWN])
    more = len(rows) - _ROWS_SHOWN
    rest = f" and {more} more" if more > 0 else ""
    where = f"{source}, row{'s' if len(rows) > 1 else ''} {shown}{rest}"
    return f"{where}, column {column}" if column else where


def as_seen(value: object, zeros: int = 0) -> str:
    """Text of a typed cell as a person sees it.

    Parameters
    ----------
    value : object
        Text, number, date, time, true/false, or nothing (None, NaN, NaT).
    zeros : int
        Digits that the format of the cell asks for: 7 with 3 of them is "007".

    Returns
    -------
    str
        Nothing is "", 1.0 is "1", a date "2023-05-31", with a time of day
        "2023-05-31 14:05:00"; other numbers with up to 15 digits, as spreadsheets show them.
    """
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, numbers.Real):
        return _number(value, zeros)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return str(value.date()) if midnight else value.isoformat(" ", "seconds")
    return str(value)


def _number(value: numbers.Real, zeros: int) -> str:
    number = float(value)
    if math.isnan(number):
        return ""
    if isinstance(value, numbers.Integral) or number.is_integer():
        return str(math.trunc(value)).zfill(zeros)
    return f"{number:.15g}"


def check_header(header: Iterable[str], where: str, problems: list[Problem]) -> bool:
    """Say whether every column has a name of its own; add problems if not."""
    counts = pd.Series(list(header)).value_counts(sort=False)
    repeated = counts[counts > 1]
    problems.extend(
        Problem(where, f'column "{name}" {count} times', "each column once")
        for name, count in repeated.items()
    )
    return len(repeated) == 0
