"""What is done today with such surveys: analyses that know nothing of the model.

Each gives an estimate and a standard error of one quantity for each group; its intervals are
normal, or Student's t where that is usual.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import norm, t

from cips_models.survey.simulation.draw import SimulatedSurvey
from cips_models.survey.simulation.questionnaire import GROUPS
from validation import quantities as q
from validation.two_way import two_way

COUNTING = "share improved, two proportions"
CELLS = "DiD of cell means, cells independent"
CLUSTERED = "DiD of cell means, clustered by country"
ANSWERS = "ordinal model, answers independent"

NAIVE: Final = (COUNTING, CELLS, CLUSTERED, ANSWERS)


@dataclass(frozen=True)
class Estimate:
    """An estimate with what its intervals are made of."""

    analysis: str
    group: str
    quantity: str
    mean: float
    sd: float
    free: float = np.inf

    def row(self, truth: float) -> dict[str, Any]:
        """As of :func:`validation.quantities.judged`."""
        distribution = norm if np.isinf(self.free) else t(self.free)
        place = float(distribution.cdf((truth - self.mean) / self.sd))
        return {
            "analysis": self.analysis,
            "group": self.group,
            "quantity": self.quantity,
            "truth": truth,
            "mean": self.mean,
            "sd": self.sd,
            **q.insides(np.array([place])),
            "position": place,
            "above": float(self.mean + distribution.ppf(0.025) * self.sd > 0),
        }


def naive(drawn: SimulatedSurvey) -> Iterator[Estimate]:
    """Every such analysis of every group."""
    positive = _positive(drawn)
    for g, group in enumerate(GROUPS.values()):
        yield counted(drawn, g, group)
        yield from cell_means(positive[:, :, g], drawn.supported[drawn.roster.followed], group)
        yield answers_independent(drawn, g, group)


def counted(drawn: SimulatedSurvey, g: int, group: str) -> Estimate:
    """Difference of the shares of cells that rose, as if cells were coins."""
    shares = drawn.headline[g] / 100
    supported = drawn.supported[drawn.roster.followed]
    cells = np.array([supported.sum(), (~supported).sum()])
    difference = 100 * (shares[0] - shares[1])
    sd = 100 * np.sqrt((shares * (1 - shares) / cells).sum())
    return Estimate(COUNTING, group, q.DIFFERENCE, difference, max(sd, 1e-9))


def cell_means(change: np.ndarray, supported: np.ndarray, group: str) -> Iterator[Estimate]:
    """Difference in differences of changes in points (country, factor)."""
    found = two_way(change, supported)
    yield Estimate(CELLS, group, q.EFFECT_PERCENT, found.effect, found.apart, float(found.free))
    yield Estimate(
        CLUSTERED, group, q.EFFECT_PERCENT, found.effect, found.clustered, found.countries - 1.0
    )


def answers_independent(drawn: SimulatedSurvey, g: int, group: str) -> Estimate:
    """Cumulative logits of all answers, with cells, country-waves, factor-waves and support.

    Proportional odds with thresholds of each question (McCullagh 1980), fitted to counts by
    maximum likelihood; standard error from the observed information.
    """
    counts, design = _counts(drawn, g)
    objective, start = _likelihood(counts, design)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    step = 1e-4
    information = np.array(
        [
            (objective(found.x + step * e)[1] - objective(found.x - step * e)[1]) / (2 * step)
            for e in np.eye(len(start))
        ]
    )
    # A threshold that nobody crosses has no information, and none of the effect's.
    covariance = np.linalg.pinv((information + information.T) / 2, hermitian=True)
    return Estimate(ANSWERS, group, q.EFFECT, found.x[0], float(covariance[0, 0] ** 0.5))


def _counts(drawn: SimulatedSurvey, g: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Answers (country-wave, level) of every question; and regressors, support first."""
    roster = drawn.roster
    followed = np.flatnonzero(roster.followed)
    place = np.full(len(roster.sizes), -1)
    place[followed] = np.arange(len(followed))
    rows = (roster.group == g) & (place[roster.country] >= 0)
    cell = 2 * place[roster.country[rows]] + roster.wave[rows]
    counts, design = [], []
    factors, countries = drawn.supported.shape[1], len(followed)
    country, wave = np.divmod(np.arange(2 * countries), 2)
    for j in np.flatnonzero(drawn.items.group == g):
        levels, factor = drawn.codebook.items[j].n_levels, int(drawn.items.factor[j])
        answers = drawn.answers[rows, j]
        told = answers >= 0
        table = np.zeros((2 * countries, levels))
        np.add.at(table, (cell[told], answers[told]), 1)
        counts.append(table)
        effect = wave * drawn.supported[followed][country, factor]
        own = np.zeros((2 * countries, countries * factors))
        own[np.arange(2 * countries), country * factors + factor] = 1.0
        shift = np.zeros((2 * countries, countries + factors - 1))
        shift[np.arange(2 * countries), country] = wave
        if factor:
            shift[:, countries + factor - 1] = wave
        design.append(np.column_stack([effect, own, shift]))
    return counts, np.array(design)


