"""Latent levels on the scales that people read: per cent positive, and the score."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import xarray as xr

from cips_models.estimands.composition import STANDARD, as_composed, check, laid_out
from cips_models.inference.fit import Fit
from cips_models.model.record import reference
from cips_models.model.response import expected
from cips_models.names import (
    CHAIN,
    COUNTRY,
    DRAW,
    FACTOR,
    GROUP,
    LATENT,
    PERCENT,
    SCALES,
    SCORE,
    WAVE,
)

#: What a level of an item is worth on each scale: the variable of the questionnaire.
_WORTH = {PERCENT: "positive", SCORE: "points"}

#: Every so many draws, and logits, for the slope of points by logits.
_EVERY, _STEP = 20, 0.05

#: Draws that are put on a scale at a time: strata multiply what is in memory.
_TOGETHER = 500


def on_scales(
    level: xr.DataArray,
    fit: Fit,
    scales: Sequence[str] = SCALES,
    *,
    counted: xr.DataArray | None = None,
    composition: str = STANDARD,
) -> xr.Dataset:
    """Put latent levels, estimated or counterfactual, on several scales.

    Per cent and score are expectations over the persons of a cell, averaged equally over the
    reference items of the group and factor (:func:`cips_models.model.record.reference`).
    Their trait is N(level, general_spread^2 + specific_spread^2); where strata are told apart
    it is a mixture of these over the strata, whose means lie around the level.

    Parameters
    ----------
    level : xarray.DataArray
        Latent levels in logits, of the standard composition; dims chain, draw, country (or
        followed), factor, group, wave, in any order and with the labels of the fit, all of
        them or some.
    fit : Fit
        Its draws give the items and the spreads of persons, draw by draw.
    scales : sequence of {"latent", "percent", "score"}
    counted : (question, group) bool array, optional
        Questions that make up per cent and score, instead of the reference items of all
        waves.
    composition : {"standard", "observed"}
        Whom the result is about: one composition at all waves, or each wave's respondents.

    Returns
    -------
    xarray.Dataset
        One variable a scale (latent in logits, per cent and score 0-100), of the dims of
        ``level``; NaN where the level is NaN, the cell was not observed, or the group was
        asked no reference item of the factor.

    Raises
    ------
    IdentificationError
        There is no such composition.
    """
    check(composition)
    place = next(d for d in level.dims if d not in {CHAIN, DRAW, FACTOR, GROUP, WAVE})
    observed = fit.design_data["observed"].astype(bool).rename({COUNTRY: place})
    seen = level.where(observed.sel({d: level[d] for d in (place, FACTOR, GROUP, WAVE)}))
    ordered = seen.transpose(CHAIN, DRAW, place, FACTOR, GROUP, WAVE)
    found = {LATENT: as_composed(seen, fit, composition)}
    stated = [scale for scale in scales if scale != LATENT]
    if stated:
        every = _expected(ordered, fit, stated, counted, composition)
        for scale, values in zip(stated, every, strict=True):
            found[scale] = ordered.copy(data=values).transpose(*level.dims)
    return xr.Dataset({scale: found[scale].rename(scale) for scale in scales})


def on_scale(level: xr.DataArray, fit: Fit, scale: str) -> xr.DataArray:
    """Put latent levels on one scale; see :func:`on_scales`."""
    return on_scales(level, fit, (scale,))[scale]


def points_per_logit(fit: Fit) -> xr.DataArray:
    """(factor, group) points of positive answers that a logit is worth at the last wave."""
    few = fit.posterior["level"].isel(
        draw=slice(None, None, _EVERY), country=fit.design.followed, wave=[-1]
    )
    ends = [on_scale(few + sign * _STEP, fit, PERCENT) for sign in (1, -1)]
    slope: xr.DataArray = (ends[0] - ends[1]) / (2 * _STEP)
    return slope.mean((CHAIN, DRAW, COUNTRY, WAVE))


def _expected(
    level: xr.DataArray,
    fit: Fit,
    scales: Sequence[str],
    counted: xr.DataArray | None,
    composition: str,
) -> np.ndarray:
    """Values on each of the scales, (scale, *level.shape)."""
    book = fit.questionnaire
    start = np.append(book["start"], (book["levels"] - 1).sum()).astype(np.int64)
    value = 100.0 * np.stack([book[_WORTH[scale]].to_numpy() for scale in scales])
    counted = reference(book) if counted is None else counted
    factors = fit.design.factors

    posterior = fit.posterior.sel({CHAIN: level[CHAIN], DRAW: level[DRAW]})
    slope = _by_draw(posterior["discrimination"])
    threshold = _by_draw(posterior["threshold"])
    spread = xr.ufuncs.hypot(posterior["general_spread"], posterior["specific_spread"])
    share, beside = laid_out(fit, level, composition)

    result = np.full((len(scales), *level.shape), np.nan)

    def fill(f: int, factor: str, g: int, group: str) -> None:
        of_factor = book["factor"].to_numpy() == factors.index(factor)
        members = np.flatnonzero(of_factor & counted.sel({GROUP: group}).to_numpy())
        if not members.size:
            return
        here = level[:, :, :, f, g]
        among = spread.sel({FACTOR: factor, GROUP: group, WAVE: level[WAVE]})
        among = among.broadcast_like(here).transpose(*here.dims)
        mean, sd = _by_draw(here), _by_draw(among)
        # Every stratum with a share is a place of its own; a level is the mean over its own.
        position, of = np.nonzero(share[g].reshape(mean.shape[1], -1))
        if not len(position):
            return
        weight = share[g].reshape(mean.shape[1], -1)[position, of]
        owners, first = np.unique(position, return_index=True)
        found = np.full((len(scales), *mean.shape), np.nan)
        for begin in range(0, len(mean), _TOGETHER):
            rows = slice(begin, begin + _TOGETHER)
            own = mean[rows][:, position]
            if beside is not None:
                own = own + beside[rows, f, g][:, position // here.sizes[WAVE], of]
            worth = expected(
                own, sd[rows][:, position], slope[rows], threshold[rows], start, value, members
            )
            found[:, rows, owners] = np.add.reduceat(worth * weight, first, axis=2)
        result[:, :, :, :, f, g] = found.reshape(len(scales), *here.shape)

    with ThreadPoolExecutor() as pool:
        jobs = [
            pool.submit(fill, f, str(factor), g, str(group))
            for f, factor in enumerate(level[FACTOR].to_numpy())
            for g, group in enumerate(level[GROUP].to_numpy())
        ]
        for job in jobs:
            job.result()
    return result


def _by_draw(array: xr.DataArray) -> np.ndarray:
    """Values as (chain x draw, all else)."""
    values = array.transpose(CHAIN, DRAW, ...).to_numpy()
    return np.ascontiguousarray(
        values.reshape(values.shape[0] * values.shape[1], -1), dtype=np.float64
    )
