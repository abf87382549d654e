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
    category_log_probability,
    scaled_probability,
)
from cips_models.model.kernel.respondents import over_respondents


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
    sets = threshold.shape[0]
    nodes = theta.size
    probability = np.empty((sets, threshold.shape[1] + slope.size, nodes))
    scale = np.empty((sets, threshold.shape[1] + slope.size))
    for s in range(sets):
        table = category_log_probability(theta, slope, threshold[s], item_start)
        scaled_probability(table, probability[s], scale[s])
    d_location = np.zeros_like(location)
    d_general = np.zeros_like(general)
    d_specific = np.zeros_like(specific)
    d_slope = np.zeros_like(slope)
    d_threshold = np.zeros_like(threshold)
    d_table = np.empty_like(probability)
    total = np.nan
    if single[0]:
        total = over_respondents(
            location, general, specific, answer_start, answer_category, cell_start, cell_set,
            theta, u, weight, probability.astype(np.float32), scale, pointwise, with_gradient,
            d_table, d_location, d_general, d_specific,
        )  # fmt: skip
    if np.isnan(total):
        total = over_respondents(
            location, general, specific, answer_start, answer_category, cell_start, cell_set,
            theta, u, weight, probability, scale, pointwise, with_gradient,
            d_table, d_location, d_general, d_specific,
        )  # fmt: skip
    if with_gradient:
        for s in range(sets):
            category_gradient(
                theta, slope, threshold[s], item_start, d_table[s], d_slope, d_threshold[s]
            )
    return total, d_slope, d_threshold, d_location, d_general, d_specific
