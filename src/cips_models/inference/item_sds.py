"""How far items shift: the marginal posterior of the sds of item shifts.

Given them everything else that a stage 1 has is Gaussian and integrates out.  A handful of sds
is left, of each country's items, of their drift in all countries and in single ones.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from cips_models.inference.proposal import SplitStudent
from cips_models.inference.stage_one import StageOne
from cips_models.inference.standard import StandardCoordinates

#: Steps in coordinates whose prior is standard normal, for second derivatives.
_STEP = 0.05

#: Draws that a posterior mean is taken over, evenly spread.
_FOR_MEAN = 64


@dataclass(frozen=True)
class ItemSds:
    """Marginal posterior of the sds, in coordinates in which their prior is standard normal."""

    stage: StageOne

    @cached_property
    def _standard(self) -> StandardCoordinates:
        every = np.ones(len(self.stage.sds), dtype=bool)
        return StandardCoordinates(every, ~every)

    def sds(self, h: np.ndarray) -> np.ndarray:
        """(term,) sds in logits at coordinates (term,)."""
        return np.asarray(self._standard.unconstrained(h) * self.stage.coordinates.scale)

    def log_posterior(self, h: np.ndarray) -> float:
        """Up to a constant, at coordinates (term,)."""
        return self.stage.given(self.sds(h)).log_evidence - 0.5 * float(h @ h)

    def _objective(self, h: np.ndarray) -> tuple[float, np.ndarray]:
        stage = self.stage.given(self.sds(h))
        by_sd = stage.log_evidence_gradient * self.stage.coordinates.scale
        value = stage.log_evidence - 0.5 * float(h @ h)
        return -value, h - by_sd * self._standard.stretch(h)

    @cached_property
    def mode(self) -> np.ndarray:
        """(term,) coordinates."""
        if not len(self.stage.sds):
            return np.empty(0)
        start = np.zeros(len(self.stage.sds))
        with threadpool_limits(1):  # the matrices of single countries are small
            return np.asarray(minimize(self._objective, start, jac=True, method="L-BFGS-B").x)

    @cached_property
    def proposal(self) -> SplitStudent:
        """A density to draw coordinates from."""
        mode, steps = self.mode, _STEP * np.eye(len(self.mode))
        with threadpool_limits(1):
            hessian = np.array(
                [self._objective(mode + e)[1] - self._objective(mode - e)[1] for e in steps]
            ).reshape(len(mode), len(mode)) / (2 * _STEP)
            return SplitStudent.of(self.log_posterior, mode, (hessian + hessian.T) / 2)

    def mean(self, seed: int) -> np.ndarray:
        """(term,) posterior mean of the sds, by weighted draws."""
        points, log_density = self.proposal.spread(_FOR_MEAN, np.random.default_rng(seed))
        with threadpool_limits(1):
            log_weight = np.array([self.log_posterior(h) for h in points]) - log_density
        weight = np.exp(log_weight - log_weight.max())
        return np.asarray(np.average([self.sds(h) for h in points], axis=0, weights=weight))
