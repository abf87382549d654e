"""Respondents' latents integrated out, cell by cell, in single or double precision."""

import numpy as np
from numba import njit

from cips_models.model.kernel.answers import answers_gradient, answers_likelihood
from cips_models.model.kernel.numbers import TINY
from cips_models.model.kernel.traits import trait_gradient, trait_weights

#: Respondents of a cell that are taken together: their arrays stay in the processor's cache.
_TOGETHER = 192

#: In single precision a likelihood below this, at every node of the outlook, has lost its
#: digits, and gradients might overflow: everything is done again in double precision.
_LEAST_SINGLE = 1e-18

#: Added to divisors that may be zero.
_SMALL = 1e-25


@njit(cache=True, nogil=True, error_model="numpy")
def _update_posterior(given_u, top, posterior):
    """Multiply a factor's likelihood given u into the posterior (u node, respondent).

    Columns of ``given_u`` (u node, respondent) are scaled to a maximum of one; what they were
    scaled by goes to ``top``, of which the least is returned.
    """
    nodes_u, n = given_u.shape
    tiny = given_u.dtype.type(TINY)
    for i in range(n):
        top[i] = tiny
    for q in range(nodes_u):
        for i in range(n):
            top[i] = max(top[i], given_u[q, i])
    least = 1.0
    for i in range(n):
        least = min(least, top[i])
    for q in range(nodes_u):
        for i in range(n):
            given_u[q, i] /= top[i]
            posterior[q, i] *= given_u[q, i]
    return least


@njit(cache=True, nogil=True, error_model="numpy")
def _relative_posterior(given_u, top, posterior, ratio):
    """Fill ``ratio`` (u node, respondent): the gradient with respect to ``given_u`` unscaled."""
    nodes_u, n = given_u.shape
    small = ratio.dtype.type(_SMALL)
    for q in range(nodes_u):
        for i in range(n):
            ratio[q, i] = posterior[q, i] / ((given_u[q, i] + small) * top[i])


@njit(cache=True, nogil=True, error_model="numpy")
def _add_scales(top, scale, pointwise):
    """Multiply what a factor was scaled by into ``scale``, or add its logarithm to the rest."""
    least = 1.0
    for i in range(top.size):
        scale[i] *= top[i]
        least = min(least, scale[i])
    if least < 1e-150:
        for i in range(top.size):
            pointwise[i] += np.log(scale[i])
            scale[i] = 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _copy(source, target):
    """Copy a matrix into one of another precision; loops compile faster than assignments."""
    for m in range(source.shape[0]):
        for q in range(source.shape[1]):
            target[m, q] = source[m, q]


@njit(cache=True, nogil=True, error_model="numpy")
def _start(weight, posterior):
    """Fill the posterior (u node, respondent) with the prior."""
    for q in range(posterior.shape[0]):
        for i in range(posterior.shape[1]):
            posterior[q, i] = weight[q]


@njit(cache=True, nogil=True, error_model="numpy")
def _masses(posterior, mass):
    """Fill ``mass`` (respondent,) with the sums over the nodes."""
    for i in range(posterior.shape[1]):
        mass[i] = 0.0
    for q in range(posterior.shape[0]):
        for i in range(posterior.shape[1]):
            mass[i] += posterior[q, i]


@njit(cache=True, nogil=True, error_model="numpy")
def _once_more_in_logs(weight, given_u, i, posterior):
    """One respondent's posterior where the factors contradict each other.

    Returns the log of what it is scaled by; its mass is the sum of the column.
    """
    nodes_u = weight.size
    highest = -np.inf
    log_posterior = np.empty(nodes_u)
    for q in range(nodes_u):
        log_posterior[q] = np.log(weight[q])
        for f in range(given_u.shape[0]):
            log_posterior[q] += np.log(given_u[f, q, i] + TINY)
        highest = max(highest, log_posterior[q])
    for q in range(nodes_u):
        posterior[q, i] = np.exp(log_posterior[q] - highest)
    return highest


