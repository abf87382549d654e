"""Effects of support: every supported cell first, then their averages."""

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr

from cips_models.did.contrast import comparison, imputation_weights
from cips_models.errors import IdentificationError
from cips_models.estimands.changes import changes
from cips_models.estimands.scales import on_scales
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT, PERCENT, SCORE, WAVE

#: Scales on which trends may be taken as parallel.
LATENT_TRENDS, POINT_TRENDS = "latent", "points"

#: Coefficients of the hierarchy that belong beside every effect.
SLOPES = ("baseline_slope", "spillover_slope", "persistence")


def _treated(fit: Fit) -> xr.DataArray:
    """(country, factor, group) bool: supported cells seen before and after."""
    design = fit.design
    each = [comparison(design, g).treated for g in range(len(design.groups))]
    return xr.DataArray(
        np.stack(each, axis=-1),
        dims=(COUNTRY, FACTOR, GROUP),
        coords={
            COUNTRY: list(design.followed_labels),
            FACTOR: list(design.factors),
            GROUP: list(design.groups),
        },
    )


def cell_effects(fit: Fit, scale: str) -> xr.DataArray:
    """Effect on every supported cell, with parallel trends taken as latent.

    On the percent and score scales it is PP(level) - PP(level - effect) at the last wave
    (design, section 4, version a), which cannot disagree with the latent effect in sign.

    Parameters
    ----------
    fit : Fit
    scale : {"latent", "percent", "score"}

    Returns
    -------
    (chain, draw, country, factor, group) array
        NaN where the cell is not a supported one seen before and after.

    Raises
    ------
    IdentificationError
        The fit has no support effect.
    """
    _require_effect(fit)
    effect = fit.posterior["effect_cell"].rename(followed=COUNTRY)
    effect = effect.where(_treated(fit)).transpose("chain", "draw", COUNTRY, FACTOR, GROUP)
    if scale == LATENT:
        return effect
    return _points(fit, (scale,), effect)[scale]


def _points(
    fit: Fit, scales: Sequence[str], effect: xr.DataArray, actual: xr.DataArray | None = None
) -> xr.Dataset:
    """What a latent effect is worth in points at the counterfactual levels of the last wave."""
    wave = fit.design.waves[-1]
    level = fit.posterior["level"].sel({COUNTRY: effect[COUNTRY].to_numpy(), WAVE: [wave]})
    own = effect if actual is None else actual
    without = level - own.fillna(0.0)
    with_effect = without + effect.fillna(0.0)
    gain = on_scales(with_effect, fit, scales) - on_scales(without, fit, scales)
    return gain.isel({WAVE: 0}, drop=True).where(effect.notnull())


def has_effect(fit: Fit) -> bool:
    """Whether support began between two observed waves somewhere, and the fit has its effect."""
    return "effect_cell" in fit.posterior


def _require_effect(fit: Fit) -> None:
    if not has_effect(fit):
        raise IdentificationError(
            f"Fit of {fit.provenance['study']!r} under {fit.provenance['specification']!r}: found "
            "no effect of support; expected a support table with cells whose support began "
            "between two observed waves, and a specification with support_effect = true"
        )


def new_country(fit: Fit, seed: int = 0) -> xr.DataArray:
    """Predictive latent effect in a country not in the data, (chain, draw, group).

    The mean over the supported countries plus a new country's deviation: N(0, sd^2), and
    sd^2 / n for having estimated the population's mean from n of them.
    """
    posterior = fit.posterior
    mean = posterior["effect"]
    if "country_effect" not in posterior:
        return mean
    count = posterior.sizes["treated_country"]
    sd = posterior["sd"].sel(term="country_effect", drop=True)
    noise = np.random.default_rng(seed).standard_normal(mean.shape)
    if "correlation" in posterior:
        r = posterior["correlation"].sel(term="country_effect", drop=True).to_numpy()[..., None]
        groups = mean.sizes[GROUP]
        shared = noise.mean(axis=-1, keepdims=True)
        noise = np.sqrt(1 - r) * (noise - shared) + np.sqrt(1 + (groups - 1) * r) * shared
    predicted: xr.DataArray = mean + sd * np.sqrt(1.0 + 1.0 / count) * noise
    return predicted


def effects(fit: Fit, *, scales: Iterable[str] = (LATENT, PERCENT, SCORE)) -> xr.Dataset:
    """Average effects on the supported cells (ATT) of each group.

    Every supported cell seen before and after weighs the same.

    Parameters
    ----------
    fit : Fit
        Of either route.
    scales : iterable of str

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, scale, group: ``att`` and ``new_country``; with country,
        ``att_country``; with factor, ``att_factor``: trends parallel on the latent scale.
        ``att_points`` (scale without latent): trends parallel in points, by imputation.
        ``baseline_slope``, ``spillover_slope``, ``persistence`` where the specification
        has them (latent). Coordinates ``countries``, ``factors``, ``cells`` (group) count
        what contributes.

    Raises
    ------
    IdentificationError
        The fit has no support effect.
    """
    wanted = list(scales)
    latent = cell_effects(fit, LATENT)
    prediction = new_country(fit)
    points = [scale for scale in wanted if scale != LATENT]
    cells = {LATENT: latent}
    predicted = {LATENT: prediction}
    if points:
        everywhere = prediction.broadcast_like(latent).where(latent.notnull())
        worth = _points(fit, points, latent)
        cells |= {scale: worth[scale] for scale in points}
        elsewhere = _points(fit, points, everywhere, latent).mean((COUNTRY, FACTOR))
        predicted |= {scale: elsewhere[scale] for scale in points}
    by_scale = {
        "att": [cells[scale].mean((COUNTRY, FACTOR)) for scale in wanted],
        "att_country": [cells[scale].mean(FACTOR) for scale in wanted],
        "att_factor": [cells[scale].mean(COUNTRY) for scale in wanted],
        "new_country": [predicted[scale] for scale in wanted],
    }
    axis = xr.Variable("scale", wanted)
    data = {name: xr.concat(parts, axis) for name, parts in by_scale.items()}
    if points:
        change = changes(fit)
        data["att_points"] = xr.concat(
            [_parallel_in_points(fit, change[scale]) for scale in points],
            xr.Variable("points_scale", points),
        )
    data |= {name: fit.posterior[name] for name in SLOPES if name in fit.posterior}
    compared = [comparison(fit.design, g) for g in range(len(fit.design.groups))]
    counts = {
        name: (GROUP, [getattr(each, name) for each in compared])
        for name in ("countries", "factors", "cells")
    }
    return xr.Dataset(data).assign_coords(counts)


def _parallel_in_points(fit: Fit, change: xr.DataArray) -> xr.DataArray:
    """ATT with trends parallel in points (version b), (chain, draw, group)."""
    design = fit.design
    each = []
    for g, group in enumerate(design.groups):
        weights = xr.DataArray(imputation_weights(comparison(design, g)), dims=(COUNTRY, FACTOR))
        mine = change.sel({GROUP: group, COUNTRY: list(design.followed_labels)})
        # A cell that counts but has no change in points must not pass for one that did not move.
        used = mine.where(weights != 0, 0.0) * weights
        each.append(used.sum((COUNTRY, FACTOR), skipna=False))
    return xr.concat(each, xr.Variable(GROUP, list(design.groups)))
