"""A linear quantity of a stage 2 without drawing it: a mixture of Gaussians over the scales.

Given the scales, a quantity q = a' R z and the estimates y = J R z + e are jointly Gaussian, so
that with u = J R R' a and C the covariance of y (``collapse``)

    q | y, scales  ~  N( u' C^-1 y,  |R' a|^2 - u' C^-1 u )

and the posterior of q is the mean of these over the scales (Rao-Blackwell; Gelfand & Smith 1990,
section 2.4): some hundred weighted points of the scales do for its interval.  A survey of
simulated estimates is analysed in tenths of a second.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from cips_models.inference.collapse import Collapsed
from cips_models.inference.proposal import SplitStudent
from cips_models.inference.weights import smoothed

#: Points of the scales.
POINTS = 256


@dataclass(frozen=True)
class Mixture:
    """Posterior of one quantity.

    Attributes
    ----------
    weight, means, sds : (point,) arrays
        Of each point of the scales: its weight, and the quantity's mean and sd there.
    pareto_k : float
        Of the weights; above 0.7 they cannot be trusted (Vehtari et al. 2024).
    """

    weight: np.ndarray
    means: np.ndarray
    sds: np.ndarray
    pareto_k: float

    @property
    def mean(self) -> float:
        """Posterior mean."""
        return float(self.weight @ self.means)

    @property
    def sd(self) -> float:
        """Posterior standard deviation."""
        return float(np.sqrt(self.weight @ (self.sds**2 + (self.means - self.mean) ** 2)))

    def below(self, value: float) -> float:
        """Posterior probability of being below a value."""
        return float(self.weight @ ndtr((value - self.means) / self.sds))

    def quantile(self, p: float) -> float:
        """The value below which the quantity is with probability ``p``."""
        ends = (self.means - 10 * self.sds).min(), (self.means + 10 * self.sds).max()
        return float(brentq(lambda value: self.below(value) - p, *ends))

    def interval(self, mass: float = 0.95) -> tuple[float, float]:
        """Equal-tailed interval."""
        return self.quantile((1 - mass) / 2), self.quantile((1 + mass) / 2)


def mixture(
    marginal: Collapsed, coefficients: np.ndarray, rng: np.random.Generator, points: int = POINTS
) -> Mixture:
    """Posterior of a linear quantity of a stage 2.

    Parameters
    ----------
    marginal : Collapsed
    coefficients : (linear,) array
        From :meth:`LinearHierarchy.coefficients`.
    rng : numpy.random.Generator
    points : int
    """
    proposal = SplitStudent.of(marginal.log_posterior, *marginal.mode())
    proposed, log_density = proposal.spread(points, rng)
    found = np.array([marginal.quantity(h, coefficients) for h in proposed])
    weight, pareto_k = smoothed(found[:, 0] - log_density)
    return Mixture(weight, found[:, 1], np.sqrt(found[:, 2]), pareto_k)
