"""The country-and-factor-adjusted effect under many support maps at once."""

from collections.abc import Sequence

import numpy as np

from cips_models.did.contrast import Comparison

#: Eigenvalues below this share of the largest are zero; the others are those of counts.
_NOTHING = 1e-9

#: Maps whose equations are solved at a time.
_TOGETHER = 250


def two_way(levels: np.ndarray, maps: Sequence[Comparison]) -> np.ndarray:
    """Imputation estimate of the ATT under each of several support maps.

    The same estimate as with :func:`cips_models.did.contrast.imputation_weights` (Borusyak,
    Jaravel & Spiess 2024), from normal equations that many maps share a solver for.

    Parameters
    ----------
    levels : (followed, factor, wave) array
        Of one group; what is not observed may be anything.
    maps : sequence of Comparison
        What is compared under each map.

    Returns
    -------
    (map,) array
        In units of ``levels``; NaN where no supported cell has others to be compared with.
    """
    parts = [maps[first : first + _TOGETHER] for first in range(0, len(maps), _TOGETHER)]
    return np.concatenate([_estimates(levels, part) for part in parts])


def _estimates(levels: np.ndarray, maps: Sequence[Comparison]) -> np.ndarray:
    untreated = np.stack([each.untreated for each in maps]).astype(float)
    treated = np.stack([each.treated for each in maps])
    last = np.stack([each.last for each in maps])
    number, countries, factors, waves = untreated.shape
    count = np.maximum(untreated.sum(axis=-1, keepdims=True), 1.0)
    share = untreated / count
    y = np.where(untreated > 0, levels, 0.0)
    mean = (share * y).sum(axis=-1, keepdims=True)
    deviation = np.where(untreated > 0, y - mean, 0.0)
    # What remains of a cell's waves once the cell's own effect is swept out; the first wave is
    # then minus the sum of the others.
    swept = untreated[..., None] * np.eye(waves) - share[..., None] * untreated[..., None, :]
    swept, deviation = swept[..., 1:, 1:], deviation[..., 1:]
    size = (countries + factors) * (waves - 1)
    gram = np.zeros((number, countries + factors, waves - 1, countries + factors, waves - 1))
    c, f = np.arange(countries), countries + np.arange(factors)
    gram[:, c, :, c] = swept.sum(axis=2).swapaxes(0, 1)
    gram[:, f, :, f] = swept.sum(axis=1).swapaxes(0, 1)
    gram[:, :countries, :, countries:] = swept.transpose(0, 1, 3, 2, 4)
    gram[:, countries:, :, :countries] = swept.transpose(0, 2, 4, 1, 3)
    right = np.concatenate([deviation.sum(axis=2), deviation.sum(axis=1)], axis=1)
    values, axes = np.linalg.eigh(gram.reshape(number, size, size))
    seen = values > _NOTHING * values[:, -1:]
    inverse = np.where(seen, 1.0 / np.where(seen, values, 1.0), 0.0)
    along = np.einsum("pks,pk->ps", axes, right.reshape(number, size))
    common = np.einsum("pks,ps->pk", axes, inverse * along)
    common = common.reshape(number, countries + factors, waves - 1)
    # Rows of the treated cells: their last wave, less the mean over those without support.
    row = (np.eye(waves)[last] - share)[..., 1:]
    without = common[:, :countries, None] + common[:, None, countries:]
    effect = np.take_along_axis(np.broadcast_to(levels, untreated.shape), last[..., None], axis=-1)[
        ..., 0
    ]
    effect = effect - mean[..., 0] - (row * without).sum(axis=-1)
    unseen = np.where(seen[:, None], 0.0, axes).reshape(number, -1, waves - 1, size)
    off = np.einsum("pcfw,pcws->pcfs", row, unseen[:, :countries])
    off += np.einsum("pcfw,pfws->pcfs", row, unseen[:, countries:])
    told = treated & (np.abs(off).max(axis=-1) < 1e-6)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(told, effect, 0.0).sum(axis=(1, 2)) / told.sum(axis=(1, 2)))
