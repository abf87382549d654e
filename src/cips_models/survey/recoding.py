"""From the codes of the file to positions, reasons and labels; whole columns at a time."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cips_models.errors import Problem
from cips_models.survey.cells import at
from cips_models.survey.codebook import Codebook, Item
from cips_models.survey.document import normal_code, quoted
from cips_models.survey.labels import FIT, unfit
from cips_models.survey.study import Labelling
from cips_models.survey.survey import ANSWERED, DONT_KNOW, NO_ANSWER, NOT_ASKED, REFUSED

#: More different unknown values than this in a column make one problem, not one each.
_VALUES_SHOWN = 5

#: Larger numbers are no weight, no count and no intensity, and their sum has no meaning.
_LARGEST = 1e12

type Int8Array = NDArray[np.int8]


def recode_items(
    cells: Sequence[pd.Series], codebook: Codebook, source: str, problems: list[Problem]
) -> tuple[Int8Array, Int8Array]:
    """Recode the answers of all items.

    Parameters
    ----------
    cells : sequence of pandas.Series
        Texts of each item of the codebook, index = row number in the file.
    codebook : Codebook
    source : str
        Name of the file, for messages.
    problems : list of Problem
        Collector; codes that the codebook does not know are added, grouped by column.

    Returns
    -------
    answers, reasons : int8 arrays, shape (rows, items)
        As in :class:`cips_models.survey.survey.Survey`.
    """
    shape = (len(cells[0]) if cells else 0, len(cells))
    answers, reasons = np.empty(shape, dtype=np.int8), np.empty(shape, dtype=np.int8)
    for j, (column, item) in enumerate(zip(cells, codebook.items, strict=True)):
        answers[:, j], reasons[:, j] = _recode(column, item, source, problems)
    return answers, reasons


def _recode(
    column: pd.Series, item: Item, source: str, problems: list[Problem]
) -> tuple[Int8Array, Int8Array]:
    scale = item.scale
    meaning: dict[str, tuple[int, int]] = {"": (NO_ANSWER, NOT_ASKED)}
    for reason, without in (
        (DONT_KNOW, scale.dont_know),
        (REFUSED, scale.refused),
        (NOT_ASKED, scale.not_asked),
    ):
        meaning |= {code: (NO_ANSWER, reason) for code in without if code}
    meaning |= {code: (position, ANSWERED) for position, code in enumerate(item.codes)}
    found, values = pd.factorize(column)
    codes = [normal_code(value) for value in values]
    unknown = [k for k, code in enumerate(codes) if code not in meaning]
    if unknown:
        expected = f'a level of scale "{scale.name}": {quoted(scale.levels)}'
        other = [*scale.dont_know, *scale.refused, *scale.not_asked]
        if other:
            expected += f"; or no answer: {quoted(other)}"
        next_step = "Correct the cell, or add the code to the scale in the codebook."
        _report_values(column, found, values, unknown, source, expected, next_step, problems)
    lookup = np.array([meaning.get(code, (NO_ANSWER, NOT_ASKED)) for code in codes], dtype=np.int8)
    return lookup[found, 0], lookup[found, 1]


def _report_values(
    column: pd.Series,
    found: NDArray[np.intp],
    values: pd.Index,
    unknown: list[int],
    source: str,
    expected: str,
    next_step: str,
    problems: list[Problem],
) -> None:
    """Add a problem for each unknown value, or one for all where they are many."""
    sets = [[k] for k in unknown] if len(unknown) <= _VALUES_SHOWN else [unknown]
    for several in sets:
        rows = column.index[np.isin(found, several)]
        where = at(source, rows, str(column.name))
        what = quoted(values[several])
        count = f" ({len(rows)} rows)" if len(rows) > 1 else ""
        problems.append(Problem(where, what + count, expected, next_step))


def normalised(column: pd.Series) -> pd.Series:
    """Return a column with every cell in the normal form of a code."""
    found, values = pd.factorize(column)
    codes = np.array([normal_code(value) for value in values], dtype=object)
    return pd.Series(codes[found], index=column.index, name=column.name, dtype=object)


def relabel(
    column: pd.Series,
    labelling: Labelling,
    table: str,
    source: str,
    problems: list[Problem],
) -> tuple[tuple[str, ...], "pd.Categorical[str]"]:
    """Give the raw values of a country, group or wave column their labels.

    Parameters
    ----------
    column : pandas.Series
        Normalised codes of the rows that are not excluded.
    labelling : Labelling
        With no labels, every value is its own label and they are sorted.
    table : str
        Where the labelling stands ("study.toml [groups]"), for messages.
    source : str
    problems : list of Problem

    Returns
    -------
    labels : tuple of str
    values : pandas.Categorical
        Ordered, categories = labels; missing where a value has no label.
    """
    labels = labelling.labels or {value: value for value in sorted(set(column) - {""})}
    counts = column.value_counts(sort=False)
    unmapped = {value: n for value, n in counts.items() if value not in labels}
    if unmapped:
        rows = column.index[column.isin(list(unmapped))]
        listed = ", ".join(f"{_shown(value)} ({n} rows)" for value, n in unmapped.items())
        problems.append(
            Problem(
                at(source, rows, str(column.name)),
                listed,
                f"a value that {table} gives a label: {quoted(labels)}",
                f"Add the value to `labels` of {table}, or to `exclude` to leave its rows out.",
            )
        )
    names = tuple(dict.fromkeys(labels.values()))
    if not labelling.labels:
        check_labels(column, source, problems)
    values = pd.Categorical(column.map(labels), categories=list(names), ordered=True)
    problems.extend(
        Problem(
            f"{table} labels",
            f'"{name}", of which there is no row in {source}',
            "labels of values that occur",
            f"Remove the label; the column holds {quoted(counts.index)}.",
        )
        for name in names
        if name not in set(values)
    )
    return names, values


def check_labels(column: pd.Series, source: str, problems: list[Problem]) -> None:
    """Look for values that are labels as they stand, and cannot be; blanks are another matter."""
    for value in column.unique():
        if value and (wrong := unfit(value)):
            rows = column.index[column == value]
            problems.append(Problem(at(source, rows, str(column.name)), wrong, FIT))


def _shown(value: object) -> str:
    return f'"{value}"' if value != "" else "a blank cell"


def numbers(
    column: pd.Series,
    decimal: str,
    source: str,
    problems: list[Problem],
    *,
    expected: str = "a weight, 0 or more",
    hint: str = "",
) -> pd.Series:
    """Read a column of numbers that are not negative (weights), float64, up to 10^12.

    Cells that are no such number are reported, and NaN in what is returned.
    """
    found, values = pd.factorize(column)
    parsed = np.array([_number(str(value), decimal) for value in values], dtype=float)
    wrong = [int(k) for k in np.flatnonzero(~((parsed >= 0) & (parsed <= _LARGEST)))]
    if wrong:
        _report_values(column, found, values, wrong, source, expected, hint, problems)
    return pd.Series(parsed[found], index=column.index, name=column.name)


def _number(text: str, decimal: str) -> float:
    foreign = ("." if decimal == "," else ",", "_")  # float() passes over underscores
    try:
        number = text.replace(decimal, ".")
        return float("nan") if any(mark in text for mark in foreign) else float(number)
    except ValueError:
        return float("nan")


def exclude_rows(
    table: pd.DataFrame, labellings: Mapping[str, Labelling]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out the rows that the study file excludes, and count them.

    Parameters
    ----------
    table : pandas.DataFrame
        With normalised codes in the columns named by ``labellings``.
    labellings : mapping of column name to Labelling
        A row that is excluded for two reasons is counted at the first.

    Returns
    -------
    kept : pandas.DataFrame
    exclusions : pandas.DataFrame
        Columns ``column``, ``value``, ``rows``; a value that never occurs has 0 rows.
    """
    counted = []
    for column, labelling in labellings.items():
        for value in labelling.exclude:
            left_out = table[column] == value
            counted.append((column, value, int(left_out.sum())))
            table = table[~left_out]
    return table, pd.DataFrame(counted, columns=["column", "value", "rows"])
