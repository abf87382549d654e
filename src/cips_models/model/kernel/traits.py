"""The distribution of the trait given the general outlook, on the grid, and its gradient."""

import numpy as np
from numba import njit

#: Beyond it the trait weights are built column by column; doubles end at exp(709).
_MOST_EXPONENT = 300.0


@njit(cache=True, nogil=True, error_model="numpy")
def trait_weights(theta, u, location, general, specific, weights):
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def trait_gradient(theta, u, location, general, specific, weights, d_weights):
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
