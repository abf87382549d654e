"""A hierarchy of levels as a linear map, given its sds and correlations.

Levels are J(kappa) R z, with z standard normal, R the roots of the families' covariances and
kappa the persistence:  J(kappa) = J0 + J1 kappa.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cips_models.inference.columns import Columns, columns
from cips_models.inference.families import Family, families_of, scales
from cips_models.model.build import blueprint
from cips_models.model.density import Density

#: Standardised coefficients that multiply deviations: the rest is linear given these too.
_PERSISTENCE = "persistence_z"


@dataclass(frozen=True)
class LinearHierarchy:
    """The levels of a stage 2 as a linear map.

    Attributes
    ----------
    dim : int
        Number of unconstrained parameters of the model.
    scales, persistence, linear : int arrays
        Places of the sds and correlations, of the persistence, and of all others among them.
    families : tuple of Family
    still, moving : (estimate, linear) arrays
        J0 and J1.
    owner : (linear, coefficient) array
        1 where a persistence coefficient multiplies a linear parameter.
    columns : Columns
        The same by what countries have to themselves and what they share.
    slot : (country, row) int array
        Which estimate stands where, country after country; their number where none does.
    """

    dim: int
    scales: np.ndarray
    persistence: np.ndarray
    linear: np.ndarray
    families: tuple[Family, ...]
    still: np.ndarray
    moving: np.ndarray
    owner: np.ndarray
    columns: Columns
    slot: np.ndarray

    @classmethod
    def of(cls, density: Density, position: np.ndarray) -> "LinearHierarchy":
        """By evaluating the levels at ``position`` (estimate, 4) for unit vectors."""
        scale = np.flatnonzero(scales(density))
        coefficients = density.places.get(_PERSISTENCE, np.empty(0, dtype=int)).ravel()
        linear = np.setdiff1d(np.arange(density.dim), np.concatenate([scale, coefficients]))
        families = families_of(density)
        reference = _reference(density.dim, families)

        def jacobian(origin: np.ndarray) -> np.ndarray:
            level = _shown(density, origin, linear)["level"].to_numpy()[0]
            return np.asarray(level[:, *position.T].T)

        still = jacobian(reference)
        moving, owner = np.zeros_like(still), np.zeros((len(linear), len(coefficients)))
        for k, place in enumerate(coefficients):
            origin = reference.copy()
            origin[place] = 1.0
            moved = jacobian(origin) - still
            owner[:, k] = np.abs(moved).max(axis=0) > 1e-9
            moving += moved * owner[:, k]
        countries = blueprint(density.model).design.countries
        country = [countries[c] for c in position[:, 0]]
        found = columns(density, linear, still, moving, owner, country)
        return cls(
            density.dim, scale, coefficients, linear, families, still, moving, owner, found,
            _slots(position[:, 0]),
        )  # fmt: skip

    def coefficients(
        self, density: Density, quantity: Callable[[xr.Dataset], xr.DataArray]
    ) -> np.ndarray:
        """Coefficients (linear,) of a quantity (chain, draw) that is linear in the parameters.

        Parameters
        ----------
        density : Density
            The model that this is the hierarchy of.
        quantity : callable
            Takes public variables; other than the levels they must not hang on the persistence.
        """
        public = _shown(density, _reference(self.dim, self.families), self.linear)
        return np.asarray(quantity(public).transpose("chain", "draw").to_numpy()[0])

    def scaled(self, x: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
        """Coefficients (linear, quantity) of z at the scales of a point x (dim,): R' times them."""
        found = coefficients.copy()
        for factor, place in self._members(x):
            found[place] = np.tensordot(factor.T, found[place], 1)
        return found

    @property
    def kept(self) -> np.ndarray:
        """Places of what is not linear."""
        return np.concatenate([self.scales, self.persistence])

    def by_country(self, values: np.ndarray) -> np.ndarray:
        """(estimate, ...) values as (country, row, ...), zero where a slot is empty."""
        padded = np.concatenate([values, np.zeros_like(values[:1])])
        return np.asarray(padded[self.slot])

    def levels(self, x: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Levels (estimate, draw) of z (linear, draw) at the scales of a point x (dim,)."""
        scaled = z.copy()
        for factor, place in self._members(x):
            scaled[place] = np.tensordot(factor, z[place], 1)
        return np.asarray(self._slope(x) @ scaled)

    def pulled(self, x: np.ndarray, by_level: np.ndarray) -> np.ndarray:
        """The transposed map: (linear, draw) of (estimate, draw)."""
        return self.scaled(x, np.asarray(self._slope(x).T @ by_level))

    def _slope(self, x: np.ndarray) -> np.ndarray:
        kappa = self.owner @ x[self.persistence]
        return np.asarray(self.still + self.moving * kappa if kappa.any() else self.still)

    def _members(self, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        at = np.full(self.dim, -1)
        at[self.linear] = np.arange(len(self.linear))
        return [(family.factor(x), at[family.deviation]) for family in self.families]


def _reference(dim: int, families: tuple[Family, ...]) -> np.ndarray:
    """A point (dim,) at which deviations are the standardised ones, and all else is zero."""
    reference = np.zeros(dim)
    for family in families:
        reference[family.scales] = family.unit
    return reference


def _shown(density: Density, origin: np.ndarray, linear: np.ndarray) -> xr.Dataset:
    """Public variables where one linear parameter after the other is one (a draw each)."""
    points = np.tile(origin, (len(linear), 1))
    points[np.arange(len(linear)), linear] = 1.0
    return density.public(points[None])


def _slots(country: np.ndarray) -> np.ndarray:
    """(country, row) positions of each country's rows, filled up with the number of rows."""
    members = [np.flatnonzero(country == c) for c in np.unique(country)]
    slot = np.full((len(members), max(map(len, members))), len(country))
    for own, rows in zip(slot, members, strict=True):
        own[: len(rows)] = rows
    return slot
