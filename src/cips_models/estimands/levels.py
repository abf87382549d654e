"""How a cell stood: levels on every scale."""

import xarray as xr

from cips_models.estimands.pooling import pooled
from cips_models.estimands.scales import on_scales
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, LATENT, WAVE


def levels(fit: Fit) -> xr.Dataset:
    """Levels of every cell.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, country, factor, group, wave; variables latent (logits of a
        typical item), percent and score (0-100; see
        :func:`cips_models.estimands.scales.on_scales`). NaN where nobody was observed;
        percent and score also without a reference item.
    """
    return on_scales(fit.posterior["level"], fit)


def pooled_levels(levels: xr.Dataset) -> xr.Dataset:
    """Levels of all followed countries, each of equal weight.

    Parameters
    ----------
    levels : xarray.Dataset
        From :func:`levels`.

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, factor, group, wave: for every factor and group the mean over
        the countries whose cell was observed in two or more waves; NaN without any.
    """
    seen = levels[LATENT].isel(chain=0, draw=0, drop=True).notnull()
    return pooled(levels.where(seen.sum(WAVE) >= 2), COUNTRY)
