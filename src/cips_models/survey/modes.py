"""Whether the mode in which people answered can be told from when they answered."""

import numpy as np
import xarray as xr

from cips_models.names import COUNTRY, GROUP, STRATUM, WAVE

#: Shares and indicators that differ by less do not differ: both are of whole people.
_ROUNDING = 1e-8


def mode_scale(respondents: xr.DataArray, mode: np.ndarray) -> xr.DataArray:
    """Number the mode scales: waves of a country with one number may be compared.

    The effect of the mode is told where some combination of its indicators is not in the span
    of the indicators of country and wave, over the respondents of the group.  Two waves of a
    country may be compared if their compositions by mode do not differ, or differ by something
    that is told (estimable functions; Searle 1971, Linear Models, section 5.4).

    Parameters
    ----------
    respondents : xarray.DataArray
        Counts, dims (country, group, wave, stratum).
    mode : (stratum,) array of str
        Mode of each stratum.

    Returns
    -------
    xarray.DataArray
        int, dims (country, group, wave); numbers mean nothing between countries or groups.
        -1 where the group was not surveyed.
    """
    counts = respondents.transpose(COUNTRY, GROUP, WAVE, STRATUM)
    member = mode[:, None] == np.unique(mode)
    by_mode = counts.to_numpy() @ member.astype(float)
    scale = np.stack([_of_group(own) for own in np.moveaxis(by_mode, 1, 0)], axis=1)
    return counts.isel({STRATUM: 0}, drop=True).copy(data=scale)


def _of_group(counts: np.ndarray) -> np.ndarray:
    """(country, wave) numbers of one group, from counts (country, wave, mode)."""
    countries, waves, modes = counts.shape
    place = np.argwhere(counts)
    design = [np.eye(size)[place[:, k]] for k, size in enumerate((countries, waves, modes))]
    common = np.concatenate(design[:2], axis=1)
    left = design[2] - common @ np.linalg.pinv(common) @ design[2]
    _, size, axes = np.linalg.svd(left, full_matrices=False)
    axes = axes[size > _ROUNDING]
    told = axes.T @ axes
    total = counts.sum(axis=2, keepdims=True)
    share = counts / np.where(total > 0, total, 1.0)
    untold = share - share @ told
    number = np.full((countries, waves), -1)
    for c in range(countries):
        origins: list[np.ndarray] = []
        for w in np.flatnonzero(total[c, :, 0]):
            same = [np.abs(untold[c, w] - other).max() < _ROUNDING for other in origins]
            number[c, w] = same.index(True) if any(same) else len(origins)
            if not any(same):
                origins.append(untold[c, w])
    return number
