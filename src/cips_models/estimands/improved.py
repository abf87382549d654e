"""Cells that improved: the published headline, with its uncertainty and beside the raw one."""

from collections.abc import Sequence

import xarray as xr

from cips_models.estimands.changes import changes as changes_of
from cips_models.estimands.changes import support_status, waves_compared
from cips_models.estimands.composition import comparable
from cips_models.inference.fit import Fit
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, PERCENT, SCORE, WAVE
from cips_models.survey.codebook import SAME_SCORE

#: Dimension of the shares.
SUPPORT = "support"
SUPPORTED, UNSUPPORTED = "supported", "unsupported"
_CELLS = (COUNTRY, FACTOR)


def improved(
    fit: Fit,
    margin: float = 0.0,
    *,
    start: str | None = None,
    end: str | None = None,
    changes: xr.Dataset | None = None,
) -> xr.Dataset:
    """Probability that each cell improved, and the shares of cells that did.

    A cell is a country x factor observed in both waves. Cells in which support was in
    force at the first of them are set aside: they are in neither share.

    Parameters
    ----------
    fit : Fit
    margin : float
        Points on the per cent scale by which a change must exceed zero to count.
    start, end : str, optional
        Labels of the waves compared; default the first and the last.
    changes : xarray.Dataset, optional
        From :func:`cips_models.estimands.changes.changes`, to compute them only once; its
        waves are then those compared.

    Returns
    -------
    xarray.Dataset
        ``probability`` (country, factor, group), 0-1. ``share`` (chain, draw, support,
        group): per cent of cells improved, 0-100, and ``cells`` (support, group), how many
        these are; support is "supported" and "unsupported", or only "" (all cells) without
        support table. ``already_treated`` (group): cells set aside. ``difference`` (chain,
        draw, group): supported minus unsupported, points; absent without support table.
        ``raw_share``, ``raw_difference`` and ``raw_cells``: the same of the observed mean
        scores (of the questions asked in every wave), by the sign of their change. Scalar
        coordinates ``from`` and ``to``.

    Raises
    ------
    IdentificationError
        As of :func:`cips_models.estimands.changes.changes`.
    """
    change = changes_of(fit, start=start, end=end) if changes is None else changes
    waves = str(change["from"].item()), str(change["to"].item())
    status = support_status(fit.design, *waves)
    first, last = waves_compared(fit.design, *waves)
    raw = fit.cells[SCORE].isel({COUNTRY: fit.design.followed})
    raw = raw.isel({WAVE: last}, drop=True) - raw.isel({WAVE: first}, drop=True)
    raw = raw.where(comparable(fit, *waves).sel({COUNTRY: raw[COUNTRY]}))

    better = exceeds(change[PERCENT], margin)
    kinds = ("",) if fit.design.support is None else (SUPPORTED, UNSUPPORTED)
    share, cells = _shares(better, status, kinds)
    raw_share, raw_cells = _shares(exceeds(raw, SAME_SCORE), status, kinds)
    found = xr.Dataset(
        {
            "probability": better.mean((CHAIN, DRAW)),
            "share": share,
            "cells": cells,
            "already_treated": _set_aside(fit, better, status),
            "raw_share": raw_share,
            "raw_cells": raw_cells,
        },
        attrs={"margin": margin},
    )
    if fit.design.support is not None:
        for name in ("share", "raw_share"):
            found[name.replace("share", "difference")] = found[name].sel(
                {SUPPORT: SUPPORTED}, drop=True
            ) - found[name].sel({SUPPORT: UNSUPPORTED}, drop=True)
    return found


def _set_aside(fit: Fit, better: xr.DataArray, status: xr.DataArray) -> xr.DataArray:
    """Cells with a change that were under support at the first of the two waves, (group,)."""
    changed = better.isel({CHAIN: 0, DRAW: 0}, drop=True).notnull()
    counted: xr.DataArray = (changed & (status == "")).sum(_CELLS)
    return counted if fit.design.support is not None else xr.zeros_like(counted)


def exceeds(change: xr.DataArray, margin: float) -> xr.DataArray:
    """1 where a change is above the margin, 0 where it is not, NaN where there is none."""
    return (change > margin).where(change.notnull())


def _shares(
    better: xr.DataArray, status: xr.DataArray, kinds: Sequence[str]
) -> tuple[xr.DataArray, xr.DataArray]:
    """Per cent of cells that are better, by support, and the numbers of cells."""
    shares, cells = [], []
    for kind in kinds:
        members = better.where(status == kind)
        shares.append(100.0 * members.mean(_CELLS, skipna=True))
        counted = members.isel({d: 0 for d in (CHAIN, DRAW) if d in members.dims}, drop=True)
        cells.append(counted.notnull().sum(_CELLS))
    label = xr.DataArray(list(kinds), dims=SUPPORT, name=SUPPORT)
    share = xr.concat(shares, label)
    if DRAW in better.dims:
        share = share.transpose(CHAIN, DRAW, SUPPORT, ...)
    return share, xr.concat(cells, label)
