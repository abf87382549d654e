"""Coordinates in which a posterior is easy to sample.

Two changes of coordinates, both exact (with their Jacobian) whatever their constants:

1. Given its sds and correlations the hierarchy is Gaussian and the likelihood nearly so:
   these coordinates are rotated and scaled by the curvature at their conditional mode.
2. The conditional posterior of a family of deviations moves and narrows with the family's sd,
   which is why neither the centred nor the non-centred form mixes (Papaspiliopoulos, Roberts
   & Skoeld 2007, section 3).  In the eigenbasis of its covariance at the reference sd s0, a
   direction with standardised deviation z and data precision t has, at any sd s,

       z | s ~ N( s t d / (1 + s^2 t), 1 / (1 + s^2 t) )

   with d the deviation that the data show (the normal hierarchical model; Gelman et al.
   2013, section 5.4).  Mean and spread follow s along these lines, so that the sampled
   coordinates hardly depend on it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg.blas import dtrmv

from cips_models.inference.laplace import SCALES, curvature, factorise, maximise, scales
from cips_models.model.density import Density

#: Where the sds are held when the geometry of the rest is found, in units of their priors'
#: scales: below one, because sds that nothing supports end up there.
_REFERENCE_SD = 0.6

#: Posterior over prior variance of a direction, kept away from the limits 0 and 1.
_SHARE = (1e-3, 0.999)


@dataclass(frozen=True)
class Deviations:
    """All deviations of the hierarchy, family after family and group after group.

    Attributes
    ----------
    place : (n,) int array
        Their places among the model's unconstrained coordinates.
    sd : (family,) int array
        Places of the families' sds.
    start : (family,) int array
        The first deviation of each family.
    bases : tuple of (size, size) arrays
        Columns are the eigenvectors of a family's covariance.
    reference : (n,) array
        The sd at which the rest was found.
    precision : (n,) array
        Of the data on each direction, per unit of deviation.
    mean : (n,) array
        Of the standardised deviations along each direction, at the reference.
    """

    place: np.ndarray
    sd: np.ndarray
    start: np.ndarray
    bases: tuple[np.ndarray, ...]
    reference: np.ndarray
    precision: np.ndarray
    mean: np.ndarray

    def at(self, sd: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Spread (relative to the reference) and mean at the families' sds, and derivatives."""
        s = np.repeat(sd, [len(basis) for basis in self.bases])
        total = 1.0 + s**2 * self.precision
        ratio = (1.0 + self.reference**2 * self.precision) / total
        spread = np.sqrt(ratio)
        d_spread = -spread * s * self.precision / total
        mean = self.mean * ratio * s / self.reference
        d_mean = self.mean * ratio * (1.0 - s**2 * self.precision) / (total * self.reference)
        return spread, mean, d_spread, d_mean

    def rotate(self, values: np.ndarray, *, back: bool = False) -> np.ndarray:
        """From directions to deviations, or back (the gradient's way)."""
        parts = np.split(values, self.start[1:])
        return np.concatenate(
            [part @ (e if back else e.T) for part, e in zip(parts, self.bases, strict=True)]
        )


@dataclass(frozen=True)
class Geometry:
    """The map from sampling coordinates to a model's unconstrained ones.

    Attributes
    ----------
    centre : (dim,) array
        Zero where deviations stand, which have a mean of their own.
    factor : (dim, dim) array
        Upper triangular, in Fortran's order; its rows for deviations are in the bases of
        their families.
    deviations : Deviations or None
        None without a hierarchy.
    """

    centre: np.ndarray
    factor: np.ndarray
    deviations: Deviations | None

    def unconstrained(self, coordinates: np.ndarray) -> np.ndarray:
        """The point of the unconstrained space at (dim,) sampling coordinates."""
        x = self.centre + dtrmv(self.factor, coordinates)
        family = self.deviations
        if family:
            spread, mean, *_ = family.at(x[family.sd])
            x[family.place] = family.rotate(spread * x[family.place] + mean)
        return np.asarray(x)

    def log_density(
        self, evaluate: Callable[[np.ndarray], tuple[float, np.ndarray]]
    ) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """Value and gradient of the log density in the sampling coordinates."""
        factor, family = self.factor, self.deviations

        def function(coordinates: np.ndarray) -> tuple[float, np.ndarray]:
            x = self.centre + dtrmv(factor, coordinates)
            if not family:
                value, gradient = evaluate(x)
                return value, dtrmv(factor, gradient, trans=1)
            standard = x[family.place]
            spread, mean, d_spread, d_mean = family.at(x[family.sd])
            x[family.place] = family.rotate(spread * standard + mean)
            value, gradient = evaluate(x)
            gradient = gradient.copy()
            slope = family.rotate(gradient[family.place], back=True)
            by_sd = slope * (d_spread * standard + d_mean) + d_spread / spread
            gradient[family.sd] += np.add.reduceat(by_sd, family.start)
            gradient[family.place] = slope * spread
            return value + np.log(spread).sum(), dtrmv(factor, gradient, trans=1)

        return function


def _deviations(density: Density, centre: np.ndarray, spread: np.ndarray) -> Deviations | None:
    """The families, from the mode and covariance (dim, dim) of everything but the scales."""
    places = density.places
    terms = density.model.coords.get("term", ())
    members = [own for term in terms for own in places[f"{term}_z"]]
    if not members:
        return None
    sd = places[SCALES[0]].ravel()
    spectra = [np.linalg.eigh(spread[np.ix_(own, own)]) for own in members]
    share = np.clip(np.concatenate([variance for variance, _ in spectra]), *_SHARE)
    sizes = [len(own) for own in members]
    reference = np.repeat(centre[sd], sizes)
    return Deviations(
        place=np.concatenate(members),
        sd=sd,
        start=np.cumsum([0, *sizes[:-1]]),
        bases=tuple(basis for _, basis in spectra),
        reference=reference,
        precision=(1.0 / share - 1.0) / reference**2,
        mean=np.concatenate(
            [centre[own] @ basis for own, (_, basis) in zip(members, spectra, strict=True)]
        ),
    )


def find(density: Density, *, threads: int = 2) -> Geometry:
    """The geometry of a model, from its conditional mode given the sds and correlations."""
    fixed = scales(density)
    start = density.start.copy()
    start[density.places.get(SCALES[0], np.empty((0, 0), dtype=int))] = _REFERENCE_SD
    centre = maximise(density, start, ~fixed)
    precision = np.eye(density.dim)
    free = np.ix_(~fixed, ~fixed)
    precision[free] = curvature(density, centre, ~fixed, threads=threads)
    root = factorise(precision)
    deviations = _deviations(density, centre, root @ root.T)
    if deviations:
        own = np.split(deviations.place, deviations.start[1:])
        for places, basis in zip(own, deviations.bases, strict=True):
            centre[places] = 0.0
            precision[places] = basis.T @ precision[places]
            precision[:, places] = precision[:, places] @ basis
    return Geometry(centre, np.asfortranarray(factorise(precision)), deviations)
