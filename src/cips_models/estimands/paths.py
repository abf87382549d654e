"""How a cell moved over all waves: its path from where it was first seen."""

import numpy as np
import xarray as xr

from cips_models.errors import IdentificationError
from cips_models.estimands.composition import mode_scale
from cips_models.estimands.identification import common_scale
from cips_models.estimands.levels import levels as levels_of
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT, WAVE


def paths(fit: Fit, *, levels: xr.Dataset | None = None) -> xr.Dataset:
    """Level of every cell of the followed countries relative to its first observed wave.

    Waves may lie unequally far apart and every country may have its own: nothing is
    interpolated, and time is that of the waves.

    Parameters
    ----------
    fit : Fit
    levels : xarray.Dataset, optional
        From :func:`cips_models.estimands.levels.levels`, to compute them only once.

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, country (the followed ones), factor, group, wave; variables latent
        (logits), percent and score (points, of the questions asked in all waves). Exactly 0
        at a cell's first observed wave, NaN where it was not observed or nothing tells the
        wave from its mode; latent also where no
        question ties the wave to the first. Coordinates ``from`` (country, factor, group):
        label of the first observed wave, "" without any; ``time`` (wave): years.

    Raises
    ------
    IdentificationError
        No country was seen in two waves.
    """
    design = fit.design
    if not len(design.followed):
        raise IdentificationError(
            f"Path over {', '.join(design.waves)}: found no country in two waves or more; "
            "expected one at least. Survey a country again, or look at levels."
        )
    found = levels_of(fit) if levels is None else levels
    found = found.sel({COUNTRY: list(design.followed_labels)})
    seen = design.observed[design.followed]
    place = {dim: found[dim] for dim in (COUNTRY, FACTOR, GROUP)}
    first = xr.DataArray(seen.argmax(axis=3), place, (COUNTRY, FACTOR, GROUP))
    path = found - found.isel({WAVE: first}).drop_vars(WAVE)
    scale = common_scale(fit)
    path[LATENT] = path[LATENT].where(scale == scale.isel({WAVE: first}).drop_vars(WAVE))
    by_mode = mode_scale(fit).sel({COUNTRY: found[COUNTRY]})
    path = path.where(by_mode == by_mode.isel({WAVE: first}).drop_vars(WAVE))
    labels = np.array(design.waves, dtype=object)[first.to_numpy()]
    origin = np.where(seen.any(axis=3), labels, "")
    ordered = path.transpose(*found[LATENT].dims)
    return ordered.assign_coords(
        {"from": ((COUNTRY, FACTOR, GROUP), origin), "time": (WAVE, design.times)}
    )


def path_status(fit: Fit) -> xr.DataArray:
    """Say of every cell whether support had begun since it was first seen, wave by wave.

    Returns
    -------
    xarray.DataArray
        Dims country (the followed ones), factor, group, wave: "supported"; "unsupported"; ""
        where support was in force when the cell was first seen, and everywhere without
        support table.
    """
    design = fit.design
    seen = design.observed[design.followed]
    status = np.full(seen.shape, "", dtype=object)
    if design.support is not None:
        support = np.broadcast_to(design.support[design.followed][:, :, None], seen.shape)
        first = np.take_along_axis(support, seen.argmax(axis=3)[..., None], axis=3)
        before = design.already_treated[design.followed][:, :, None, None] | first
        status = np.where(before, "", np.where(support, "supported", "unsupported"))
    labels = {
        COUNTRY: list(design.followed_labels),
        FACTOR: list(design.factors),
        GROUP: list(design.groups),
        WAVE: list(design.waves),
    }
    return xr.DataArray(status.astype(object), labels, (COUNTRY, FACTOR, GROUP, WAVE))
