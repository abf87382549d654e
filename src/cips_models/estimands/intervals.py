"""The one interval policy: how draws become numbers in a table."""

import warnings
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.names import CHAIN, DIMS, DRAW, TABLE_COLUMNS

#: Mass of the interval and of the inner interval, both equal-tailed.
MASS: Final = 0.95
INNER: Final = 0.50
KIND: Final = "ETI"
LABEL: Final = f"{100 * MASS:.0f}% {KIND}"


def summarise(
    draws: xr.DataArray, *, estimand: str, scale: str, signed: bool = True, **extras: Any
) -> pd.DataFrame:
    """Summarise draws, one row an element.

    Parameters
    ----------
    draws : xarray.DataArray
        Dims chain, draw and any others; elements with a NaN in them are left out.
    estimand, scale : str
        What the draws are of; see :mod:`cips_models.names` for scales.
    signed : bool
        Whether the sign means anything; otherwise ``p_positive`` is NaN.
    **extras
        Further columns: scalars, or arrays over dims of ``draws``.

    Returns
    -------
    pandas.DataFrame
        The label columns (dims of ``draws``, then its scalar coordinates, in the order of
        ``names.DIMS``), ``names.TABLE_COLUMNS``, the extras, and ``inner_lower``,
        ``inner_upper``, ``mcse`` (Monte Carlo standard error of the mean; Vehtari et al.
        2021).
    """
    labels, values, more = elements(draws, extras)
    outer, inner = (1.0 - MASS) / 2.0, (1.0 - INNER) / 2.0
    lower, inner_lower, inner_upper, upper = np.quantile(
        values, [outer, inner, 1.0 - inner, 1.0 - outer], axis=(0, 1)
    )
    numbers = {
        "mean": values.mean(axis=(0, 1)),
        "sd": values.std(axis=(0, 1), ddof=1),
        "lower": lower,
        "upper": upper,
        "interval": LABEL,
        "p_positive": (values > 0).mean(axis=(0, 1)) if signed else np.nan,
        "inner_lower": inner_lower,
        "inner_upper": inner_upper,
        "mcse": _mcse(values),
    }
    return _table(labels, estimand, scale, numbers, more)


def probability(
    happened: xr.DataArray, *, estimand: str, scale: str, **extras: Any
) -> pd.DataFrame:
    """Summarise draws of what happened or not: the probability, and no interval.

    Parameters
    ----------
    happened : xarray.DataArray
        Dims chain, draw and any others: 1 or 0, NaN for elements to be left out.
    estimand, scale, **extras
        See :func:`summarise`.

    Returns
    -------
    pandas.DataFrame
        As of :func:`summarise`; ``mean`` is the probability and ``mcse`` its Monte Carlo
        standard error, what belongs to an interval is NaN.
    """
    labels, values, more = elements(happened, extras)
    nothing = ("sd", "lower", "upper", "p_positive", "inner_lower", "inner_upper")
    numbers = {
        "mean": values.mean(axis=(0, 1)),
        "interval": "",
        "mcse": _mcse(values),
        **dict.fromkeys(nothing, np.nan),
    }
    return _table(labels, estimand, scale, numbers, more)


def observed(values: xr.DataArray, *, estimand: str, scale: str, **extras: Any) -> pd.DataFrame:
    """Tabulate what was observed: a value without draws, so without any uncertainty.

    Parameters
    ----------
    values : xarray.DataArray
        Any dims; NaN elements are left out.
    estimand, scale, **extras
        See :func:`summarise`.

    Returns
    -------
    pandas.DataFrame
        As of :func:`summarise`, with NaN in every number but ``mean``.
    """
    table = probability(values.expand_dims({CHAIN: 1, DRAW: 1}), estimand=estimand, scale=scale,
                        **extras)  # fmt: skip
    return table.assign(mcse=np.nan)


def elements(
    draws: xr.DataArray, extras: dict[str, Any]
) -> tuple[dict[str, Any], np.ndarray, dict[str, Any]]:
    """Labels of the elements, their draws (chain, draw, element), and extras by element."""
    dims = [str(dim) for dim in draws.dims if dim not in {CHAIN, DRAW}]
    dims.sort(key=lambda dim: DIMS.index(dim) if dim in DIMS else len(DIMS))
    ordered = draws.transpose(CHAIN, DRAW, *dims)
    shape = ordered.shape[2:]
    values = ordered.to_numpy().astype(float).reshape(*ordered.shape[:2], -1)
    kept = ~np.isnan(values).any(axis=(0, 1))
    place = np.unravel_index(np.flatnonzero(kept), shape) if shape else ()
    labels: dict[str, Any] = {
        dim: draws[dim].to_numpy()[where] for dim, where in zip(dims, place, strict=True)
    }
    count = int(kept.sum())
    for name, coordinate in draws.coords.items():
        if coordinate.ndim == 0 and name not in {CHAIN, DRAW}:
            labels[str(name)] = np.repeat(coordinate.to_numpy(), count)
    order = [*(dim for dim in DIMS if dim in labels), *(n for n in labels if n not in DIMS)]
    template = ordered.isel({CHAIN: 0, DRAW: 0}, drop=True)
    more = {}
    for name, extra in extras.items():
        if isinstance(extra, xr.DataArray):
            aligned = extra.broadcast_like(template).transpose(*dims)
            more[name] = aligned.sel({dim: draws[dim] for dim in dims}).to_numpy().ravel()[kept]
        else:
            more[name] = np.repeat(extra, count)
    return {name: labels[name] for name in order}, values[:, :, kept], more


def _mcse(values: np.ndarray) -> np.ndarray:
    """Monte Carlo standard error of the mean; zero for what does not vary."""
    import arviz as az

    error = np.zeros(values.shape[-1])
    varies = np.ptp(values, axis=(0, 1)) > 0 if values.size else np.zeros(0, dtype=bool)
    if varies.any():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            error[varies] = az.mcse(values[:, :, varies], chain_axis=0, draw_axis=1)
    return error


def _table(
    labels: dict[str, Any],
    estimand: str,
    scale: str,
    numbers: dict[str, Any],
    extras: dict[str, Any],
) -> pd.DataFrame:
    count = len(numbers["mean"])
    stated = {"estimand": estimand, "scale": scale, **numbers}
    front = {name: stated[name] for name in TABLE_COLUMNS}
    back = {name: numbers[name] for name in ("inner_lower", "inner_upper", "mcse")}
    return pd.DataFrame({**labels, **front, **extras, **back}, index=range(count))
