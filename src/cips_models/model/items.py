"""Item parameters: discriminations and thresholds of the graded response model."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from cips_models.model.layout import Questions
from cips_models.model.priors import lognormal, zero_sum_basis
from cips_models.model.specification import Specification


def threshold_pattern(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How thresholds follow from difficulties and gaps.

    Returns
    -------
    owner : (threshold,) int array
        Question of each threshold.
    spread : (threshold, gap) array
        Thresholds minus their mean, as a linear map of the gaps between neighbours.
    gap_scale : (gap,) array
        One over the number of gaps and one, (levels - 1), of the gap's question.
    """
    owner = np.repeat(np.arange(len(levels)), levels - 1)
    spread = np.zeros((len(owner), int((levels - 2).sum())))
    gap_scale = np.repeat(1.0 / (levels - 1), levels - 2)
    row = column = 0
    for k in levels:
        steps = np.tril(np.ones((k - 1, k - 1)), -1)[:, : k - 2]
        spread[row : row + k - 1, column : column + k - 2] = steps - steps.mean(axis=0)
        row, column = row + k - 1, column + k - 2
    return owner, spread, gap_scale


def items(spec: Specification, book: Questions, common: Any = 0.0) -> tuple[Any, Any]:
    """Add the item parameters to the model on the context stack.

    Within a factor and block the log discriminations and the difficulties (mean
    thresholds) sum to zero exactly: the scale and the origin of the trait.  ``common``
    (question,) is what shifts of single countries have in common; it sums to zero too where
    all countries were asked the same items.

    Returns
    -------
    discrimination : (question,) tensor
    threshold : (threshold,) tensor, in logits, increasing within a question
    """
    owner, spread, gap_scale = threshold_pattern(book.levels)
    basis = zero_sum_basis(book.block)
    if basis.shape[1]:
        slope_z = pm.Normal("discrimination_z", 0.0, 1.0, dims="item_contrast")
        place_z = pm.Normal("difficulty_z", 0.0, 1.0, dims="item_contrast")
        log_slope = spec.priors["discrimination"].sd * pt.dot(basis, slope_z)
        place = spec.priors["difficulty"].sd * pt.dot(basis, place_z)
    else:
        log_slope = place = pt.zeros(len(book.labels))
    discrimination = pm.Deterministic("discrimination", pt.exp(log_slope), dims="question")
    difficulty = pm.Deterministic("difficulty", place + common, dims="question")
    threshold = difficulty[owner]
    if spread.shape[1]:
        gap = lognormal("gap", spec.priors["gap"], dims=("gap_position",))
        threshold = threshold + pt.dot(spread, gap * gap_scale)
    return discrimination, pm.Deterministic("threshold", threshold, dims="threshold_position")
