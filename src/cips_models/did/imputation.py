"""What a supported cell would have been without support, from cells without it.

Everything here is weights on levels: an estimate is their weighted sum, draw by draw.
"""

import numpy as np
import xarray as xr

from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, WAVE


def imputation(untreated: np.ndarray, targets: np.ndarray, *, within: bool = True) -> np.ndarray:
    """Weights that give the effect on single cells at single waves.

    An effect of every cell, of every factor and wave and, where the comparison is within
    countries, of every country and wave are fitted by least squares to the levels without
    support; they give the level that a supported cell would have had without support; its effect
    is the level less that (Borusyak, Jaravel & Spiess 2024, eq. 5-6).  Waves that a country lacks
    are no hindrance: a cell's change over its own waves is compared with that of others over the
    same.

    Parameters
    ----------
    untreated : (country, factor, wave) bool array
        Where levels without support were seen.
    targets : (target, 3) int array
        Positions of country, factor and wave of the effects wanted.
    within : bool
        Whether countries have trends of their own, so that factors of one country are compared;
        otherwise countries are compared with countries, factor by factor.

    Returns
    -------
    (target, country, factor, wave) array
        The estimate is ``(weights * levels).sum()`` over the last three; NaN for a target that
        has nothing to be compared with.
    """
    countries, factors, waves = untreated.shape
    weights = np.full((len(targets), *untreated.shape), np.nan)
    seen = np.argwhere(untreated)
    if not (len(seen) and len(targets)):
        return weights

    def common(place: np.ndarray) -> np.ndarray:
        """Indicators of factor and wave, and of country and wave."""
        found = np.zeros((len(place), (factors + countries * within) * waves))
        row = np.arange(len(place))
        found[row, place[:, 1] * waves + place[:, 2]] = 1.0
        if within:
            found[row, (factors + place[:, 0]) * waves + place[:, 2]] = 1.0
        return found

    # The cells' own effects are swept out: everything is a deviation from the cell's mean.
    cell, own = seen[:, 0] * factors + seen[:, 1], targets[:, 0] * factors + targets[:, 1]
    times = np.bincount(cell, minlength=countries * factors)
    rows = common(seen)
    means = np.zeros((countries * factors, rows.shape[1]))
    np.add.at(means, cell, rows / times[cell][:, None])
    control, wanted = rows - means[cell], common(targets) - means[own]
    # Singular by construction; the default tolerance takes rounding for a direction.
    inverse = np.linalg.pinv(control, rcond=1e-10)
    # A target is identified if its row is a combination of the rows without support.
    told = (np.abs(wanted @ inverse @ control - wanted).max(axis=1) < 1e-8) & (times[own] > 0)
    same = own[told][:, None] == cell
    found = np.zeros((int(told.sum()), *untreated.shape))
    found[:, *seen.T] = -(wanted[told] @ inverse + same / times[cell])
    found[np.arange(len(found)), *targets[told].T] = 1.0
    found[np.abs(found) < 1e-12] = 0.0  # rounding: such a cell does not count
    weights[told] = found
    return weights


def imputed(level: xr.DataArray, targets: np.ndarray, weights: np.ndarray) -> xr.DataArray:
    """Effects of weights on levels.

    Parameters
    ----------
    level : xarray.DataArray
        Dims chain, draw, country, factor, wave, in any order.
    targets, weights
        Of :func:`imputation`.

    Returns
    -------
    (chain, draw, country, factor, wave) array
        NaN but for targets that have something to be compared with, and for those if a level
        that counts is NaN.
    """
    ordered = level.transpose(CHAIN, DRAW, COUNTRY, FACTOR, WAVE)
    values = ordered.to_numpy().reshape(*ordered.shape[:2], -1)
    coefficients = weights.reshape(len(weights), values.shape[-1])
    absent = np.isnan(values).any(axis=(0, 1))
    found = np.where(absent, 0.0, values) @ np.where(absent, 0.0, coefficients).T
    found[..., (coefficients[:, absent] != 0).any(axis=1)] = np.nan
    whole = np.full(ordered.shape, np.nan)
    whole[:, :, *targets.T] = found
    return ordered.copy(data=whole)


def from_the_last_wave_before(
    untreated: np.ndarray, control: np.ndarray, targets: np.ndarray, *, within: bool = True
) -> np.ndarray:
    """The same weights, of changes since the last wave before support alone.

    A supported cell's change from its last wave without support is compared with that of cells
    never supported over the same two waves, which is a group-time effect with the never treated
    for comparison (Callaway & Sant'Anna 2021, section 2) where ``within`` is false.  It rests on no
    earlier wave, where :func:`imputation` takes the mean of all.

    Parameters
    ----------
    untreated, targets, within
        As of :func:`imputation`.
    control : (country, factor) bool array
        Cells never supported.

    Returns
    -------
    (target, country, factor, wave) array
    """
    weights = np.full((len(targets), *untreated.shape), np.nan)
    own = untreated[targets[:, 0], targets[:, 1]]
    earlier = own & (np.arange(untreated.shape[2]) < targets[:, 2:])
    base = np.where(earlier.any(axis=1), earlier.shape[1] - 1 - earlier[:, ::-1].argmax(axis=1), -1)
    for start, end in np.unique(np.column_stack([base, targets[:, 2]]), axis=0):
        if start < 0:
            continue
        mine = (base == start) & (targets[:, 2] == end)
        pair = np.zeros_like(untreated)
        pair[:, :, [start, end]] = (untreated & control[:, :, None])[:, :, [start, end]]
        pair[targets[mine, 0], targets[mine, 1], start] = True
        weights[mine] = imputation(pair, targets[mine], within=within)
    return weights
