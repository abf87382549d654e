"""A proposal for importance sampling of a dozen or two skewed dimensions.

The split-Student density (Geweke 1989, section 4): at the mode, along directions in which the
curvature is one, a Student density whose width differs on either side.  Widths are the largest
that the log density shows at a few distances, and a tenth more, so that tails are covered.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc
from scipy.stats import t as student

#: Degrees of freedom: tails heavier than a Gaussian's, and not so heavy as to waste draws.
_FREEDOM = 12.0

#: Distances from the mode at which the log density is read, in standard deviations.
_DISTANCES = (0.5, 1.0, 2.0, 3.0)

#: The log density is taken to fall at least by this share of what a Gaussian's would.
_LEAST_FALL = 0.1

#: Wider than seen, because only the axes are looked along: a few draws for far lighter tails
#: of the weights (Pareto k of .1 to .3 instead of .4 to .7).
_WIDER = 1.1

#: Curvature below which a direction is no narrower: the log density may be flat there.
_LEAST_CURVATURE = 0.5


@dataclass(frozen=True)
class SplitStudent:
    """The proposal.

    Attributes
    ----------
    centre : (dim,) array
    factor : (dim, dim) array
        Columns are the directions, a standard deviation long.
    width : (2, dim) array
        In these units, below and above the centre.
    """

    centre: np.ndarray
    factor: np.ndarray
    width: np.ndarray

    @classmethod
    def of(
        cls, log_density: Callable[[np.ndarray], float], mode: np.ndarray, hessian: np.ndarray
    ) -> "SplitStudent":
        """From a log density, its mode (dim,) and its negative Hessian there (dim, dim)."""
        values, axes = np.linalg.eigh(hessian)
        factor = (axes / np.sqrt(np.maximum(values, _LEAST_CURVATURE))) @ axes.T
        top, distance = log_density(mode), np.array(_DISTANCES)
        width = np.empty((2, len(mode)))
        for side, sign in enumerate((-1.0, 1.0)):
            for k, direction in enumerate(factor.T):
                values = np.array([log_density(mode + sign * d * direction) for d in distance])
                fall = np.maximum(top - values, _LEAST_FALL * distance**2 / 2)
                width[side, k] = _WIDER * (distance / np.sqrt(2 * fall)).max()
        return cls(mode, factor, width)

    def draw(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Points (count, dim) and their log densities (count,), up to a constant."""
        z = np.abs(rng.standard_t(_FREEDOM, (count, len(self.centre))))
        return self._placed(z, rng.random(z.shape))

    def spread(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """The same evenly spread, for few points: a scrambled Sobol' sequence (Owen 1997)."""
        dim = len(self.centre)
        whole = max(count - 1, 1).bit_length()  # the sequence is balanced at powers of two
        uniform = np.empty((count, 0))
        if dim:
            uniform = qmc.Sobol(2 * dim, rng=rng).random_base2(whole)[:count]
        z = student.ppf(0.5 + 0.5 * uniform[:, :dim], _FREEDOM)
        return self._placed(z, uniform[:, dim:])

    def _placed(self, z: np.ndarray, side: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points at distances z (count, dim), above the centre where ``side`` is small."""
        below, above = self.width
        up = side < above / (below + above)
        log_density = np.log1p(z**2 / _FREEDOM).sum(axis=1) * (-(_FREEDOM + 1) / 2)
        points = self.centre + (z * np.where(up, above, -below)) @ self.factor.T
        return points, log_density