def _likelihood(
    counts: list[np.ndarray], design: np.ndarray
) -> tuple[Callable[[np.ndarray], tuple[float, np.ndarray]], np.ndarray]:
    """Negative log-likelihood with gradient of coefficients and thresholds, and a start.

    One threshold of a factor's first question is the origin of the factor's cells: a weak
    pull of all cells to zero does no harm to the effect, and tells them apart.
    """
    p, weak = design.shape[2], 1e-4
    sizes = [table.shape[1] - 1 for table in counts]
    ends = p + np.cumsum(sizes)

    def cuts(x: np.ndarray) -> list[np.ndarray]:
        parts = [x[e - s : e] for s, e in zip(sizes, ends, strict=True)]
        return [
            np.concatenate([part[:1], part[:1] + np.cumsum(np.exp(part[1:]))]) for part in parts
        ]

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = 0.5 * weak * float(x[:p] @ x[:p]), np.zeros_like(x)
        gradient[:p] = weak * x[:p]
        for table, rows, cut, s, e in zip(counts, design, cuts(x), sizes, ends, strict=True):
            # P(Y > k), with 1 before the first threshold and 0 after the last.
            above = expit((rows @ x[:p])[:, None] - cut)
            edge = np.pad(above, ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0)))
            share = np.maximum(edge[:, :-1] - edge[:, 1:], 1e-300)
            value -= float((table * np.log(share)).sum())
            ratio = table / share
            slope = above * (1 - above) * (ratio[:, 1:] - ratio[:, :-1])  # by the predictor
            gradient[:p] -= slope.sum(axis=1) @ rows
            by_cut = slope.sum(axis=0)
            gradient[e - s] += by_cut.sum()
            later = np.cumsum(by_cut[::-1])[::-1]
            gradient[e - s + 1 : e] += later[1:] * np.exp(x[e - s + 1 : e])
        return value, gradient

    start = np.zeros(ends[-1])
    for s, e in zip(sizes, ends, strict=True):
        start[e - s] = -1.5
    return objective, start


def _positive(drawn: SimulatedSurvey) -> np.ndarray:
    """Raw changes of the share of positive answers in points, (followed, factor, group)."""
    roster, factors = drawn.roster, drawn.supported.shape[1]
    shape = (*roster.sizes.shape[:2], 2, factors)
    earned, told = np.zeros(shape), np.zeros(shape)
    where = (roster.country, roster.group, roster.wave)
    for j, item in enumerate(drawn.codebook.items):
        answers = drawn.answers[:, j]
        own, factor = answers >= 0, int(drawn.items.factor[j])
        asked = tuple(axis[own] for axis in where)
        np.add.at(told, (*asked, factor), 1)
        np.add.at(earned, (*asked, factor), np.array(item.positive)[answers[own]])
    share = 100 * (earned / np.where(told > 0, told, np.nan))[roster.followed]
    return (share[:, :, 1] - share[:, :, 0]).transpose(0, 2, 1)
