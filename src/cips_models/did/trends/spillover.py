"""What a within-country comparison cannot see: change of whole countries that goes with support.

Support may lift a whole country; that is in supported and other cells alike and cancels from the
effect.  Countries that had more of it can be compared with those that had less, which support
did not make comparable: a slope, not an effect.
"""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from cips_models.did.effects import SLOPES
from cips_models.did.on_cells import cell_effects, in_points
from cips_models.did.refusals import has_effect
from cips_models.did.trends.own_changes import not_compared
from cips_models.estimands.scales import on_scale
from cips_models.inference.fit import Fit
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, LATENT, WAVE
from cips_models.wording import _

SLOPE = SLOPES[1]

#: Draws for numbers in points.
_DRAWS = 1000


def support_share(fit: Fit) -> xr.DataArray:
    """Support of every followed country at its last wave: mean intensity over all its factors.

    Returns
    -------
    xarray.DataArray
        Dims country; its share of supported factors where every intensity is one.
    """
    design = fit.design
    share = np.zeros(len(design.followed))
    if design.support is not None:
        in_force = design.support[design.followed] * design.given[:, :, None]
        seen = design.observed[design.followed].any(axis=(1, 2))
        last = seen.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
        share = in_force.mean(axis=1)[np.arange(len(share)), last]
    return xr.DataArray(share, {COUNTRY: list(design.followed_labels)}, (COUNTRY,))


class _Shift:
    """Change of cells from their first wave to their last, the effect of support taken out."""

    def __init__(self, fit: Fit, scale: str):
        self.fit, self.scale = fit, scale
        design = fit.design
        followed = list(design.followed_labels)
        level = fit.posterior["level"].sel({COUNTRY: followed})
        draws = level.sizes[CHAIN] * level.sizes[DRAW]
        if scale != LATENT:
            level = level.isel({DRAW: slice(None, None, max(1, draws // _DRAWS))})
        effect = fit.posterior["effect_cell"].rename(followed=COUNTRY).fillna(0.0)
        in_force = xr.DataArray(
            np.zeros((len(followed), len(design.factors), len(design.waves)))
            if design.support is None else design.support[design.followed].astype(float),
            {COUNTRY: followed, FACTOR: list(design.factors), WAVE: list(design.waves)},
            (COUNTRY, FACTOR, WAVE),
        )  # fmt: skip
        self.level = level - effect * in_force
        seen = fit.design_data["observed"].astype(bool).sel({COUNTRY: followed})
        # What was under support from the start has a shift of its own in the hierarchy.
        seen = seen & (fit.design_data["already_treated"].sel({COUNTRY: followed}) == 0)
        self.position = {
            "first": seen.argmax(WAVE),
            "last": len(design.waves) - 1 - seen.isel({WAVE: slice(None, None, -1)}).argmax(WAVE),
        }
        self.counted = seen.sum(WAVE) >= 2
        self.first = self._at("first", self.level)

    def _at(self, end: str, level: xr.DataArray) -> xr.DataArray:
        """Levels of cells at one of their ends, on the scale."""
        position = self.position[end]
        if self.scale == LATENT:
            return level.isel({WAVE: position})
        found = xr.full_like(level.isel({WAVE: 0}, drop=True), np.nan)
        for wave in np.unique(position.where(self.counted, -1)):
            if wave >= 0:
                here = on_scale(level.isel({WAVE: [int(wave)]}), self.fit, self.scale)
                found = found.where(position != wave, here.isel({WAVE: 0}, drop=True))
        return found

    def moved(self, by: xr.DataArray | float = 0.0) -> xr.DataArray:
        """(chain, draw, country, group) mean over factors, levels at the end moved by logits."""
        change = (self._at("last", self.level + by) - self.first).where(self.counted)
        return change.mean(FACTOR).transpose(CHAIN, DRAW, COUNTRY, GROUP)


def country_shifts(fit: Fit, scale: str = LATENT) -> xr.DataArray:
    """Change of whole countries without the effect on supported cells.

    Parameters
    ----------
    fit : Fit
    scale : {"latent", "percent", "score"}
        In points of every so manieth draw.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, country (the followed), group: mean over the factors that the group was
        asked about twice, from the first wave to the last, the effect taken out.

    Raises
    ------
    IdentificationError
        The fit has no support effect, or no group has anything to compare.
    """
    cell_effects(fit, LATENT)  # raises the reason where there is none
    return _Shift(fit, scale).moved()


def shift_by_share(fit: Fit, shares: Sequence[float], scale: str = LATENT) -> xr.DataArray:
    """Mean shift of all followed countries, had each had one share of its factors supported.

    The effect on supported cells is taken out; what differs is pi times the share, as the
    hierarchy has it.  Causal only if nothing else goes with how much a country was supported.

    Parameters
    ----------
    fit : Fit
    shares : sequence of float
        Support, as :func:`support_share`.
    scale : {"latent", "percent", "score"}
        In points of every so manieth draw.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, share, group.
    """
    shift, slope, own = _Shift(fit, scale), fit.posterior[SLOPE], support_share(fit)
    lines = [shift.moved(slope * (share - own)).mean(COUNTRY) for share in shares]
    return xr.concat(lines, xr.Variable("share", list(shares)))


def effect_with_spillover(fit: Fit, scale: str = LATENT) -> xr.DataArray:
    """Effect on supported cells if the slope over countries were wholly due to support.

    A supported cell against the same one in a country without any support: its effect, and
    pi times its country's share.  What the within-country effect misses if that were so.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, group; mean over supported cells.
    """
    effect = cell_effects(fit, LATENT)
    whole = effect + (fit.posterior[SLOPE] * support_share(fit)).where(effect.notnull())
    whole = whole.transpose(*effect.dims)
    if scale != LATENT:
        draws = whole.sizes[CHAIN] * whole.sizes[DRAW]
        few = whole.isel({DRAW: slice(None, None, max(1, draws // _DRAWS))})
        whole = in_points(fit, (scale,), few)[scale]
    mean: xr.DataArray = whole.mean((COUNTRY, FACTOR))
    return mean


def spillover_reasons(fit: Fit) -> dict[str, str]:
    """Why the slope over countries is not told, by group; groups of which it is are not in it."""
    groups = fit.design.groups
    if SLOPE not in fit.posterior or not has_effect(fit):
        reason = _("The specification has no spillover slope, or support began nowhere.")
        return dict.fromkeys(groups, reason)
    if np.ptp(support_share(fit).to_numpy()) < 1e-9:
        reason = _("All countries had as much support: none had less to be compared with.")
        return dict.fromkeys(groups, reason)
    return not_compared(fit)
