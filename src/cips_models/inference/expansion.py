"""The quadratic that stands in for the likelihood, put where the posterior is.

Stage 1 expands the likelihood at its own maximum.  Where a cell has few answers the hierarchy
pulls its level far from there, and the quadratic is wrong just where it is used.  Here the
likelihood is expanded at the mean of the posterior, given the scales at their mode, and the
slope is averaged over the posterior instead of taken at its mean, as in the Gaussian that is
nearest to the posterior (Opper & Archambeau 2009, equations 12 and 13).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from cips_models.errors import FitError
from cips_models.inference.collapse import Collapsed
from cips_models.inference.cut import stage_two
from cips_models.inference.every_cell import expanded_around
from cips_models.inference.stage_one import StageOne
from cips_models.model.density import Density
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

#: Newton steps to the mean, with the exact slope and the curvature of stage 1.
_STEPS = 8

#: Rounds of averaging the slope, and draws of each.
_ROUNDS, _DRAWS = 4, 150

#: Fall of the log-likelihood from the mean to draws, a dimension, beyond which draws run away:
#: under a Gaussian one half, where the likelihood alone tells everything, and less otherwise.
_MOST_FALL = 1.0


class _Posterior:
    """The posterior under a Gaussian stage 1, given the scales at their mode."""

    def __init__(self, density: Density, first: StageOne):
        self.first = first
        self._density = density
        self._collapsed = Collapsed.of(density, first.cells)
        self._scales = self._collapsed.unconstrained(self._collapsed.mode()[0])

    def expand(self, at: np.ndarray, slope: np.ndarray) -> None:
        """Let the likelihood have this slope at a point of stage 1, its curvature unchanged."""
        self.first = self.first.touching(at, slope)
        self._collapsed = self._collapsed.measured(self.first.cells)

    def mean(self) -> np.ndarray:
        """(dim,) of stage 1."""
        zero = np.zeros((1, self.first.density.dim))
        return np.asarray(self._points(self._collapsed.mean(self._scales)[None], zero)[0])

    def draws(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """(count, dim) points of stage 1."""
        linear = self._collapsed.draws(self._scales, count, rng).T
        return self._points(linear, rng.standard_normal((count, self.first.density.dim)))

    def _points(self, linear: np.ndarray, z: np.ndarray) -> np.ndarray:
        points = np.tile(self._scales, (1, len(linear), 1))
        points[0][:, self._collapsed.hierarchy.linear] = linear
        levels = self.first.levels_of(self._density.public(points)["level"])[0]
        return self.first.completed(levels, z)


def expanded(
    survey: Survey, spec: Specification, first: StageOne, *, seed: int, threads: int
) -> StageOne:
    """Stage 1 with its Gaussian where the posterior of this specification is.

    Its levels are no estimates any more; with the hierarchy they give the joint posterior.

    Raises
    ------
    FitError
        The likelihood is so far from Gaussian that draws run away from its place.  Where only
        the search for a better one runs away, the last good one is returned.
    """
    function, rng = first.log_likelihood(), np.random.default_rng(seed)
    with threadpool_limits(1):
        hierarchy = Density(stage_two(survey, spec, first.cells))
        posterior = _Posterior(hierarchy, first)
        for _ in range(_STEPS):
            at = posterior.mean()
            posterior.expand(at, function(at)[1])
        at = posterior.mean()
        highest = function(at)[0]
        around, _ = expanded_around(first.density, at, first.sds, threads)
        posterior = _Posterior(hierarchy, _without_flat_prior(around))
        found = None
        for _ in range(_ROUNDS + 1):
            points = posterior.draws(_DRAWS, rng)
            values, slopes = _evaluated(posterior.first, points, threads)
            fall = (highest - values.mean()) / first.density.dim
            if not fall <= _MOST_FALL:  # or is no number
                break
            found = posterior.first
            posterior.expand(points.mean(axis=0), slopes.mean(axis=0))
    if found is None:
        raise FitError(
            f"{survey.name}: found a likelihood that no Gaussian stands in for: draws under it "
            "run away; expected more answers a cell. Use a sampler that follows gradients (nutpie)."
        )
    return found


def _without_flat_prior(stage: StageOne) -> StageOne:
    """The hierarchy takes its place, unless the likelihood alone does not hold some level."""
    bare = replace(stage, flat=0.0)
    try:
        bare.log_evidence  # noqa: B018 - factorises
    except FitError:
        return stage
    return bare


def _evaluated(first: StageOne, points: np.ndarray, threads: int) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihoods (point,) and their slopes (point, dim)."""

    def some(part: np.ndarray) -> list[tuple[float, np.ndarray]]:
        function = first.log_likelihood()
        return [function(x) for x in part]

    with ThreadPoolExecutor(threads) as pool:
        parts = pool.map(some, np.array_split(points, threads))
        values, slopes = zip(*(each for part in parts for each in part), strict=True)
    return np.array(values), np.array(slopes)
