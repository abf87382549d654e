"""The likelihood of all answers with the respondents' latents integrated out.

For respondent i in cell c (a country x group x wave, or finer), with item log
probabilities on a fixed grid of the trait, the marginal likelihood is

    p(y_i) = sum_q w_q  prod_f  sum_m  W_cf[q, m] L_f[y_if, m]

where L_f[y, m] is the probability of the answers to the items of factor f at trait node
m, and W_cf[q, m] is proportional to the N(location_cf + general_cf u_q, specific_cf^2)
density at node m, normalised to one over m (dimension reduction of the bifactor model:
Gibbons & Hedeker 1992, eq. 9; Rijmen 2010).  Equal answers to a factor under equal
thresholds share one row of L ("pattern").

All of it stands in one file because numba's cache notices changes of a function's own file
only: a caller elsewhere would go on with the old code.

Value and gradient come from one pass; everything here is compiled by numba and works on
plain arrays.  The parameters are

    slope      (item,)            discrimination a_j
    threshold  (set, threshold)   thresholds b_jk, item after item, one row for each set
                                  of cells that share thresholds
    location   (cell, factor)     mean trait
    general    (cell, factor)     sd of the general outlook times its loading
    specific   (cell, factor)     sd of the factor-specific deviation
"""

import numpy as np
from numba import njit

_TINY = 1e-290

# Reordering sums is harmless here; infinities and NaN keep their meaning.
_FAST = {"reassoc", "contract", "arcp"}


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
            row[:] = 0.0
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
                row += np.log(-np.expm1(-gap))
    return table


