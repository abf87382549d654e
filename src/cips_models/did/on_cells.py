"""The effect of support on every supported cell: the first step of any average."""

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr

from cips_models.did.contrast import Comparison, by_group
from cips_models.did.imputation import imputation, imputed
from cips_models.did.refusals import compared_group, effect_refusals, has_effect
from cips_models.errors import IdentificationError
from cips_models.estimands.scales import on_scales
from cips_models.inference.fit import Fit
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, LATENT, PERCENT, SCORE, WAVE

#: Scales on which trends may be taken as parallel.
LATENT_TRENDS, POINT_TRENDS = "latent", "points"


def compared(fit: Fit) -> list[Comparison]:
    """The comparison of each group, in their order; empty where the mode stands in between."""
    return [compared_group(fit, g) for g in range(len(fit.design.groups))]


def cell_effects(fit: Fit, scale: str, *, trends: str = LATENT_TRENDS) -> xr.DataArray:
    """Effect on every supported cell at the intensity it was given: the first step of any average.

    With trends parallel on the latent scale it is, on the percent and score scales, PP(level) -
    PP(level - effect) at the last wave in which the cell was seen (design, section 4, version a),
    which cannot disagree with the latent effect in sign.  With trends parallel in points it is
    what the level in points is above the one imputed from cells without support (version b).

    Parameters
    ----------
    fit : Fit
    scale : {"latent", "percent", "score"}
    trends : {"latent", "points"}
        The scale on which trends are parallel; "points" with percent and score only.

    Returns
    -------
    (chain, draw, country, factor, group) array
        NaN where the cell is not a supported one that the group was asked about before and
        after, and in a group in which no supported cell has others to be compared with; with
        trends in points wherever it has none itself.

    Raises
    ------
    IdentificationError
        The fit has no support effect, or no group has anything to compare.
    """
    each = compared(fit)
    if not has_effect(fit) or not any(one.identified for one in each):
        raise IdentificationError("\n".join(map(str, effect_refusals(fit))))
    if trends == POINT_TRENDS:
        return _parallel_in_points(fit, on_scales(fit.posterior["level"], fit, (scale,))[scale])
    effect = fit.posterior["effect_cell"].rename(followed=COUNTRY)
    counted = by_group(fit.design, [one.treated & one.identified for one in each])
    effect = effect.where(counted).transpose("chain", "draw", COUNTRY, FACTOR, GROUP)
    if scale == LATENT:
        return effect
    return in_points(fit, (scale,), effect)[scale]


def effects_on_cells(
    fit: Fit, scales: Iterable[str] = (LATENT, PERCENT, SCORE)
) -> dict[tuple[str, str], xr.DataArray]:
    """Effects on every supported cell on every outcome, as of :func:`cell_effects`, at once.

    Returns
    -------
    dict
        By scale and scale of the parallel trends; each (chain, draw, country, factor, group).

    Raises
    ------
    IdentificationError
        As of :func:`cell_effects`.
    """
    latent = cell_effects(fit, LATENT)
    found = {(LATENT, LATENT_TRENDS): latent}
    if points := [scale for scale in scales if scale != LATENT]:
        worth = in_points(fit, points, latent)
        level = on_scales(fit.posterior["level"], fit, points)
        for scale in points:
            found[scale, LATENT_TRENDS] = worth[scale]
            found[scale, POINT_TRENDS] = _parallel_in_points(fit, level[scale])
    return found


def in_points(
    fit: Fit, scales: Sequence[str], effect: xr.DataArray, actual: xr.DataArray | None = None
) -> xr.Dataset:
    """What a latent effect is worth in points without support at each cell's last wave.

    Parameters
    ----------
    fit : Fit
    scales : sequence of {"percent", "score"}
    effect : (chain, draw, country, factor, group) array
        In logits, of all draws or some; NaN where there is none.
    actual : array, optional
        What support did, in logits, where that is not ``effect``.

    Returns
    -------
    xarray.Dataset
        One variable a scale, dims of ``effect``, in points.
    """
    own = effect if actual is None else actual
    return at_last_wave(fit, scales, effect - own) - at_last_wave(fit, scales, -own)


def at_last_wave(fit: Fit, scales: Sequence[str], moved: xr.DataArray) -> xr.Dataset:
    """Levels in points at each cell's last wave, if the latent ones had been moved.

    Parameters
    ----------
    fit : Fit
    scales : sequence of {"percent", "score"}
    moved : (chain, draw, country, factor, group) array
        By how much, in logits, of all draws or some; NaN for cells that are not wanted.

    Returns
    -------
    xarray.Dataset
        One variable a scale, dims of ``moved``, 0-100.
    """
    last = by_group(fit.design, [one.last for one in compared(fit)])
    found: xr.Dataset | None = None
    for position in np.unique(last.where(moved.isel(chain=0, draw=0).notnull(), -1)):
        if position < 0:
            continue
        wave = fit.design.waves[int(position)]
        level = fit.posterior["level"].sel({COUNTRY: moved[COUNTRY].to_numpy(), WAVE: [wave]})
        here = on_scales(level + moved.fillna(0.0), fit, scales).isel({WAVE: 0}, drop=True)
        here = here.where(last == position)
        found = here if found is None else found.fillna(here)
    assert found is not None  # cell_effects refuses a fit without any supported cell
    return found.where(moved.notnull())


def unit_effects(fit: Fit, effect: xr.DataArray) -> xr.DataArray:
    """Latent effect of one unit of intensity on every supported cell.

    Parameters
    ----------
    fit : Fit
    effect : (chain, draw, country, factor, group) array
        Latent effects at the intensities given, from :func:`cell_effects`.

    Returns
    -------
    xarray.DataArray
        As ``effect``: the effect is proportional to intensity.
    """
    given = by_group(fit.design, [fit.design.given] * len(fit.design.groups))
    return effect / given.where(given > 0)


def _parallel_in_points(fit: Fit, level: xr.DataArray) -> xr.DataArray:
    """Effect on every supported cell with trends parallel in points, dims of cell effects."""
    design = fit.design
    each = []
    for group, one in zip(design.groups, compared(fit), strict=True):
        weights = imputation(one.untreated, one.targets)
        mine = level.sel({GROUP: group, COUNTRY: list(design.followed_labels)})
        # A cell has one target, at its last wave.
        found = imputed(mine, one.targets, weights).sum(WAVE, min_count=1)
        told = int((~np.isnan(weights).any(axis=(1, 2, 3))).sum())
        # A cell that counts but has no level in points must not be left out without a word.
        each.append(found.where(found.isel(chain=0, draw=0).count() == told))
    together = xr.concat(each, xr.Variable(GROUP, list(design.groups)))
    return together.transpose(CHAIN, DRAW, COUNTRY, FACTOR, GROUP)
