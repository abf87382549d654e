"""The model run forward: answers of the same respondents to the same items."""

import numpy as np
from numba import njit

from cips_models.model.layout import Layout
from cips_models.survey.survey import NO_ANSWER


@njit(cache=True)
def _answer(
    slope, threshold, location, general, specific, start, factor, cell_of, set_of, outlook,
    deviation, uniform, answers,
):  # fmt: skip
    """Fill every given answer of ``answers`` by inverting the cumulative probabilities."""
    respondents, items = answers.shape
    for i in range(respondents):
        c = cell_of[i]
        cuts = threshold[set_of[c]]
        for j in range(items):
            if answers[i, j] < 0:
                continue
            f = factor[j]
            trait = location[c, f] + general[c, f] * outlook[i] + specific[c, f] * deviation[i, f]
            level = 0
            for t in range(start[j], start[j + 1]):
                if uniform[i, j] < 1.0 / (1.0 + np.exp(-slope[j] * (trait - cuts[t]))):
                    level += 1
            answers[i, j] = level


def simulate_answers(
    rng: np.random.Generator,
    slope: np.ndarray,
    threshold: np.ndarray,
    location: np.ndarray,
    general: np.ndarray,
    specific: np.ndarray,
    layout: Layout,
) -> np.ndarray:
    """Draw answers for the respondents of a layout.

    Parameters
    ----------
    rng : numpy.random.Generator
    slope, threshold, location, general, specific
        As in :mod:`cips_models.model.kernel.evaluation`.
    layout : Layout
        Who was asked what; answers that are missing there stay missing, but where "don't know"
        depends on the outlook: who says it is drawn too.

    Returns
    -------
    (respondent, question) int8 array
        In kernel order, 0 = least favourable, -1 = no substantive answer.
    """
    drawn = simulate_outcomes(rng, slope, threshold, location, general, specific, layout)
    return np.ascontiguousarray(drawn[:, : layout.answers.shape[1]])


def simulate_outcomes(
    rng: np.random.Generator,
    slope: np.ndarray,
    threshold: np.ndarray,
    location: np.ndarray,
    general: np.ndarray,
    specific: np.ndarray,
    layout: Layout,
) -> np.ndarray:
    """Draw answers, and whether questions are answered; see :func:`simulate_answers`.

    Returns
    -------
    (respondent, item) int8 array
        As :attr:`cips_models.model.layout.Layout.outcomes`.
    """
    drawn, told = layout.outcomes, layout.answering
    questions = layout.answers.shape[1]
    rows, columns = np.nonzero(told.given != NO_ANSWER)
    drawn[rows, told.question[columns]] = 0  # an answer, should it not become a don't know
    respondents, items = drawn.shape
    _answer(
        np.ascontiguousarray(slope),
        np.ascontiguousarray(threshold),
        np.ascontiguousarray(location),
        np.ascontiguousarray(general),
        np.ascontiguousarray(specific),
        layout.item_start,
        layout.item_factor,
        layout.cell_of,
        layout.cell_set,
        rng.standard_normal(respondents),
        rng.standard_normal((respondents, location.shape[1])),
        rng.random((respondents, items)),
        drawn,
    )
    rows, columns = np.nonzero(drawn[:, questions:] == 0)
    drawn[rows, told.question[columns]] = NO_ANSWER
    return drawn
