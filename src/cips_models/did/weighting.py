"""The second step of an effect: averages over supported cells, by weights that have a name."""

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.estimand import WEIGHTINGS
from cips_models.errors import IdentificationError, Problem, SurveyError
from cips_models.estimands.sample_size import respondents
from cips_models.inference.fit import Fit
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, WAVE

#: A name of :data:`cips_models.did.estimand.WEIGHTINGS`, or weights of one's own over country
#: and factor (and group).
type Weights = str | xr.DataArray

_CELLS = (COUNTRY, FACTOR)


def averaged(effects: xr.DataArray, weights: xr.DataArray, *over: str) -> xr.DataArray:
    """Weighted mean over dimensions, of what there is.

    Parameters
    ----------
    effects : xarray.DataArray
        NaN where there is no effect.
    weights : xarray.DataArray
        Not negative; dims among those of ``effects``.
    *over : str

    Returns
    -------
    xarray.DataArray
        Dims of ``effects`` without ``over``; NaN where nothing weighs anything.
    """
    one = effects.isel({dim: 0 for dim in (CHAIN, DRAW) if dim in effects.dims}, drop=True)
    share = weights.broadcast_like(one).where(xr.ufuncs.isfinite(one), 0.0)
    total = share.sum(over)
    mean: xr.DataArray = xr.dot(effects.fillna(0.0), share / total.where(total > 0), dim=over)
    return mean.transpose(*(dim for dim in effects.dims if dim not in over))


def weights_of(fit: Fit, weights: Weights, counted: xr.DataArray) -> xr.DataArray:
    """Weight of every supported cell.

    Parameters
    ----------
    fit : Fit
    weights : str or xarray.DataArray
        A name of :data:`cips_models.did.estimand.WEIGHTINGS`; or an array over country and
        factor, and group where they differ, which must hold every counted cell.
    counted : (country, factor, group) bool array
        Cells that have an effect.

    Returns
    -------
    xarray.DataArray
        Dims country, factor, group; zero where a cell is not counted.

    Raises
    ------
    IdentificationError
        There are no such weights, a counted cell has none, or one is negative.
    """
    if not isinstance(weights, str):
        return _own(weights, counted)
    if weights in {"cells", "countries", "factors"}:
        over = {"cells": (), "countries": (FACTOR,), "factors": (COUNTRY,)}[weights]
        # One shared out over the cells of the country, or of the factor.
        shared = counted / counted.sum(over).clip(min=1) if over else counted.astype(float)
        return shared.transpose(*counted.dims)
    if weights == "intensity":
        place = {dim: counted[dim] for dim in _CELLS}
        return xr.DataArray(fit.design.given, place, _CELLS) * counted
    if weights == "respondents":
        if "respondents" not in fit.cells:
            raise IdentificationError(
                "weights: found a fit of cells from files, which hold no counts of respondents; "
                "expected one of a survey. Choose other weights."
            )
        people = respondents(fit).sel({COUNTRY: counted[COUNTRY]})
        seen = fit.design_data["observed"].astype(bool).sel({COUNTRY: counted[COUNTRY]})
        last = seen.sizes[WAVE] - 1 - seen.isel({WAVE: slice(None, None, -1)}).argmax(WAVE)
        at_last = people.isel({WAVE: last}).drop_vars(WAVE)
        return (at_last * counted).transpose(*counted.dims)
    raise IdentificationError(
        f"weights: found {weights!r}; expected one of {', '.join(WEIGHTINGS)}, or weights of your "
        "own over country and factor"
    )


def _own(weights: xr.DataArray, counted: xr.DataArray) -> xr.DataArray:
    labels = {dim: counted[dim] for dim in counted.dims if dim in weights.dims}
    found = weights.reindex(labels).broadcast_like(counted).transpose(*counted.dims)
    bad = counted & ~(found >= 0)
    if bad.any():
        cells = [" / ".join(map(str, cell)) for cell in _labels(bad)]
        more = f" and {len(cells) - 5} more" if len(cells) > 5 else ""
        raise IdentificationError(
            f"weights {weights.name!r}: found none, or a negative one, for "
            f"{', '.join(cells[:5])}{more}; expected a weight of zero or more for every "
            "supported cell"
        )
    if not ((found * counted).sum(_CELLS) > 0).where(counted.any(_CELLS), True).all():
        raise IdentificationError(
            f"weights {weights.name!r}: found only zeros in a group; expected one above zero"
        )
    return found.where(counted, 0.0)


def _labels(flags: xr.DataArray) -> list[tuple[str, ...]]:
    places = zip(*np.nonzero(flags.to_numpy()), strict=True)
    return [
        tuple(str(flags[d].to_numpy()[k]) for d, k in zip(flags.dims, p, strict=True))
        for p in places
    ]


def name_of(weights: Weights) -> str:
    """Name of weights, as it stands in tables."""
    return weights if isinstance(weights, str) else str(weights.name or "own")


def read_weights(path: Path) -> xr.DataArray:
    """Read weights of one's own: a CSV file with columns country, factor, weight (and group).

    Raises
    ------
    SurveyError
        The columns are others, a weight is no number, or a cell stands there twice.
    """
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
    except (OSError, ValueError) as error:
        expected = f"a CSV file of weights, or one of the names {', '.join(WEIGHTINGS)}"
        raise SurveyError([Problem(str(path), f"no such file ({error})", expected)]) from None
    dims = [dim for dim in (COUNTRY, FACTOR, GROUP) if dim in table]
    if not {*_CELLS} <= {*dims} or {*table} != {*dims, "weight"}:
        found = f"columns {', '.join(map(str, table))}"
        expected = "country, factor, weight and, where groups differ, group"
        raise SurveyError([Problem(f"{path}, header", found, expected)])
    weight = pd.to_numeric(table["weight"], errors="coerce")
    wrong = [
        (weight.isna() | (weight < 0), "a weight that is no number, or negative", "0 or more"),
        (table.duplicated(dims), "a cell again", "each cell once"),
    ]
    problems = [
        Problem(f"{path}, row {row + 2}", found, expected)
        for rows, found, expected in wrong
        for row in np.flatnonzero(rows)
    ]
    if problems:
        raise SurveyError(problems)
    laid_out: xr.DataArray = table.assign(weight=weight).set_index(dims)["weight"].to_xarray()
    return laid_out.rename(path.stem)
