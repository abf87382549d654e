"""The likelihood of all answers with the respondents' latents integrated out.

For respondent i in cell c (a country x group x wave, or finer), with item log
probabilities on a fixed grid of the trait, the marginal likelihood is

    p(y_i) = sum_q w_q  prod_f  sum_m  W_cf[q, m] L_if[m]

where L_if[m] is the probability of the answers to the items of factor f at trait node
m, and W_cf[q, m] is proportional to the N(location_cf + general_cf u_q, specific_cf^2)
density at node m, normalised to one over m (dimension reduction of the bifactor model:
Gibbons & Hedeker 1992, eq. 9; Rijmen 2010).  L_if is a product of rows of one table of
probabilities, category by trait node, for each set of cells that share thresholds: no
exponential is taken for a respondent.

Value and gradient come from one pass; everything here is compiled by numba and works on
plain arrays.  What is done once for every respondent and factor may run in single precision;
what is added up over them is always double.  The compiler may reorder nothing (no
``fastmath``, which saves nothing here): else code that was just compiled and code from the
cache would differ in their last digits.  The parameters are

    slope      (item,)            discrimination a_j
    threshold  (set, threshold)   thresholds b_jk, item after item, one row for each set
                                  of cells that share thresholds
    location   (cell, factor)     mean trait
    general    (cell, factor)     sd of the general outlook times its loading
    specific   (cell, factor)     sd of the factor-specific deviation
"""

import numpy as np
from numba import njit

from cips_models.model.kernel.categories import (
    category_gradient,
    category_probability,
    exponentials,
)
from cips_models.model.kernel.respondents import over_respondents
from cips_models.model.kernel.subnormals import put_back, subnormals_as_zero


@njit(cache=True, nogil=True, error_model="numpy")
def _over_sets(
    slope,
    threshold,
    location,
    general,
    specific,
    item_start,
    answer_start,
    answer_category,
    cell_start,
    cell_set,
    theta,
    u,
    weight,
    probability,
    pointwise,
    with_gradient,
    d_slope,
    d_threshold,
    d_location,
    d_general,
    d_specific,
):
    """Everything in the precision of ``probability``, the table of one set after the other.

    A table is used while it is in the processor's cache.  Returns the total, NaN when single
    precision does not suffice.
    """
    g = exponentials(theta, slope)
    scale = np.empty(len(probability))
    d_table = np.empty(probability.shape)
    total = 0.0
    for s in range(len(threshold)):
        category_probability(theta, g, slope, threshold[s], item_start, probability, scale)
        d_table[:] = 0.0
        for c in np.flatnonzero(cell_set == s):
            total += over_respondents(
                cell_start[c], cell_start[c + 1], location[c], general[c], specific[c],
                answer_start, answer_category, theta, u, weight, probability, scale, pointwise,
                with_gradient, d_table, d_location[c], d_general[c], d_specific[c],
            )  # fmt: skip
            if np.isnan(total):
                return total
        if with_gradient:
            category_gradient(
                theta, g, slope, threshold[s], item_start, d_table, d_slope, d_threshold[s]
            )
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def evaluate(
    slope,
    threshold,
    location,
    general,
    specific,
    item_start,
    answer_start,
    answer_category,
    cell_start,
    cell_set,
    theta,
    u,
    weight,
    single,
    pointwise,
    with_gradient,
):
    """Log-likelihood of every respondent, and the gradient of their sum.

    Parameters
    ----------
    slope, threshold, location, general, specific
        See the module's docstring.
    item_start, answer_start, answer_category, cell_start, cell_set
        See :class:`cips_models.model.layout.Layout`.
    theta, u, weight
        Trait grid, nodes of the standardised general outlook and their weights.
    single : (1,) bool array
        Single precision within a respondent, unless digits would be lost.
    pointwise : (respondent,) array
        Filled with each respondent's log-likelihood.
    with_gradient : bool
        Else the gradients are left at zero, which takes half the time.

    Returns
    -------
    tuple
        Total log-likelihood and its gradients with respect to slope, threshold,
        location, general and specific, each of its parameter's shape.
    """
    total = np.nan
    d_slope, d_threshold = np.zeros_like(slope), np.zeros_like(threshold)
    d_location, d_general = np.zeros_like(location), np.zeros_like(general)
    d_specific = np.zeros_like(specific)
    rows = threshold.shape[1] + slope.size, theta.size
    if single[0]:
        before = subnormals_as_zero()
        total = _over_sets(
            slope, threshold, location, general, specific, item_start, answer_start,
            answer_category, cell_start, cell_set, theta, u, weight, np.empty(rows, np.float32),
            pointwise, with_gradient, d_slope, d_threshold, d_location, d_general, d_specific,
        )  # fmt: skip
        put_back(before)
    if np.isnan(total):
        d_slope[:], d_threshold[:] = 0.0, 0.0
        total = _over_sets(
            slope, threshold, location, general, specific, item_start, answer_start,
            answer_category, cell_start, cell_set, theta, u, weight, np.empty(rows),
            pointwise, with_gradient, d_slope, d_threshold, d_location, d_general, d_specific,
        )  # fmt: skip
    return total, d_slope, d_threshold, d_location, d_general, d_specific
