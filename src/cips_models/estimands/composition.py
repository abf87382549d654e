"""Who a level is about: a standard composition of respondents, or those who answered."""

from typing import Final

import numpy as np
import xarray as xr

from cips_models.errors import IdentificationError
from cips_models.inference.fit import Fit
from cips_models.model.likelihood import EFFECT
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, STRATUM, WAVE

#: Of one composition at all waves, or of each wave's respondents as they were.
STANDARD: Final = "standard"
OBSERVED: Final = "observed"


def told_apart(fit: Fit) -> bool:
    """Whether the fit has effects of strata or modes, so that composition matters."""
    return EFFECT in fit.posterior


def told_as_composed(fit: Fit) -> bool:
    """Whether it matters, and the fit knows whom each wave asked."""
    return told_apart(fit) and "shares" in fit.composition


def _shares(fit: Fit, composition: str) -> xr.DataArray:
    """Share of each stratum in the composition that levels are about.

    Parameters
    ----------
    fit : Fit
        With effects of strata.
    composition : {"standard", "observed"}

    Returns
    -------
    xarray.DataArray
        Dims country, group, wave, stratum; sums to one where the group was surveyed.

    Raises
    ------
    IdentificationError
        The fit is to cells of files, which do not hold whom each wave asked.
    """
    if composition == STANDARD:
        found = fit.composition["standard"].expand_dims({WAVE: list(fit.design.waves)})
    elif told_as_composed(fit):
        found = fit.composition["shares"]
    else:
        raise IdentificationError(
            f"composition: found {composition!r} of a fit to cells from files, which do not hold "
            f"whom each wave asked; expected {STANDARD!r}"
        )
    return found.transpose(COUNTRY, GROUP, WAVE, STRATUM)


def check(composition: str) -> None:
    """Refuse a composition that there is not."""
    if composition not in (STANDARD, OBSERVED):
        raise IdentificationError(
            f"composition: found {composition!r}; expected {STANDARD!r}, the same at all waves, or "
            f"{OBSERVED!r}, that of each wave's respondents"
        )


def _beside_standard(fit: Fit) -> xr.DataArray:
    """How far the trait of a stratum is from that of the standard composition.

    Returns
    -------
    xarray.DataArray
        Logits, dims of ``stratum_effect`` and country.
    """
    effect, standard = fit.posterior[EFFECT], fit.composition["standard"]
    deviation: xr.DataArray = effect - xr.dot(effect, standard, dim=STRATUM)
    return deviation


def as_composed(level: xr.DataArray, fit: Fit, composition: str) -> xr.DataArray:
    """Latent levels of a composition, from those of the standard one."""
    if composition == STANDARD or not told_apart(fit):
        return level
    place = next(d for d in level.dims if d not in {CHAIN, DRAW, FACTOR, GROUP, WAVE})
    away = xr.dot(_beside_standard(fit), _shares(fit, composition), dim=STRATUM)
    away = away.rename({COUNTRY: place}).sel({d: level[d] for d in level.dims})
    composed: xr.DataArray = (level + away).transpose(*level.dims)
    return composed


def laid_out(
    fit: Fit, level: xr.DataArray, composition: str
) -> tuple[np.ndarray, np.ndarray | None]:
    """Strata of the places of levels (chain, draw, place, factor, group, wave).

    Returns
    -------
    share : (group, place, wave, stratum) array
    beside : (chain x draw, factor, group, place, stratum) array or None
        What a stratum's trait has beside the level, in logits; None where nobody is told
        apart, which is one stratum.
    """
    place = level.dims[2]
    if not told_apart(fit):
        sizes = [level.sizes[d] for d in (GROUP, place, WAVE)]
        return np.ones((*sizes, 1)), None
    at = {COUNTRY: level[place].to_numpy(), GROUP: level[GROUP]}
    share = _shares(fit, composition).sel({**at, WAVE: level[WAVE]})
    own = {FACTOR: level[FACTOR], CHAIN: level[CHAIN], DRAW: level[DRAW]}
    beside = _beside_standard(fit).sel({**at, **own})
    values = beside.transpose(CHAIN, DRAW, FACTOR, GROUP, COUNTRY, STRATUM).to_numpy()
    return (
        share.transpose(GROUP, COUNTRY, WAVE, STRATUM).to_numpy(),
        values.reshape(-1, *values.shape[2:]),
    )


def assumption(fit: Fit) -> str:
    """What the study takes to be true of the mode, without being told by the data; or ""."""
    return str(fit.composition.attrs.get("assumption", ""))


def mode_scale(fit: Fit) -> xr.DataArray:
    """Number the waves of every country and group that the mode does not keep apart.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    xarray.DataArray
        int, dims country, group, wave: where two numbers of a country and group are equal, its
        people answered in the same modes, or the data tell what the mode does, or the study
        states what is to be taken for true of it.
    """
    design = fit.design
    labels = {COUNTRY: list(design.countries), GROUP: list(design.groups), WAVE: list(design.waves)}
    if "mode_scale" not in fit.composition or np.isfinite(fit.composition.attrs["mode_sd"]):
        sizes = [len(names) for names in labels.values()]
        return xr.DataArray(np.zeros(sizes, dtype=int), labels, tuple(labels))
    return fit.composition["mode_scale"].sel(labels)


def comparable(fit: Fit, start: str, end: str) -> xr.DataArray:
    """Whether the mode does not stand between two waves, (country, group) bool."""
    scale = mode_scale(fit)
    return scale.sel({WAVE: start}, drop=True) == scale.sel({WAVE: end}, drop=True)
