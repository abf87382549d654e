"""Means over countries and factors, every one of equal weight."""

import xarray as xr


def pooled(draws: xr.Dataset, *over: str) -> xr.Dataset:
    """Average over dimensions in turn, leaving out NaN.

    Parameters
    ----------
    draws : xarray.Dataset
    *over : str
        Dimensions; each becomes a scalar coordinate "", as in the result tables.

    Returns
    -------
    xarray.Dataset
        Dims of ``draws`` without ``over``.
    """
    for dim in over:
        draws = draws.mean(dim, skipna=True).assign_coords({dim: ""})
    return draws
