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

#: Respondents of a cell that are taken together: their arrays stay in the processor's cache.
_TOGETHER = 64

#: Beyond it the trait weights are built column by column; doubles end at exp(709).
_MOST_EXPONENT = 300.0

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

    On a grid of constant step the ratio of neighbouring densities is a geometric sequence in
    the trait node, times one in the u node, so that a row costs two products an entry.  Rows
    are built outwards from the node nearest ``location``, all columns at a time, unless
    numbers would leave the range of doubles.
    """
    nodes, nodes_u = weights.shape
    step = theta[1] - theta[0]
    precision = 1.0 / (specific * specific)
    middle = min(max(int(np.round((location - theta[0]) / step)), 0), nodes - 1)
    offset = theta[middle] - location
    extent = abs(general) * max(abs(u[0]), abs(u[-1])) + abs(offset) + step
    if not extent * extent * precision < _MOST_EXPONENT:
        _trait_weights_by_column(theta, u, location, general, specific, weights)
        return
    tilt = np.empty(nodes_u)
    total = np.empty(nodes_u)
    for q in range(nodes_u):
        tilt[q] = np.exp(step * general * precision * u[q])
        weights[middle, q] = 1.0
        total[q] = 1.0
    shrink = np.exp(-step * step * precision)
    for direction in (1, -1):
        ratio = np.exp(-(0.5 * step + direction * offset) * step * precision)
        m = middle + direction
        while 0 <= m < nodes:
            for q in range(nodes_u):
                weights[m, q] = weights[m - direction, q] * (ratio * tilt[q])
                total[q] += weights[m, q]
            ratio *= shrink
            m += direction
        for q in range(nodes_u):
            tilt[q] = 1.0 / tilt[q]
    for q in range(nodes_u):
        total[q] = 1.0 / total[q]
    for m in range(nodes):
        for q in range(nodes_u):
            weights[m, q] *= total[q]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _trait_weights_by_column(theta, u, location, general, specific, weights):
    """Fill the same, each column outwards from its own largest entry: slower, any parameters."""
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
        for m in range(nodes):
            weights[m, q] /= total


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _trait_gradient(theta, u, location, general, specific, weights, d_weights):
    """Gradient of the trait weights with respect to location, general and specific."""
    nodes, nodes_u = weights.shape
    d = np.zeros(nodes_u)
    dx = np.zeros(nodes_u)
    dxx = np.zeros(nodes_u)
    x_mean = np.zeros(nodes_u)
    xx_mean = np.zeros(nodes_u)
    for m in range(nodes):
        x = theta[m] - location
        for q in range(nodes_u):
            w = weights[m, q]
            wd = w * d_weights[m, q]
            d[q] += wd
            dx[q] += wd * x
            dxx[q] += wd * x * x
            x_mean[q] += w * x
            xx_mean[q] += w * x * x
    precision = 1.0 / (specific * specific)
    d_location = 0.0
    d_general = 0.0
    d_specific = 0.0
    for q in range(nodes_u):
        linear = dx[q] - d[q] * x_mean[q]
        quadratic = dxx[q] - d[q] * xx_mean[q] - 2.0 * general * u[q] * linear
        d_location += linear * precision
        d_general += linear * precision * u[q]
        d_specific += quadratic * precision / specific
    return d_location, d_general, d_specific


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _gather(pattern, likelihood, rows):
    """Fill ``rows`` (respondent, trait node) with each respondent's pattern; zero if not asked."""
    for i in range(pattern.size):
        row = rows[i]
        if pattern[i] < 0:
            row[:] = 0.0
        else:
            source = likelihood[pattern[i]]
            for m in range(row.size):
                row[m] = source[m]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _update_posterior(pattern, peak, given_u, top, posterior, pointwise):
    """Multiply a factor's likelihood given u into the posterior over the nodes of u.

    Rows of ``given_u`` (respondent, u node) are scaled to a maximum of one by ``top``; the
    scale goes to ``pointwise``, with the pattern's own.
    """
    for i in range(pattern.size):
        if pattern[i] < 0:
            continue
        value = given_u[i]
        highest = _TINY
        for q in range(value.size):
            highest = max(highest, value[q])
        top[i] = highest
        pointwise[i] += peak[pattern[i]] + np.log(highest)
        mass = posterior[i]
        scale = 1.0 / highest
        for q in range(value.size):
            value[q] *= scale
            mass[q] *= value[q]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _relative_posterior(pattern, given_u, top, posterior, ratio):
    """Fill ``ratio`` (respondent, u node): the gradient with respect to ``given_u`` unscaled."""
    for i in range(pattern.size):
        row = ratio[i]
        if pattern[i] < 0:
            row[:] = 0.0
            continue
        value = given_u[i]
        mass = posterior[i]
        scale = 1.0 / top[i]
        for q in range(row.size):
            row[q] = mass[q] / (value[q] + _TINY) * scale


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _scatter(pattern, rows, d_rows, d_pattern):
    """Add the gradient with respect to the patterns' log-likelihood."""
    for i in range(pattern.size):
        if pattern[i] < 0:
            continue
        target = d_pattern[pattern[i]]
        row = rows[i]
        slope = d_rows[i]
        for m in range(target.size):
            target[m] += row[m] * slope[m]


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
    with_gradient,
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
    with_gradient : bool
        Else the gradients are left at zero, which takes a third of the time.

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

    weights = np.empty((factors, nodes, u.size))
    d_weights = np.empty((factors, nodes, u.size))
    part = np.empty((nodes, u.size))
    total = 0.0
    pointwise[:] = 0.0
    for c in range(cells):
        for f in range(factors):
            _trait_weights(theta, u, location[c, f], general[c, f], specific[c, f], weights[f])
        d_weights[:] = 0.0
        for start in range(cell_start[c], cell_start[c + 1], _TOGETHER):
            stop = min(start + _TOGETHER, cell_start[c + 1])
            n = stop - start
            rows = np.empty((factors, n, nodes))
            given_u = np.empty((factors, n, u.size))
            top = np.empty((factors, n))
            posterior = np.empty((n, u.size))
            posterior[:] = weight
            value = pointwise[start:stop]
            for f in range(factors):
                pattern = pattern_of[start:stop, f]
                _gather(pattern, likelihood, rows[f])
                np.dot(rows[f], weights[f], given_u[f])
                _update_posterior(pattern, peak, given_u[f], top[f], posterior, value)
            for i in range(n):
                mass = posterior[i].sum()
                if mass < _TINY:  # factors that contradict each other: once more, in logs
                    posterior[i] = np.log(weight)
                    for f in range(factors):
                        if pattern_of[start + i, f] >= 0:
                            posterior[i] += np.log(given_u[f, i] + _TINY)
                    highest = posterior[i].max()
                    posterior[i] = np.exp(posterior[i] - highest)
                    value[i] += highest
                    mass = posterior[i].sum()
                posterior[i] /= mass
                value[i] += np.log(mass)
                total += value[i]
            if not with_gradient:
                continue
            ratio = np.empty((n, u.size))
            d_rows = np.empty((n, nodes))
            for f in range(factors):
                pattern = pattern_of[start:stop, f]
                _relative_posterior(pattern, given_u[f], top[f], posterior, ratio)
                np.dot(ratio, weights[f].T, d_rows)
                _scatter(pattern, rows[f], d_rows, d_pattern)
                np.dot(rows[f].T, ratio, part)
                d_weights[f] += part
        for f in range(factors if with_gradient else 0):
            d_location[c, f], d_general[c, f], d_specific[c, f] = _trait_gradient(
                theta, u, location[c, f], general[c, f], specific[c, f], weights[f], d_weights[f]
            )

    d_slope = np.zeros_like(slope)
    d_threshold = np.zeros_like(threshold)
    d_table = np.zeros_like(probability)
    if not with_gradient:
        return total, d_slope, d_threshold, d_location, d_general, d_specific
    for p in range(patterns):
        for r in range(pattern_start[p], pattern_start[p + 1]):
            d_table[pattern_set[p], pattern_category[r]] += d_pattern[p]
    for s in range(sets):
        _category_gradient(
            theta, slope, threshold[s], item_start, d_table[s], d_slope, d_threshold[s]
        )
    return total, d_slope, d_threshold, d_location, d_general, d_specific
