"""How an effect unfolds: of every supported cell at every wave, then by time since support began.

The model's effect on a cell does not change once support has begun.  What an effect looks like
wave by wave is therefore imputed from levels, draw by draw.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import xarray as xr

from cips_models.did.contrast import Comparison, by_group
from cips_models.did.imputation import from_the_last_wave_before, imputation, imputed
from cips_models.did.on_cells import compared
from cips_models.did.weighting import Weights, averaged, weights_of
from cips_models.errors import IdentificationError
from cips_models.estimands.scales import on_scales
from cips_models.inference.fit import Fit
from cips_models.model.design import Design
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, LATENT, PERCENT, WAVE

#: What a change is counted from: all earlier waves without support, or the last of them.
ALL_BEFORE: Final = "all"
LAST_BEFORE: Final = "last"

#: Dimension of averages by time: years since the first wave under support.
SINCE: Final = "since"


def effect_paths(
    fit: Fit, *, scales: Sequence[str] = (LATENT, PERCENT), before: str = ALL_BEFORE
) -> xr.Dataset:
    """Effect on every supported cell at every wave since its support began.

    What its level is above the one imputed from cells without support, on every scale with trends
    parallel on that scale.

    Parameters
    ----------
    fit : Fit
        Its levels count.  Those of a hierarchy are drawn towards an effect that does not change;
        those of :func:`cips_models.inference.unpooled.unpooled` are not.
    scales : sequence of {"latent", "percent", "score"}
    before : {"all", "last"}
        From which waves without support a change is counted: all (Borusyak, Jaravel & Spiess
        2024), or the last one against the never supported (Callaway & Sant'Anna 2021), which
        needs trends to be parallel for less long and is less precise.

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, country, factor, group, wave; a variable a scale.  NaN where support is
        not in force, or nothing can be compared.  Coordinate ``since`` (country, factor, group,
        wave): years since the first wave under support.

    Raises
    ------
    IdentificationError
        No group has anything to compare.
    """
    if before not in (ALL_BEFORE, LAST_BEFORE):
        raise IdentificationError(f"before: found {before!r}; expected 'all' or 'last'")
    design, each = fit.design, compared(fit)
    if not any(one.identified for one in each):
        raise IdentificationError(
            "Effects by wave: found no supported cell with others to be compared with; "
            "`cips_models.refusals` says why"
        )
    level = on_scales(fit.posterior["level"], fit, scales)
    level = level.sel({COUNTRY: list(design.followed_labels)})
    plans = [_weights(design, g, one, before) for g, one in enumerate(each)]
    found = {
        scale: xr.concat(
            [
                imputed(level[scale].sel({GROUP: group}), *plan)
                for group, plan in zip(design.groups, plans, strict=True)
            ],
            xr.Variable(GROUP, list(design.groups)),
        ).transpose(CHAIN, DRAW, COUNTRY, FACTOR, GROUP, WAVE)
        for scale in scales
    }
    return xr.Dataset(found).assign_coords({SINCE: years_since(design, each)})


def _weights(
    design: Design, group: int, one: Comparison, before: str
) -> tuple[np.ndarray, np.ndarray]:
    """Positions of treated cells and waves under support, and the weights of their effects."""
    if design.support is None or not one.identified:
        return np.zeros((0, 3), int), np.zeros((0, *one.untreated.shape))
    seen = design.observed[design.followed][:, :, group]
    in_force = design.support[design.followed] & seen & one.treated[:, :, None]
    targets = np.argwhere(in_force)
    if before == ALL_BEFORE:
        return targets, imputation(one.untreated, targets)
    return targets, from_the_last_wave_before(one.untreated, one.control, targets)


def years_since(design: Design, each: Sequence[Comparison]) -> xr.DataArray:
    """(country, factor, group, wave) years since support began; NaN before, and without it."""
    assert design.support is not None
    support = design.support[design.followed]
    start = design.times[support.argmax(axis=2)]
    years = np.round(design.times - start[:, :, None], 2)
    return by_group(
        design, [np.where(support & one.treated[:, :, None], years, np.nan) for one in each]
    )


def by_time(fit: Fit, paths: xr.Dataset, *, weights: Weights = "cells") -> xr.Dataset:
    """Average effects by years since support began.

    Parameters
    ----------
    fit : Fit
    paths : xarray.Dataset
        From :func:`effect_paths`.
    weights : str or xarray.DataArray
        See :func:`cips_models.did.weighting.weights_of`; among the cells that have an effect at a
        time, which are others at other times.

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, since, group; coordinate ``cells`` (since, group): how many there are.
    """
    since = paths[SINCE]
    times = np.unique(since.to_numpy()[~np.isnan(since.to_numpy())])
    at, cells = [], []
    for time in times:
        mine = paths.where(since == time).drop_vars(SINCE)
        told = next(iter(mine.data_vars.values())).isel(chain=0, draw=0, drop=True).notnull()
        share = weights_of(fit, weights, told.any(WAVE))
        at.append(mine.map(averaged, args=(share.expand_dims({WAVE: paths[WAVE]}), *_OVER)))
        cells.append(told.any(WAVE).sum((COUNTRY, FACTOR)))
    axis = xr.Variable(SINCE, times)
    return xr.concat(at, axis).assign_coords({"cells": xr.concat(cells, axis)})


_OVER: Final = (COUNTRY, FACTOR, WAVE)