@njit(cache=True, nogil=True, error_model="numpy")
def _category_gradient(theta, slope, threshold, item_start, d_table, d_slope, d_threshold):
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
def _scaled_probability(log_probability):
    """Category probabilities, each row scaled to a maximum of one, and the log scales."""
    categories, nodes = log_probability.shape
    scale = np.empty(categories)
    probability = np.empty((categories, nodes))
    for r in range(categories):
        scale[r] = log_probability[r].max()
        for m in range(nodes):
            probability[r, m] = np.exp(log_probability[r, m] - scale[r])
    return probability, scale


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _pattern_likelihood(probability, scale, start, category, threshold_set, likelihood, peak):
    """Fill ``likelihood`` (pattern, node), scaled to a maximum of one, and its log scale.

    Products of probabilities that are scaled row by row need no exponential; scaling
    again after every answer keeps thirty contradicting answers from underflow.
    """
    nodes = likelihood.shape[1]
    for p in range(threshold_set.size):
        s = threshold_set[p]
        row = likelihood[p]
        row[:] = 1.0
        peak[p] = 0.0
        for r in range(start[p], start[p + 1]):
            factor = probability[s, category[r]]
            for m in range(nodes):
                row[m] *= factor[m]
            peak[p] += scale[s, category[r]]
            if (r - start[p]) % 8 == 7 or r + 1 == start[p + 1]:
                top = max(row.max(), _TINY)
                peak[p] += np.log(top)
                for m in range(nodes):
                    row[m] /= top


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _trait_weights(theta, u, location, general, specific, weights):
    """Fill ``weights`` (trait node, u node): N(location + general u, specific^2), columns sum to 1.

    On a grid of constant step the ratio of neighbouring densities is itself a geometric
    sequence, so that a column costs three exponentials; it is built outwards from the
    node nearest its centre, where the density is largest.
    """
    nodes = theta.size
    step = theta[1] - theta[0]
    shrink = np.exp(-step * step / (specific * specific))
    weights[:] = 0.0
    for q in range(u.size):
        centre = location + general * u[q]
        middle = min(max(int(np.round((centre - theta[0]) / step)), 0), nodes - 1)
        offset = (theta[middle] - centre) / specific
        weights[middle, q] = 1.0
        total = 1.0
        for direction in (-1, 1):
            value = 1.0
            ratio = np.exp(-0.5 * (step / specific) ** 2 - direction * offset * step / specific)
            m = middle + direction
            while 0 <= m < nodes and value > 1e-16:
                value *= ratio
                ratio *= shrink
                weights[m, q] = value
                total += value
                m += direction
        scale = 1.0 / total
        for m in range(nodes):
            weights[m, q] *= scale


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _trait_gradient(theta, u, location, general, specific, weights, d_weights):
    """Gradient of the trait weights with respect to location, general and specific."""
    mean_d = np.zeros(u.size)
    mean_z = np.zeros(u.size)
    mean_zz = np.zeros(u.size)
    cross_z = np.zeros(u.size)
    cross_zz = np.zeros(u.size)
    precision = 1.0 / specific
    for m in range(theta.size):
        for q in range(u.size):
            z = (theta[m] - location - general * u[q]) * precision
            w = weights[m, q]
            wd = w * d_weights[m, q]
            mean_d[q] += wd
            mean_z[q] += w * z
            mean_zz[q] += w * z * z
            cross_z[q] += wd * z
            cross_zz[q] += wd * z * z
    d_location = 0.0
    d_general = 0.0
    d_specific = 0.0
    for q in range(u.size):
        d_centre = (cross_z[q] - mean_d[q] * mean_z[q]) * precision
        d_location += d_centre
        d_general += d_centre * u[q]
        d_specific += (cross_zz[q] - mean_d[q] * mean_zz[q]) * precision
    return d_location, d_general, d_specific


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _integrate_trait(pattern, likelihood, weights, rows, given_u, top):
    """Integrate one factor's specific deviation out, for the respondents of one cell.

    Gathers each respondent's pattern into ``rows`` (respondent, trait node) and fills
    ``given_u`` (respondent, u node), the likelihood of the factor given the general
    outlook, scaled to a maximum of one by ``top`` (respondent,).  Four trait nodes at a
    time: each sum is loaded and stored a quarter as often.
    """
    nodes, nodes_u = weights.shape
    for i in range(pattern.size):
        if pattern[i] < 0:
            continue
        row = rows[i]
        source = likelihood[pattern[i]]
        value = given_u[i]
        for q in range(nodes_u):
            value[q] = 0.0
        for m in range(0, nodes, 4):
            r0, r1, r2, r3 = source[m], source[m + 1], source[m + 2], source[m + 3]
            row[m], row[m + 1], row[m + 2], row[m + 3] = r0, r1, r2, r3
            for q in range(nodes_u):
                value[q] += (r0 * weights[m, q] + r1 * weights[m + 1, q]) + (
                    r2 * weights[m + 2, q] + r3 * weights[m + 3, q]
                )
        highest = _TINY
        for q in range(nodes_u):
            highest = max(highest, value[q])
        top[i] = highest
        scale = 1.0 / highest
        for q in range(nodes_u):
            value[q] *= scale


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _differentiate_trait(pattern, weights, rows, given_u, top, posterior, d_pattern, ratio):
    """Gradient of a cell's log-likelihood with respect to the trait weights of one factor.

    Adds the gradient with respect to the patterns' log-likelihood to ``d_pattern``.
    ``ratio`` (respondent + 3, u node) is room to work in.
    """
    n = pattern.size
    nodes, nodes_u = weights.shape
    by_u = weights.T.copy()
    d_weights = np.zeros(weights.shape)
    d_row = np.empty(nodes)
    for i in range(n):
        if pattern[i] < 0:
            ratio[i] = 0.0
            for m in range(nodes):
                rows[i, m] = 0.0
            continue
        scale = 1.0 / top[i]
        for q in range(nodes_u):
            ratio[i, q] = posterior[i, q] / (given_u[i, q] + _TINY) * scale
        for m in range(nodes):
            d_row[m] = 0.0
        for q in range(0, nodes_u, 4):
            r0, r1, r2, r3 = ratio[i, q], ratio[i, q + 1], ratio[i, q + 2], ratio[i, q + 3]
            for m in range(nodes):
                d_row[m] += (r0 * by_u[q, m] + r1 * by_u[q + 1, m]) + (
                    r2 * by_u[q + 2, m] + r3 * by_u[q + 3, m]
                )
        row = rows[i]
        target = d_pattern[pattern[i]]
        for m in range(nodes):
            target[m] += d_row[m] * row[m]
    ratio[n : n + 3] = 0.0
    rows[n : n + 3] = 0.0
    for i in range(0, n, 4):
        for m in range(nodes):
            r0, r1, r2, r3 = rows[i, m], rows[i + 1, m], rows[i + 2, m], rows[i + 3, m]
            for q in range(nodes_u):
                d_weights[m, q] += (r0 * ratio[i, q] + r1 * ratio[i + 1, q]) + (
                    r2 * ratio[i + 2, q] + r3 * ratio[i + 3, q]
                )
    return d_weights


