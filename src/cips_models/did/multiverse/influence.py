"""Which countries move the effect most when they are left out, by cell estimates alone."""

from dataclasses import replace

import numpy as np

from cips_models.did.contrast import comparison
from cips_models.inference.cut import Measured
from cips_models.model.design import Design


def by_influence(measured: Measured, design: Design) -> tuple[str, ...]:
    """Followed countries, the most influential first.

    A country's influence is how far the imputation estimate of the ATT (Borusyak, Jaravel &
    Spiess 2024) from stage 1's levels moves when it is left out, in logits, summed over groups:
    no fit is needed to choose the countries that are fitted without.
    """
    cells = measured.cells
    level = np.zeros(design.observed.shape)
    level[tuple(cells.position.T)] = cells.mean
    influence = dict.fromkeys(design.followed_labels, 0.0)
    for group in range(len(design.groups)):
        whole = _estimate(design, level, group)
        for position, name in zip(design.followed, design.followed_labels, strict=True):
            observed = design.observed.copy()
            observed[position] = False
            moved = _estimate(replace(design, observed=observed), level, group) - whole
            influence[name] += abs(moved) if np.isfinite(moved) else 0.0
    return tuple(sorted(influence, key=lambda name: -influence[name]))


def _estimate(design: Design, level: np.ndarray, group: int) -> float:
    weights = comparison(design, group).weights
    return float((weights * level[design.followed][:, :, group]).sum())
