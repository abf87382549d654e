"""Posterior densities of levels and changes, for charts that show more than an interval."""

from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.estimands.intervals import elements

#: Points at which a density is told.
POINTS: Final = 41


def densities(
    draws: xr.DataArray, *, estimand: str, scale: str, points: int = POINTS
) -> pd.DataFrame:
    """Density and distribution function of every element of an array of draws.

    Parameters
    ----------
    draws : xarray.DataArray
        Dims chain, draw and any others; elements with a NaN in them are left out.
    estimand, scale : str
        What the draws are of, as for :func:`cips_models.summarise`.
    points : int
        Equally spaced values from the lowest to the highest draw.

    Returns
    -------
    pandas.DataFrame
        One row an element and value: the label columns, ``estimand``, ``scale``, ``x``,
        ``density`` (kernel density estimate of ArviZ, bandwidth by Silverman 1986, eq. 3.31) and
        ``cumulative`` (share of draws up to ``x``).
    """
    labels, values, _more = elements(draws, {})
    chains, draws_of_each, n = values.shape
    flat = values.reshape(chains * draws_of_each, n)
    tables = [
        pd.DataFrame(
            {
                **{name: label[k] for name, label in labels.items()},
                "estimand": estimand,
                "scale": scale,
                **_of_one(flat[:, k], points),
            }
        )
        for k in range(flat.shape[1])
    ]
    names = [*labels, "estimand", "scale", "x", "density", "cumulative"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=names)


def _of_one(draws: np.ndarray, points: int) -> dict[str, Any]:
    from arviz_stats.base import array_stats

    x, density, _bandwidth = array_stats.kde(draws, bw="silverman", grid_len=max(points, 200))
    at = np.linspace(x[0], x[-1], points)
    cumulative = np.searchsorted(np.sort(draws), at, side="right") / draws.size
    return {"x": at, "density": np.interp(at, x, density), "cumulative": cumulative}