@njit(cache=True, nogil=True, error_model="numpy")
def evaluate(
    slope,
    threshold,
    location,
    general,
    specific,
    item_start,
    pattern_start,
    pattern_category,
    pattern_set,
    pattern_of,
    cell_start,
    theta,
    u,
    weight,
    pointwise,
):
    """Log-likelihood of every respondent, and the gradient of their sum.

    Parameters
    ----------
    slope, threshold, location, general, specific
        See the module's docstring.
    item_start, pattern_start, pattern_category, pattern_set, pattern_of, cell_start
        See :class:`cips_models.model.layout.Layout`.
    theta, u, weight
        Trait grid, nodes of the standardised general outlook and their weights.
    pointwise : (respondent,) array
        Filled with each respondent's log-likelihood.

    Returns
    -------
    tuple
        Total log-likelihood and its gradients with respect to slope, threshold,
        location, general and specific, each of its parameter's shape.
    """
    cells, factors = location.shape
    sets = threshold.shape[0]
    nodes = theta.size
    probability = np.empty((sets, threshold.shape[1] + slope.size, nodes))
    scale = np.empty((sets, threshold.shape[1] + slope.size))
    for s in range(sets):
        probability[s], scale[s] = _scaled_probability(
            category_log_probability(theta, slope, threshold[s], item_start)
        )
    patterns = pattern_set.size
    likelihood = np.empty((patterns, nodes))
    peak = np.empty(patterns)
    _pattern_likelihood(
        probability, scale, pattern_start, pattern_category, pattern_set, likelihood, peak
    )
    d_pattern = np.zeros((patterns, nodes))
    d_location = np.zeros_like(location)
    d_general = np.zeros_like(general)
    d_specific = np.zeros_like(specific)

    largest = np.diff(cell_start).max()
    rows = np.empty((factors, largest + 3, nodes))
    given_u = np.empty((factors, largest, u.size))
    top = np.empty((factors, largest))
    weights = np.empty((factors, nodes, u.size))
    posterior = np.empty((largest, u.size))
    ratio = np.empty((largest + 3, u.size))
    total = 0.0
    for c in range(cells):
        start = cell_start[c]
        n = cell_start[c + 1] - start
        posterior[:n] = weight
        pointwise[start : start + n] = 0.0
        for f in range(factors):
            _trait_weights(theta, u, location[c, f], general[c, f], specific[c, f], weights[f])
            _integrate_trait(
                pattern_of[start : start + n, f],
                likelihood,
                weights[f],
                rows[f],
                given_u[f],
                top[f],
            )
            for i in range(n):
                p = pattern_of[start + i, f]
                if p >= 0:
                    pointwise[start + i] += peak[p] + np.log(top[f, i])
                    for q in range(u.size):
                        posterior[i, q] *= given_u[f, i, q]
        for i in range(n):
            mass = posterior[i].sum()
            if mass < _TINY:  # factors that contradict each other: once more, in logs
                posterior[i] = np.log(weight)
                for f in range(factors):
                    if pattern_of[start + i, f] >= 0:
                        posterior[i] += np.log(given_u[f, i] + _TINY)
                highest = posterior[i].max()
                posterior[i] = np.exp(posterior[i] - highest)
                pointwise[start + i] += highest
                mass = posterior[i].sum()
            posterior[i] /= mass
            pointwise[start + i] += np.log(mass)
            total += pointwise[start + i]
        for f in range(factors):
            d_weights = _differentiate_trait(
                pattern_of[start : start + n, f],
                weights[f],
                rows[f],
                given_u[f],
                top[f],
                posterior,
                d_pattern,
                ratio,
            )
            d_location[c, f], d_general[c, f], d_specific[c, f] = _trait_gradient(
                theta, u, location[c, f], general[c, f], specific[c, f], weights[f], d_weights
            )

    d_slope = np.zeros_like(slope)
    d_threshold = np.zeros_like(threshold)
    d_table = np.zeros_like(probability)
    for p in range(patterns):
        for r in range(pattern_start[p], pattern_start[p + 1]):
            d_table[pattern_set[p], pattern_category[r]] += d_pattern[p]
    for s in range(sets):
        _category_gradient(
            theta, slope, threshold[s], item_start, d_table[s], d_slope, d_threshold[s]
        )
    return total, d_slope, d_threshold, d_location, d_general, d_specific
