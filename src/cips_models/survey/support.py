"""The support table: which country supported which factor, from when, and how much."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.errors import Problem
from cips_models.names import COUNTRY, FACTOR
from cips_models.survey.cells import at
from cips_models.survey.document import did_you_mean, quoted
from cips_models.survey.recoding import normalised, numbers

_REQUIRED = (COUNTRY, FACTOR, "supported")
_START = "start"
_INTENSITY = "intensity"
_OPTIONAL = (_START, _INTENSITY)
_SHOWN = 12

#: Support is in force from the second wave on, unless the table says otherwise.
_DEFAULT_START = 1


def lay_out_support(
    table: pd.DataFrame,
    countries: Sequence[str],
    factors: Sequence[str],
    waves: Sequence[str],
    source: str,
    problems: list[Problem],
    *,
    decimal: str = ".",
) -> tuple[xr.DataArray, xr.DataArray, xr.DataArray] | None:
    """Lay the support table out as country x factor.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts: ``country``, ``factor``, ``supported`` (0 or 1) and optionally ``start``
        (label of the first wave at which support is in force) and ``intensity`` (a positive
        number).
    countries, factors, waves : sequence of str
        Labels of the survey.
    source : str
        Name of the file, for messages.
    problems : list of Problem
        Collector; unknown, missing and duplicate pairs are added, and bad values.
    decimal : str
        Decimal mark of intensities.

    Returns
    -------
    supported : xarray.DataArray
        bool, dims (country, factor).
    start : xarray.DataArray
        int64, dims (country, factor): position in ``waves``, -1 where unsupported.
    intensity : xarray.DataArray
        float64, dims (country, factor): 1 unless the table says otherwise, 0 where
        unsupported.  None in place of all three where the table has not the columns.
    """
    if not _check_columns(table, source, problems):
        return None
    before = len(problems)
    table = table.apply(lambda column: column.str.strip())
    table = table.assign(supported=normalised(table["supported"]))
    for column in _OPTIONAL:
        if column not in table:
            table = table.assign(**{column: ""})
    for column, known in ((COUNTRY, countries), (FACTOR, factors)):
        for value in table[column][~table[column].isin(list(known))].unique():
            rows = table.index[table[column] == value]
            expected = f"a {column} of the survey: {quoted(known, 30)}"
            hint = did_you_mean(value, known)
            problems.append(Problem(at(source, rows, column), f'"{value}"', expected, hint))
    _check_values(table, waves, source, problems)
    table = table.assign(**{_INTENSITY: _intensities(table, decimal, source, problems)})
    pairs = pd.Series(list(zip(table[COUNTRY], table[FACTOR], strict=True)), index=table.index)
    for pair in pairs[pairs.duplicated()].unique():
        rows = pairs.index[pairs == pair]
        found = f"{_name(pair)} {len(rows)} times"
        expected = "each country and factor once"
        problems.append(Problem(at(source, rows), found, expected, "Keep one of the rows."))
    wanted = [(country, factor) for country in countries for factor in factors]
    missing = [pair for pair in wanted if pair not in set(pairs)]
    if missing:
        found = f"no row for {', '.join(map(_name, missing[:_SHOWN]))}"
        expected = f"{len(countries)} countries x {len(factors)} factors, each pair once"
        if len(missing) > _SHOWN:
            found += f" and {len(missing) - _SHOWN} more"
        hint = "Add the rows; write 0 where there was no support."
        problems.append(Problem(source, found, expected, hint))
    if len(problems) > before:
        return None
    laid_out = table.set_index(pairs.to_numpy()).loc[wanted]
    supported = (laid_out["supported"] == "1").to_numpy()
    position = {wave: k for k, wave in enumerate(waves)} | {"": _DEFAULT_START}
    start = np.where(supported, [position[label] for label in laid_out[_START]], -1)
    intensity = np.where(supported, laid_out[_INTENSITY].to_numpy(dtype=float), 0.0)
    shape = (len(countries), len(factors))
    coords = {COUNTRY: list(countries), FACTOR: list(factors)}
    return (
        xr.DataArray(supported.reshape(shape), coords, (COUNTRY, FACTOR), "supported"),
        xr.DataArray(start.reshape(shape), coords, (COUNTRY, FACTOR), "support_start"),
        xr.DataArray(intensity.reshape(shape), coords, (COUNTRY, FACTOR), "support_intensity"),
    )


def _check_columns(table: pd.DataFrame, source: str, problems: list[Problem]) -> bool:
    where = f"{source}, header"
    expected = f"columns {quoted(_REQUIRED)}, and optionally {quoted(_OPTIONAL)}"
    missing = [name for name in _REQUIRED if name not in table]
    if missing:
        problems.append(Problem(where, f"no column {quoted(missing)}", expected))
    extra = [name for name in table if name not in (*_REQUIRED, *_OPTIONAL)]
    if extra:
        problems.append(Problem(where, f"column {quoted(extra)}", expected, "Remove it."))
    return not missing


def _check_values(
    table: pd.DataFrame, waves: Sequence[str], source: str, problems: list[Problem]
) -> None:
    bad = table["supported"][~table["supported"].isin(["0", "1"])]
    for value in bad.unique():
        where = at(source, bad.index[bad == value], "supported")
        problems.append(Problem(where, f'"{value}"', "1 (supported) or 0 (not supported)"))
    starts = table[_START][table[_START] != ""]
    for value in starts[~starts.isin(list(waves))].unique():
        where = at(source, starts.index[starts == value], _START)
        expected = f"a wave label, {quoted(waves)}, or a blank for the second wave"
        problems.append(Problem(where, f'"{value}"', expected, did_you_mean(value, waves)))
    idle = starts.index[table.loc[starts.index, "supported"] == "0"]
    if len(idle):
        expected = "a start only where supported is 1"
        problems.append(Problem(at(source, idle, _START), "a start without support", expected))


def _intensities(
    table: pd.DataFrame, decimal: str, source: str, problems: list[Problem]
) -> pd.Series:
    """How intense support was: 1 where nothing is said; what is no positive number is reported."""
    told = table[_INTENSITY] != ""
    helped = told & (table["supported"] == "1")
    expected = "a number above 0, or a blank for 1"
    found = pd.Series(1.0, index=table.index)
    found[told] = numbers(table.loc[told, _INTENSITY], decimal, source, problems, expected=expected)
    zero = found.index[helped & (found == 0)]
    if len(zero):
        hint = "Write 0 in `supported` where there was no support."
        problems.append(Problem(at(source, zero, _INTENSITY), '"0"', expected, hint))
    idle = found.index[told & (table["supported"] == "0") & (found > 0)]
    if len(idle):
        expected = "an intensity only where supported is 1"
        what = "an intensity without support"
        problems.append(Problem(at(source, idle, _INTENSITY), what, expected))
    return found


def _name(pair: tuple[str, str]) -> str:
    return f'"{pair[0]}" / "{pair[1]}"'
