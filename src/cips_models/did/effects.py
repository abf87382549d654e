"""Average effects of support: the second step, from those on every supported cell."""

from collections.abc import Iterable

import numpy as np
import xarray as xr

from cips_models.did.on_cells import (
    LATENT_TRENDS,
    POINT_TRENDS,
    compared,
    effects_on_cells,
    in_points,
    unit_effects,
)
from cips_models.did.weighting import Weights, averaged, name_of, weights_of
from cips_models.estimands.composition import assumption
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT, PERCENT, SCORE

_CELLS = (COUNTRY, FACTOR)

#: Coefficients of the hierarchy that belong beside every effect.
SLOPES = ("baseline_slope", "spillover_slope", "persistence")


def new_country(fit: Fit, seed: int = 0) -> xr.DataArray:
    """Predictive latent effect of one unit in a country not in the data, (chain, draw, group).

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


def effects(
    fit: Fit, *, scales: Iterable[str] = (LATENT, PERCENT, SCORE), weights: Weights = "cells"
) -> xr.Dataset:
    """Average effects on the supported cells (ATT) of each group.

    Of the supported cells seen before and after their support began, each at the last wave in
    which the group was asked about it and at the intensity that it was given.

    Parameters
    ----------
    fit : Fit
        Of either route.
    scales : iterable of str
    weights : str or xarray.DataArray
        How cells weigh in every average; see :func:`cips_models.did.weighting.weights_of`.

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, scale, group: ``att`` and ``new_country``; with country,
        ``att_country``; with factor, ``att_factor``: trends parallel on the latent scale.
        ``att_unit``, where intensities are not all one: what one unit would do to the same cells.
        ``att_points`` (scale without latent): trends parallel in points, by imputation.
        ``baseline_slope``, ``spillover_slope``, ``persistence`` where the specification
        has them (latent). Coordinates ``countries``, ``factors``, ``cells`` (group) count
        what contributes, ``already_treated`` (group) the cells set aside because they were
        under support from the start. NaN in a group in which no supported cell has others
        to be compared with, or wave and mode coincide. Attribute ``assumption``: what the
        study takes to be true of the mode, where it does; ``weights``: their name.

    Raises
    ------
    IdentificationError
        The fit has no support effect, or no group has anything to compare.
    """
    wanted = list(scales)
    points = [scale for scale in wanted if scale != LATENT]
    cells = effects_on_cells(fit, wanted)
    latent = cells[LATENT, LATENT_TRENDS]
    counted = latent.isel(chain=0, draw=0, drop=True).notnull()
    share = weights_of(fit, weights, counted)
    prediction = new_country(fit).where(counted.any(_CELLS))
    predicted = {LATENT: prediction}
    if points:
        everywhere = prediction.broadcast_like(latent).where(latent.notnull())
        elsewhere = in_points(fit, points, everywhere, latent)
        predicted |= {scale: averaged(elsewhere[scale], share, *_CELLS) for scale in points}
    by_scale = {
        "att": [averaged(cells[scale, LATENT_TRENDS], share, *_CELLS) for scale in wanted],
        "att_country": [averaged(cells[scale, LATENT_TRENDS], share, FACTOR) for scale in wanted],
        "att_factor": [averaged(cells[scale, LATENT_TRENDS], share, COUNTRY) for scale in wanted],
        "new_country": [predicted[scale] for scale in wanted],
    }
    if fit.design.graded:
        one = unit_effects(fit, latent)
        unit = {LATENT: one} | (dict(in_points(fit, points, one, latent)) if points else {})
        by_scale["att_unit"] = [averaged(unit[scale], share, *_CELLS) for scale in wanted]
    axis = xr.Variable("scale", wanted)
    data = {name: xr.concat(parts, axis) for name, parts in by_scale.items()}
    if points:
        data["att_points"] = xr.concat(
            [averaged(cells[scale, POINT_TRENDS], share, *_CELLS) for scale in points],
            xr.Variable("points_scale", points),
        )
    data |= {name: fit.posterior[name] for name in SLOPES if name in fit.posterior}
    counts = {
        name: (GROUP, [getattr(one, name) for one in compared(fit)])
        for name in ("countries", "factors", "cells", "already_treated")
    }
    attrs = {"weights": name_of(weights)}
    attrs |= {"assumption": said} if (said := assumption(fit)) else {}
    return xr.Dataset(data, attrs=attrs).assign_coords(counts)
