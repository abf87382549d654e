"""From item parameters to the probability of every category on the trait grid, and back."""

import numpy as np
from numba import njit


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
    table = np.zeros((threshold.size + slope.size, theta.size))
    for j in range(slope.size):
        a = slope[j]
        for t in range(item_start[j], item_start[j + 1]):
            above = table[t + j + 1]  # the category whose lower bound is t
            below = table[t + j]  # the category whose upper bound is t
            between = 0.0
            if t > item_start[j]:
                between = np.log(-np.expm1(-a * (threshold[t] - threshold[t - 1])))
            for m in range(theta.size):
                x = a * (theta[m] - threshold[t])
                tail = np.log1p(np.exp(-abs(x)))
                above[m] -= max(-x, 0.0) + tail
                below[m] += between - max(x, 0.0) - tail
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
