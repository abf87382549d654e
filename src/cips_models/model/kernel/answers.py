"""From the categories' probabilities to the likelihood of respondents' answers, and back."""

import numpy as np
from numba import njit

from cips_models.model.kernel.numbers import TINY


@njit(cache=True, nogil=True, error_model="numpy")
def answers_likelihood(ends, category, probability, scale, likelihood, log_scale):
    """Fill the likelihood (respondent, trait node) of the answers to the items of a factor.

    Answers ``category[ends[i, 0] : ends[i, 1]]`` are respondent i's; without any, the
    likelihood is one.  Logs of what it is scaled by are added to ``log_scale``.

    Products of probabilities that are scaled row by row need no exponential; scaling again
    after every eighth answer keeps thirty contradicting answers from underflow.  Returns the
    least that eight answers were scaled by, or one.
    """
    people, nodes = likelihood.shape
    least = likelihood.dtype.type(1.0)
    row = np.empty(nodes, likelihood.dtype)
    for i in range(people):
        added = 0.0
        for m in range(nodes):
            row[m] = 1.0
        for r in range(ends[i, 0], ends[i, 1]):
            factor = probability[category[r]]
            for m in range(nodes):
                row[m] *= factor[m]
            added += scale[category[r]]
            if (r - ends[i, 0]) % 8 == 7:
                top = max(row.max(), likelihood.dtype.type(TINY))
                least = min(least, top)
                added += np.log(top)
                for m in range(nodes):
                    row[m] /= top
        log_scale[i] += added
        for m in range(nodes):
            likelihood[i, m] = row[m]
    return least


@njit(cache=True, nogil=True, error_model="numpy")
def answers_gradient(ends, category, likelihood, d_likelihood, d_table):
    """Add the gradient by the categories' log probabilities to ``d_table`` (category, node)."""
    people, nodes = likelihood.shape
    row = np.empty(nodes, likelihood.dtype)
    for i in range(people):
        for m in range(nodes):
            row[m] = likelihood[i, m] * d_likelihood[i, m]
        for r in range(ends[i, 0], ends[i, 1]):
            target = d_table[category[r]]
            for m in range(nodes):
                target[m] += row[m]
