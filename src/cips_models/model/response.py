"""What the members of a cell answer on average: the trait integrated out of the items."""

import numpy as np
from numba import njit

#: Nodes per sd of the trait, and half the width integrated over in sds: the rectangle rule
#: on a Gaussian errs by less than the mass that is cut off, 2e-9.
_NODES_PER_SD = 2.0
_SDS = 6.0

#: Nodes per logit of the sharpest item: a logistic curve of slope a has poles pi / a off the real
#: line, and nodes h apart err by exp(-2 pi^2 / (a h)), here 3e-9 (Trefethen & Weideman 2014, The
#: exponentially convergent trapezoidal rule, SIAM Review 56, theorem 5.1).
_NODES_PER_LOGIT = 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _curve(theta, slope, threshold, start, value, members, curve):
    """Fill ``curve`` (scale, node): mean value of the members' answers given the trait."""
    curve[:] = 0.0
    for j in members:
        for s in range(value.shape[0]):
            curve[s] += value[s, j, 0]
        for t in range(start[j], start[j + 1]):
            k = t - start[j]
            for m in range(theta.size):
                above = 1.0 / (1.0 + np.exp(-slope[j] * (theta[m] - threshold[t])))
                for s in range(value.shape[0]):
                    curve[s, m] += (value[s, j, k + 1] - value[s, j, k]) * above
    curve /= members.size


@njit(cache=True, nogil=True, error_model="numpy")
def expected(level, spread, slope, threshold, start, value, members):
    """Expected value of an answer where the trait is N(level, spread^2).

    The answer is to one of ``members``, each equally likely, under the graded response
    model (Samejima 1969).  All places of a draw share one grid of the trait, so that the
    items' curves are evaluated once a draw and not once a place.

    Parameters
    ----------
    level, spread : (draw, place) float arrays
        Mean and sd of the trait, in logits: any cells of one factor and group.
    slope : (draw, question) float array
    threshold : (draw, threshold) float array
        Question after question, increasing within each.
    start : (question + 1,) int array
        First threshold of each question; see :class:`cips_models.model.layout.Questions`.
    value : (scale, question, level) float array
        Worth of every level, from least favourable, on one or more scales; what lies
        beyond a question's last level is not read.
    members : (member,) int array
        Questions to average over; at least one.

    Returns
    -------
    (scale, draw, place) array
        In the units of ``value``.  NaN where ``level`` is NaN.
    """
    draws, places = level.shape
    scales = value.shape[0]
    result = np.full((scales, draws, places), np.nan)
    for d in range(draws):
        low, high, narrow = np.inf, -np.inf, np.inf
        for p in range(places):
            if np.isfinite(level[d, p]):
                low = min(low, level[d, p] - _SDS * spread[d, p])
                high = max(high, level[d, p] + _SDS * spread[d, p])
                narrow = min(narrow, spread[d, p])
        if not np.isfinite(low):
            continue
        sharpest = 0.0
        for j in members:
            sharpest = max(sharpest, abs(slope[d, j]))
        step = 1.0 / max(_NODES_PER_SD / narrow, _NODES_PER_LOGIT * sharpest)
        nodes = int(np.ceil((high - low) / step)) + 1
        theta = low + step * np.arange(nodes)
        curve = np.empty((scales, nodes))
        _curve(theta, slope[d], threshold[d], start, value, members, curve)
        for p in range(places):
            if not np.isfinite(level[d, p]):
                continue
            reach = _SDS * spread[d, p]
            first = max(int(np.ceil((level[d, p] - reach - low) / step)), 0)
            last = min(int(np.floor((level[d, p] + reach - low) / step)), nodes - 1)
            mass = 0.0
            result[:, d, p] = 0.0
            # The normal density at equally spaced nodes, each from the one before: the ratio of
            # neighbours changes by the same factor from node to node.
            apart = step / spread[d, p]
            z = (theta[first] - level[d, p]) / spread[d, p]
            weight = np.exp(-0.5 * z * z)
            ratio, factor = np.exp(-apart * (z + 0.5 * apart)), np.exp(-apart * apart)
            for m in range(first, last + 1):
                mass += weight
                for s in range(scales):
                    result[s, d, p] += weight * curve[s, m]
                weight *= ratio
                ratio *= factor
            for s in range(scales):
                result[s, d, p] /= mass
    return result
