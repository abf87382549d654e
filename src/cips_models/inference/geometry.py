"""Coordinates in which a posterior is easy to sample.

Two changes of coordinates, both exact (with their Jacobian) whatever their constants:

1. Given its sds and correlations the hierarchy is Gaussian and the likelihood nearly so:
   these coordinates are rotated and scaled by the curvature at their conditional mode.
2. Each family of deviations is partially centred (Papaspiliopoulos, Roberts & Skoeld 2007,
   section 3): its standardised deviations z are replaced by y = z |s / s0|^(1 - w), s its
   sd and w the share of z's prior variance that the data leave.  Where the data say much
   this is close to the centred form; where they say little z is left as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cips_models.inference.laplace import SCALES, curvature, factorise, maximise, scales
from cips_models.model.density import Density

#: Where the sds are held when the geometry of the rest is found, in units of their priors'
#: scales: below one, because sds that nothing supports end up there.
_START_SD = 0.6

#: Families of which the data leave more than this share of the prior variance are not centred:
#: their sds may be near zero, where centred deviations have no room.
_MOST_CENTRED = 0.5


@dataclass(frozen=True)
class Family:
    """One group's deviations of one family: their coordinates, their sd's, and w."""

    deviations: np.ndarray
    sd: int
    prior_share: float


@dataclass(frozen=True)
class Geometry:
    """The map from sampling coordinates to a model's unconstrained ones.

    Attributes
    ----------
    centre : (dim,) array
    factor : (dim, dim) array
    families : tuple of Family
    """

    centre: np.ndarray
    factor: np.ndarray
    families: tuple[Family, ...]

    def unconstrained(self, coordinates: np.ndarray) -> np.ndarray:
        """The point of the unconstrained space at (dim,) sampling coordinates."""
        x = self.centre + self.factor @ coordinates
        for family in self.families:
            x[family.deviations] *= self._ratio(family, x)
        return np.asarray(x)

    def _ratio(self, family: Family, x: np.ndarray) -> float:
        return float(np.abs(x[family.sd] / self.centre[family.sd]) ** (family.prior_share - 1.0))

    def log_density(
        self, evaluate: Callable[[np.ndarray], tuple[float, np.ndarray]]
    ) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """Value and gradient of the log density in the sampling coordinates."""
        transposed = np.ascontiguousarray(self.factor.T)

        def function(coordinates: np.ndarray) -> tuple[float, np.ndarray]:
            x = self.unconstrained(coordinates)
            value, gradient = evaluate(x)
            gradient = gradient.copy()
            for family in self.families:
                weight = 1.0 - family.prior_share
                at, size = family.deviations, len(family.deviations)
                value -= weight * size * np.log(np.abs(x[family.sd] / self.centre[family.sd]))
                gradient[family.sd] -= weight * (gradient[at] @ x[at] + size) / x[family.sd]
                gradient[at] *= self._ratio(family, x)
            return value, transposed @ gradient

        return function


def _positions(density: Density) -> dict[str, np.ndarray]:
    places, at = {}, 0
    for name, shape, size, _ in density.point_map:
        places[name] = np.arange(at, at + size).reshape(shape)
        at += size
    return places


def find(density: Density, *, threads: int = 2) -> Geometry:
    """The geometry of a model, from its conditional mode given the sds and correlations."""
    places = _positions(density)
    fixed = scales(density)
    start = density.start.copy()
    sd = places.get(SCALES[0], np.empty((0, 0), dtype=int))
    start[sd] = _START_SD
    centre = maximise(density, start, ~fixed)
    part = factorise(curvature(density, centre, ~fixed, threads=threads))
    factor = np.eye(density.dim)
    factor[np.ix_(~fixed, ~fixed)] = part
    variance = (factor**2).sum(axis=1)
    families = []
    for t, term in enumerate(density.model.coords.get("term", ())):
        for g, deviations in enumerate(places[f"{term}_z"]):
            share = float(variance[deviations].mean())
            if share < _MOST_CENTRED:
                families.append(Family(deviations.ravel(), int(sd[t, g]), share))
    return Geometry(centre, factor, tuple(families))
