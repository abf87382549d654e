"""How a cell stood: levels on every scale."""

from collections.abc import Sequence

import xarray as xr

from cips_models.errors import IdentificationError
from cips_models.estimands.composition import STANDARD
from cips_models.estimands.pooling import pooled
from cips_models.estimands.scales import on_scales
from cips_models.inference.fit import Fit
from cips_models.model.record import reference
from cips_models.names import COUNTRY, FACTOR, LATENT, PERCENT, SCORE, WAVE


def levels(
    fit: Fit, *, waves: Sequence[str] | None = None, composition: str = STANDARD
) -> xr.Dataset:
    """Levels of every cell.

    Parameters
    ----------
    fit : Fit
    waves : sequence of str, optional
        Waves to be compared with one another; default all. Per cent and score are of the
        questions asked in all of them, so that fewer waves may have more questions.
    composition : {"standard", "observed"}
        Whom levels are about, where the study tells strata or modes apart: the standard
        composition, the same at all waves, or the respondents of each wave as they were.

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, country, factor, group, wave; variables latent (logits of a
        typical item), percent and score (0-100; see
        :func:`cips_models.estimands.scales.on_scales`). NaN where nobody was observed;
        percent and score also without a reference item.

    Raises
    ------
    IdentificationError
        The survey has no such wave, or there is no such composition.
    """
    level = fit.posterior["level"]
    if waves is None:
        return on_scales(level, fit, composition=composition)
    for wave in waves:
        if wave not in fit.design.waves:
            raise IdentificationError(
                f"Levels at {', '.join(waves)}: found waves {', '.join(fit.design.waves)}; "
                f"expected {wave!r} among them"
            )
    counted = reference(fit.questionnaire, waves)
    found = on_scales(level, fit, counted=counted, composition=composition)
    return found.sel({WAVE: list(waves)})


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
    return pooled(levels.where(_seen(levels).sum(WAVE) >= 2), COUNTRY)


def pooled_paths(levels: xr.Dataset) -> xr.Dataset:
    """Levels of the countries that are there at every wave, each of equal weight.

    With more than two waves the countries of :func:`pooled_levels` may be others at each: the
    line through their means would move where a country is missing.

    Parameters
    ----------
    levels : xarray.Dataset
        From :func:`levels`.

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, factor, group, wave: for every factor and group the mean over the
        countries whose cell was observed at every wave of the followed ones; NaN without any.
    """
    seen = _seen(levels)
    held = (seen & (seen.sum(WAVE) >= 2)).any(COUNTRY)
    always = _at_every(held, seen) & (held.sum(WAVE) >= 2)
    return pooled(levels.where(always), COUNTRY)


def country_levels(levels: xr.Dataset) -> xr.Dataset:
    """Levels of every country, each of its factors of equal weight.

    Parameters
    ----------
    levels : xarray.Dataset
        From :func:`levels`.

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, country, group, wave; variables percent and score: the origin of the
        latent scale is another in every factor. A factor counts where it was observed at every
        wave at which the country was, so that waves differ by no factor.
    """
    seen = _seen(levels)
    always = _at_every(seen.any(FACTOR), seen)
    return pooled(levels[[PERCENT, SCORE]].where(always), FACTOR)


def _seen(levels: xr.Dataset) -> xr.DataArray:
    """Which cells were observed: dims country, factor, group, wave."""
    return levels[LATENT].isel(chain=0, draw=0, drop=True).notnull()


def _at_every(held: xr.DataArray, seen: xr.DataArray) -> xr.DataArray:
    """Which cells were seen at every wave that was held for them."""
    return (seen | ~held).all(WAVE)
