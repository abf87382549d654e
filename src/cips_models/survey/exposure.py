"""The exposure map: support of which factor reaches which other factors of the same country."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.errors import Problem
from cips_models.names import FACTOR
from cips_models.survey.cells import at
from cips_models.survey.document import did_you_mean, quoted
from cips_models.survey.recoding import numbers

#: Dimension of the factors that are reached, and the column that names them.
EXPOSED = "exposed"
_TO, _WEIGHT = "exposes", "weight"
_REQUIRED = (FACTOR, _TO)


def lay_out_exposure(
    table: pd.DataFrame,
    factors: Sequence[str],
    source: str,
    problems: list[Problem],
    *,
    decimal: str = ".",
) -> xr.DataArray | None:
    """Lay the exposure map out as factor x exposed factor.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts: ``factor`` (supported), ``exposes`` (another factor) and optionally ``weight``
        (how far, above 0; default 1: wholly).
    factors : sequence of str
        Labels of the survey.
    source : str
        Name of the file, for messages.
    problems : list of Problem
        Collector; unknown factors, repeated pairs and bad weights are added.
    decimal : str
        Decimal mark of weights.

    Returns
    -------
    xarray.DataArray or None
        float64, dims (factor, exposed), 0 where nothing is named; None with problems.
    """
    before = len(problems)
    missing = [name for name in _REQUIRED if name not in table]
    extra = [name for name in table if name not in (*_REQUIRED, _WEIGHT)]
    expected = f'columns {quoted(_REQUIRED)}, and optionally "{_WEIGHT}"'
    for names, found in ((missing, "no column"), (extra, "column")):
        if names:
            problems.append(Problem(f"{source}, header", f"{found} {quoted(names)}", expected))
    if missing:
        return None
    table = table.apply(lambda column: column.str.strip())
    for column in _REQUIRED:
        for value in table[column][~table[column].isin(list(factors))].unique():
            rows = table.index[table[column] == value]
            hint = did_you_mean(value, factors)
            expected = f"a factor of the survey: {quoted(factors, 30)}"
            problems.append(Problem(at(source, rows, column), f'"{value}"', expected, hint))
    itself = table.index[table[FACTOR] == table[_TO]]
    if len(itself):
        expected = "another factor: support of a factor is no exposure of that factor"
        problems.append(Problem(at(source, itself), "a factor that exposes itself", expected))
    repeated = table.index[table.duplicated(list(_REQUIRED))]
    if len(repeated):
        expected = "each pair of factors once"
        problems.append(Problem(at(source, repeated), "a pair again", expected, "Keep one row."))
    weight = _weights(table, decimal, source, problems)
    if len(problems) > before:
        return None
    laid_out = np.zeros((len(factors), len(factors)))
    position = {factor: k for k, factor in enumerate(factors)}
    for start, end, size in zip(table[FACTOR], table[_TO], weight, strict=True):
        laid_out[position[start], position[end]] = size
    coords = {FACTOR: list(factors), EXPOSED: list(factors)}
    return xr.DataArray(laid_out, coords, (FACTOR, EXPOSED), "exposure")


def _weights(table: pd.DataFrame, decimal: str, source: str, problems: list[Problem]) -> pd.Series:
    """How far each row exposes: 1 where nothing is said; what is not above 0 is reported."""
    found = pd.Series(1.0, index=table.index)
    if _WEIGHT not in table:
        return found
    told = table[_WEIGHT] != ""
    expected = "a number above 0, or a blank for 1"
    found[told] = numbers(table.loc[told, _WEIGHT], decimal, source, problems, expected=expected)
    zero = found.index[told & (found == 0)]
    if len(zero):
        hint = "Leave the row out where nothing is exposed."
        problems.append(Problem(at(source, zero, _WEIGHT), '"0"', expected, hint))
    return found
