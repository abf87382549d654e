"""Coordinates in which a posterior is easy to sample.

Two changes of coordinates, both exact (with their Jacobian) whatever their constants:

1. Given its sds and correlations the hierarchy is Gaussian and the likelihood nearly so:
   these coordinates are rotated and scaled by the curvature at their conditional mode.
2. Where and how wide that conditional posterior is follows the sds and correlations; the
   deviations are sampled in coordinates in which it hardly does (see ``transport``).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg.blas import dtrmv

from cips_models.inference.curvature import curvature
from cips_models.inference.families import Family, families_of, item_families, joined, scales
from cips_models.inference.laplace import covariance, factorise, maximise
from cips_models.inference.transport import Deviations
from cips_models.model.density import Density

#: Where the sds start, in units of their priors' scales: below one, because sds that nothing
#: supports end up there.
_REFERENCE_SD = 0.6

#: Steps of EM from there.
_ROUNDS = 20


@dataclass(frozen=True)
class Geometry:
    """The map from sampling coordinates to a model's unconstrained ones.

    Attributes
    ----------
    centre : (dim,) array
        Zero where deviations stand, whose mean follows their sds and correlations.
    factor : (dim, dim) array
        Upper triangular, in Fortran's order.
    deviations : tuple of Deviations
        Of the hierarchy and of item shifts, as far as there are any.
    """

    centre: np.ndarray
    factor: np.ndarray
    deviations: tuple[Deviations, ...]

    def unconstrained(self, coordinates: np.ndarray) -> np.ndarray:
        """The point of the unconstrained space at (dim,) sampling coordinates."""
        x = self.centre + dtrmv(self.factor, coordinates)
        for plan in self.deviations:
            x[plan.place] = plan.given(x).standardised(x[plan.place])
        return np.asarray(x)

    def log_density(
        self, evaluate: Callable[[np.ndarray], tuple[float, np.ndarray]]
    ) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """Value and gradient of the log density in the sampling coordinates."""
        factor = self.factor

        def function(coordinates: np.ndarray) -> tuple[float, np.ndarray]:
            x = self.centre + dtrmv(factor, coordinates)
            moved = [(plan.given(x), x[plan.place]) for plan in self.deviations]
            for given, standard in moved:
                x[given.deviations.place] = given.standardised(standard)
            value, gradient = evaluate(x)
            for given, standard in moved:
                gradient = given.gradient(standard, x, gradient)
                value += given.log_determinant
            return value, dtrmv(factor, gradient, trans=1)

        return function


def _refer(
    families: tuple[Family, ...], mode: np.ndarray, precision: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mode and precision moved to the sds and correlations that the data speak for.

    With the likelihood quadratic in everything else, EM (Dempster, Laird & Rubin 1977) takes
    no further evaluation.  It arrives where the data are strong and hardly moves where they
    say little, as a reference should.
    """
    prior = np.zeros(len(mode))
    prior[joined(family.deviation for family in families)] = 1.0
    likelihood = precision - np.diag(prior)
    slope = likelihood @ mode + prior * mode
    start = [family.factor(mode) for family in families]
    others = np.ones(len(mode), dtype=bool)
    others[joined(family.scales for family in families)] = False
    x, turn = mode.copy(), np.eye(len(mode))
    for _ in range(_ROUNDS):
        spread = covariance(precision)
        fitted = [family.fitted(x, spread) for family in families]
        for family, factor, values in zip(families, start, fitted, strict=True):
            x[family.scales] = values
            own = family.deviation.ravel()
            change = np.linalg.solve(factor, family.factor(x))
            turn[np.ix_(own, own)] = np.kron(change, np.eye(len(own) // len(change)))
        precision = turn.T @ likelihood @ turn + np.diag(prior)
        solved = np.linalg.solve(precision, turn.T @ slope)
        x[others] = solved[others]
    return x, precision


def find(density: Density, *, threads: int = 2) -> Geometry:
    """The geometry of a model, from its conditional mode given the sds and correlations."""
    kinds = [own for own in (families_of(density), item_families(density)) if own]
    sds = np.array([place for own in kinds for family in own for place in family.sd], dtype=int)
    fixed = scales(density)
    fixed[sds] = True
    start = density.start.copy()
    start[sds] = _REFERENCE_SD
    centre = maximise(density, start, ~fixed)
    precision = np.eye(density.dim)
    free = np.ix_(~fixed, ~fixed)
    precision[free] = curvature(density, centre, ~fixed, threads=threads)
    if not kinds:
        return Geometry(centre, np.asfortranarray(factorise(precision)), ())
    centre, precision = _refer(tuple(f for own in kinds for f in own), centre, precision)
    spread = covariance(precision)
    deviations = tuple(Deviations.near(own, centre, spread) for own in kinds)
    for plan in deviations:
        turn = plan.given(centre).jacobian(density.dim)
        precision = turn.T @ precision @ turn
    for plan in deviations:
        centre[plan.place] = 0.0
    return Geometry(centre, np.asfortranarray(factorise(precision)), deviations)