@njit(cache=True, nogil=True, error_model="numpy")
def _normalise(mass, posterior):
    """Divide the posterior (u node, respondent) by its masses."""
    for q in range(posterior.shape[0]):
        for i in range(posterior.shape[1]):
            posterior[q, i] /= mass[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _add(part, total):
    """Add a matrix to another."""
    for m in range(total.shape[0]):
        for q in range(total.shape[1]):
            total[m, q] += part[m, q]


@njit(cache=True, nogil=True, error_model="numpy")
def over_respondents(
    first,
    last,
    location,
    general,
    specific,
    answer_start,
    answer_category,
    theta,
    u,
    weight,
    probability,
    scale,
    pointwise,
    with_gradient,
    d_table,
    d_location,
    d_general,
    d_specific,
):
    """Integrate the latents of a cell's respondents out, in the precision of ``probability``.

    Respondents are ``first`` to ``last``, parameters are the cell's, by factor.  Fills their
    places in ``pointwise`` and, if asked, the gradients, of which that by the categories is
    added; returns the total, NaN when single precision does not suffice.
    """
    factors, nodes, real = location.size, theta.size, probability.dtype
    least = _LEAST_SINGLE if probability.itemsize < 8 else 0.0
    exact = np.empty((factors, nodes, u.size))
    weights = np.empty((factors, nodes, u.size), real)
    for f in range(factors):
        trait_weights(theta, u, location[f], general[f], specific[f], exact[f])
        _copy(exact[f], weights[f])
    d_weights = np.zeros((factors, nodes, u.size), real)
    part = np.empty((nodes, u.size), real)
    d_cell = np.zeros(probability.shape, real)
    total = 0.0
    for start in range(first, last, _TOGETHER):
        stop = min(start + _TOGETHER, last)
        n = stop - start
        given_trait = np.empty((factors, n, nodes), real)
        given_u = np.empty((factors, u.size, n), real)
        top = np.empty((factors, n), real)
        scaled = np.ones(n)
        posterior = np.empty((u.size, n), real)
        _start(weight, posterior)
        value = pointwise[start:stop]
        value[:] = 0.0
        for f in range(factors):
            ends = answer_start[start:stop, f : f + 2]
            lowest = answers_likelihood(
                ends, answer_category, probability, scale, given_trait[f], value
            )
            np.dot(weights[f].T, given_trait[f].T, given_u[f])
            if lowest < least or _update_posterior(given_u[f], top[f], posterior) < least:
                return np.nan
            _add_scales(top[f], scaled, value)
        mass = np.empty(n)
        _masses(posterior, mass)
        for i in range(n):
            if mass[i] < least:
                return np.nan
            if mass[i] < TINY:
                value[i] += _once_more_in_logs(weight, given_u, i, posterior)
                mass[i] = 0.0
                for q in range(u.size):
                    mass[i] += posterior[q, i]
            value[i] += np.log(mass[i] * scaled[i])
            total += value[i]
        if not with_gradient:
            continue
        _normalise(mass, posterior)
        ratio = np.empty((u.size, n), real)
        d_given_trait = np.empty((n, nodes), real)
        for f in range(factors):
            ends = answer_start[start:stop, f : f + 2]
            _relative_posterior(given_u[f], top[f], posterior, ratio)
            np.dot(ratio.T, weights[f].T, d_given_trait)
            answers_gradient(ends, answer_category, given_trait[f], d_given_trait, d_cell)
            np.dot(given_trait[f].T, ratio.T, part)
            _add(part, d_weights[f])
    if with_gradient:
        _add(d_cell, d_table)
        d_exact = np.empty((nodes, u.size))
        for f in range(factors):
            _copy(d_weights[f], d_exact)
            d_location[f], d_general[f], d_specific[f] = trait_gradient(
                theta, u, location[f], general[f], specific[f], exact[f], d_exact
            )
    return total
