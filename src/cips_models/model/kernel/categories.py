"""From item parameters to the likelihood of answer patterns on the trait grid, and back."""

import numpy as np
from numba import njit

from cips_models.model.kernel.numbers import FAST, TINY


@njit(cache=True, nogil=True, error_model="numpy")
def _softplus(x):
    return max(x, 0.0) + np.log1p(np.exp(-abs(x)))


@njit(cache=True, nogil=True, error_model="numpy")
def category_log_probability(theta, slope, threshold, item_start):
    """Log probability of every category of every item on a grid.

    Graded response model (Samejima 1969): P(Y > k) = logistic(a (theta - b_k)), so that
    with x_k = a (theta - b_k) the probability between two thresholds is
    s(x_k) s(-x_{k+1}) (1 - exp(x_{k+1} - x_k)): no difference of near-equal numbers.

    Parameters
    ----------
    theta : (node,)
    slope : (item,)
    threshold : (threshold,)
        Increasing within an item.
    item_start : (item + 1,)
        First threshold of each item; item j has ``item_start[j + 1] - item_start[j] + 1``
        categories, the first at row ``item_start[j] + j``.

    Returns
    -------
    (category, node) array
    """
    items = slope.size
    nodes = theta.size
    table = np.empty((threshold.size + items, nodes))
    for j in range(items):
        first = item_start[j]
        thresholds = item_start[j + 1] - first
        for k in range(thresholds + 1):
            row = table[first + j + k]
            for m in range(nodes):
                row[m] = 0.0
            if k > 0:
                b = threshold[first + k - 1]
                for m in range(nodes):
                    row[m] -= _softplus(-slope[j] * (theta[m] - b))
            if k < thresholds:
                b = threshold[first + k]
                for m in range(nodes):
                    row[m] -= _softplus(slope[j] * (theta[m] - b))
            if 0 < k < thresholds:
                gap = slope[j] * (threshold[first + k] - threshold[first + k - 1])
                between = np.log(-np.expm1(-gap))
                for m in range(nodes):
                    row[m] += between
    return table


@njit(cache=True, nogil=True, error_model="numpy")
def category_gradient(theta, slope, threshold, item_start, d_table, d_slope, d_threshold):
    """Add the gradient of the categories' log probabilities to ``d_slope, d_threshold``."""
    nodes = theta.size
    for j in range(slope.size):
        first = item_start[j]
        last = item_start[j + 1]
        a = slope[j]
        for t in range(first, last):
            above = d_table[t + j + 1]  # the category whose lower bound is t
            below = d_table[t + j]  # the category whose upper bound is t
            crowd_above = 0.0
            crowd_below = 0.0
            if t + 1 < last:
                crowd_above = 1.0 / np.expm1(a * (threshold[t + 1] - threshold[t]))
            if t > first:
                crowd_below = 1.0 / np.expm1(a * (threshold[t] - threshold[t - 1]))
            sum_dx = 0.0
            sum_dx_theta = 0.0
            for m in range(nodes):
                p = 1.0 / (1.0 + np.exp(-a * (theta[m] - threshold[t])))
                dx = above[m] * (1.0 - p + crowd_above) - below[m] * (p + crowd_below)
                sum_dx += dx
                sum_dx_theta += dx * (theta[m] - threshold[t])
            d_slope[j] += sum_dx_theta
            d_threshold[t] -= a * sum_dx


@njit(cache=True, nogil=True, error_model="numpy")
def scaled_probability(log_probability, probability, scale):
    """Fill category probabilities, each row scaled to a maximum of one, and the log scales."""
    categories, nodes = log_probability.shape
    for r in range(categories):
        scale[r] = -np.inf
        for m in range(nodes):
            scale[r] = max(scale[r], log_probability[r, m])
        for m in range(nodes):
            probability[r, m] = np.exp(log_probability[r, m] - scale[r])


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def pattern_likelihood(probability, scale, start, category, threshold_set, likelihood, peak):
    """Fill ``likelihood`` (pattern, node), scaled to a maximum of one, and its log scale.

    Products of probabilities that are scaled row by row need no exponential; scaling
    again after every answer keeps thirty contradicting answers from underflow.
    """
    nodes = likelihood.shape[1]
    row = np.empty(nodes)
    for p in range(threshold_set.size):
        s = threshold_set[p]
        for m in range(nodes):
            row[m] = 1.0
        peak[p] = 0.0
        for r in range(start[p], start[p + 1]):
            factor = probability[s, category[r]]
            for m in range(nodes):
                row[m] *= factor[m]
            peak[p] += scale[s, category[r]]
            if (r - start[p]) % 8 == 7 or r + 1 == start[p + 1]:
                top = max(row.max(), TINY)
                peak[p] += np.log(top)
                for m in range(nodes):
                    row[m] /= top
        for m in range(nodes):
            likelihood[p, m] = row[m]


@njit(cache=True, nogil=True, error_model="numpy")
def category_weights(start, category, threshold_set, d_pattern, d_table):
    """Add the gradient by the patterns' log-likelihood to that by the categories'."""
    for p in range(threshold_set.size):
        for r in range(start[p], start[p + 1]):
            target = d_table[threshold_set[p], category[r]]
            for m in range(target.size):
                target[m] += d_pattern[p, m]
