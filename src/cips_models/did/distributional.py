"""Ordinal difference in differences: what the answers to an item would have been without support.

Yamauchi (2020, "Difference-in-Differences for Ordinal Outcomes", arXiv:2009.13404).  An answer
is a normal latent response cut at thresholds that are the same for everybody and always.  Without
support, the latent response of the supported would have moved as that of the others did, both
in units of their spread before:

    mean[1, after] = mean[1, before] + (mean[0, after] - mean[0, before])
                                       * sd[1, before] / sd[0, before]
    sd[1, after]   = sd[1, before] * sd[0, after] / sd[0, before]

(1: supported, 0: not.)  With mean 0 and sd 1 for the others before, the thresholds are the
quantiles of their answers, and the rest follows from these.
"""

from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

#: Steps of Fisher scoring, and the change at which it has arrived.
_STEPS: Final = 50
_ARRIVED: Final = 1e-10


def counterfactual(
    control_before: np.ndarray, control_after: np.ndarray, treated_before: np.ndarray
) -> np.ndarray:
    """Distribution of the answers of the supported, after, had they not been supported.

    Parameters
    ----------
    control_before, control_after, treated_before : (..., level) arrays
        Counts or shares of the answers to one item, least favourable first; three levels or
        more, for with two the mean and the spread cannot be told apart.

    Returns
    -------
    (..., level) array
        Probabilities.  NaN where a level that separates others has no answer, so that a
        threshold or a spread is not determined.
    """
    thresholds = ndtri(_cumulative(control_before))
    told = np.isfinite(thresholds).all(axis=-1) & (np.diff(thresholds) > 0).all(axis=-1)
    thresholds = np.where(told[..., None], thresholds, np.arange(thresholds.shape[-1]) - 0.5)
    mean_control, sd_control = location_scale(control_after, thresholds)
    mean_treated, sd_treated = location_scale(treated_before, thresholds)
    mean, sd = mean_treated + mean_control * sd_treated, sd_treated * sd_control
    below = ndtr((thresholds - mean[..., None]) / sd[..., None])
    edge = np.zeros((*below.shape[:-1], 1))
    found = np.diff(np.concatenate([edge, below, edge + 1.0], axis=-1))
    return np.where(told[..., None], found, np.nan)


def location_scale(answers: np.ndarray, thresholds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sd of a normal latent response with known thresholds, by maximum likelihood.

    With three levels they fit the shares exactly, which is where the search begins.

    Parameters
    ----------
    answers : (..., level) array
        Counts or shares.
    thresholds : (..., level - 1) array

    Returns
    -------
    mean, sd : (...) arrays
        NaN where fewer than two thresholds have answers on both sides, or all the answers lie
        between two of them.
    """
    shares = answers / answers.sum(axis=-1, keepdims=True)
    below = _cumulative(answers)
    inside = (below > 0) & (below < 1)
    # P(answer <= k) = ndtr(a t_k + b): a line through the quantiles to begin with.
    weight = inside / inside.sum(axis=-1, keepdims=True).clip(min=1)
    quantile = ndtri(np.where(inside, below, 0.5))
    centre = [(weight * x).sum(axis=-1, keepdims=True) for x in (thresholds, quantile)]
    apart = thresholds - centre[0]
    square = (weight * apart**2).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        a = (weight * apart * (quantile - centre[1])).sum(axis=-1) / square
    told = (inside.sum(axis=-1) >= 2) & (a > 1e-6)
    a = np.where(told, a, 1.0)
    b = np.where(told, centre[1][..., 0] - a * centre[0][..., 0], 0.0)
    for _ in range(_STEPS):
        z = a[..., None] * thresholds + b[..., None]
        density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
        at = np.stack([density * thresholds, density])  # by a, by b
        edge = np.zeros((*at.shape[:-1], 1))
        by = np.diff(np.concatenate([edge, at, edge], axis=-1))
        cut = ndtr(z)
        probability = np.diff(cut, prepend=0.0, append=1.0).clip(min=1e-12)
        slope = (by * shares / probability).sum(axis=-1)
        aa, ab, bb = (
            (by[i] * by[j] / probability).sum(axis=-1) for i, j in ((0, 0), (0, 1), (1, 1))
        )
        det = (aa * bb - ab**2).clip(min=1e-12)
        step = np.stack([bb * slope[0] - ab * slope[1], aa * slope[1] - ab * slope[0]]) / det
        # Half way at most to a spread without end.
        step *= np.minimum(1.0, 0.5 * a / np.abs(step[0]).clip(min=1e-12))
        a, b = a + np.where(told, step[0], 0.0), b + np.where(told, step[1], 0.0)
        if np.abs(np.where(told, step, 0.0)).max(initial=0.0) < _ARRIVED:
            break
    return np.where(told, -b / a, np.nan), np.where(told, 1.0 / a, np.nan)


def _cumulative(answers: np.ndarray) -> np.ndarray:
    """Shares of answers up to every level but the last."""
    total = answers.sum(axis=-1, keepdims=True)
    return np.asarray(np.cumsum(answers, axis=-1)[..., :-1] / total)
