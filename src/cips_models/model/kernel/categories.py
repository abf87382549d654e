"""From item parameters to the probability of every category on the trait grid, and back.

Graded response model (Samejima 1969): P(Y > k) = logistic(a (theta - b_k)), so that with
x_k = a (theta - b_k) the probability between two thresholds is

    s(x_k) s(-x_{k+1}) (1 - exp(x_{k+1} - x_k)),

no difference of near-equal numbers.  With g = exp(-a theta), one table for all thresholds,

    s(x) = h / (h + f g),    s(-x) = f g / (h + f g),

where f / h = exp(a b): a threshold takes one exponential, and a node a few multiplications and
one division.  One of f and h is one and the other below, so that nothing overflows however far
out a threshold is; what is constant along the grid goes into the logs that rows are scaled by.
"""

import numpy as np
from numba import njit

#: Exponents on the grid stay within this, so that the product of two is still a double: only
#: discriminations of 50 have larger ones, and of these no grid makes anything.
_MOST_EXPONENT = 300.0


@njit(cache=True, nogil=True, error_model="numpy")
def exponentials(theta, slope):
    """The table of g, (item, node): what is common to all sets of thresholds."""
    table = np.empty((slope.size, theta.size))
    for j in range(slope.size):
        for m in range(theta.size):
            x = min(max(-slope[j] * theta[m], -_MOST_EXPONENT), _MOST_EXPONENT)
            table[j, m] = np.exp(x)
    return table


@njit(cache=True, nogil=True, error_model="numpy")
def _fractions(product):
    """Parts h and f of a threshold, from a b."""
    small = np.exp(-abs(product))
    return (small, 1.0) if product > 0 else (1.0, small)


@njit(cache=True, nogil=True, error_model="numpy")
def category_probability(theta, g, slope, threshold, item_start, probability, scale):
    """Fill the probability of every category of every item, and the logs of what rows lack.

    Parameters
    ----------
    theta : (node,)
        Of constant step.
    g : (item, node)
        See :func:`exponentials`.
    slope : (item,)
    threshold : (threshold,)
        Increasing within an item.
    item_start : (item + 1,)
        First threshold of each item; item j has ``item_start[j + 1] - item_start[j] + 1``
        categories, the first at row ``item_start[j] + j``.
    probability : (category, node)
        Filled; each row has a maximum of one.
    scale : (category,)
        Filled.
    """
    last, step = theta.size - 1, theta[1] - theta[0]
    for j in range(slope.size):
        a = slope[j]
        own = g[j]
        # Beyond the ends are thresholds at minus and plus infinity.
        h, f, outside = 1.0, 0.0, 0.0
        for t in range(item_start[j], item_start[j + 1] + 1):
            above_h, above_f, log_h, log_f, between = 0.0, 1.0, 0.0, 0.0, 1.0
            peak = np.inf * a
            if t < item_start[j + 1]:
                above_h, above_f = _fractions(a * threshold[t])
                log_h, log_f = min(-a * threshold[t], 0.0), min(a * threshold[t], 0.0)
                peak = -np.inf * a
                if t > item_start[j]:
                    between = -np.expm1(-a * (threshold[t] - threshold[t - 1]))
                    peak = 0.5 * (threshold[t] + threshold[t - 1])
            top = int(min(max(np.round((peak - theta[0]) / step), 0), last))
            unit = (h + f * own[top]) * (above_h + above_f * own[top]) / own[top]
            row = probability[t + j]
            for m in range(theta.size):
                row[m] = unit * own[m] / ((h + f * own[m]) * (above_h + above_f * own[m]))
            scale[t + j] = outside + log_f + np.log(between / unit)
            h, f, outside = above_h, above_f, log_h


@njit(cache=True, nogil=True, error_model="numpy")
def category_gradient(theta, g, slope, threshold, item_start, d_table, d_slope, d_threshold):
    """Add the gradient of the categories' log probabilities to ``d_slope, d_threshold``.

    From that by the logs, ``d_table`` (category, node).
    """
    dx = np.empty(theta.size)
    for j in range(slope.size):
        first, last, a = item_start[j], item_start[j + 1], slope[j]
        own = g[j]
        for t in range(first, last):
            above = d_table[t + j + 1]  # the category whose lower bound is t
            below = d_table[t + j]  # the category whose upper bound is t
            h, f = _fractions(a * threshold[t])
            crowd_above = 0.0
            crowd_below = 0.0
            if t + 1 < last:
                crowd_above = 1.0 / np.expm1(a * (threshold[t + 1] - threshold[t]))
            if t > first:
                crowd_below = 1.0 / np.expm1(a * (threshold[t] - threshold[t - 1]))
            for m in range(theta.size):
                p = h / (h + f * own[m])
                dx[m] = above[m] * (1.0 - p + crowd_above) - below[m] * (p + crowd_below)
            sum_dx = 0.0
            sum_dx_theta = 0.0
            for m in range(theta.size):
                sum_dx += dx[m]
                sum_dx_theta += dx[m] * theta[m]
            d_slope[j] += sum_dx_theta - sum_dx * threshold[t]
            d_threshold[t] -= a * sum_dx
