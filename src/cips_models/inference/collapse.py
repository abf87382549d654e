"""The hierarchy fitted to cell estimates, with everything that is linear integrated out.

Given the sds and correlations (R) and the persistence kappa, the cell estimates y are linear
in the rest, z, whose prior is standard normal:

    y = J(kappa) R z + e,    J(kappa) = J0 + J1 kappa,    e ~ N(0, S)

so that y ~ N(0, S + J R R' J') given them (Lindley & Smith 1972): some twenty dimensions to
sample, without a funnel.  z is drawn afterwards, exactly.

Countries are all but independent: what is common to them has as many dimensions as there are
factors, common coefficients and shared errors of the estimates (``columns``, ``blocks``).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize

from cips_models.errors import SpecificationError
from cips_models.inference.blocks import BlockCovariance
from cips_models.inference.columns import Columns, columns
from cips_models.inference.families import Family, families_of, scales
from cips_models.inference.standard import StandardCoordinates
from cips_models.model.build import CellEstimates, blueprint
from cips_models.model.density import Density

#: Standardised coefficients that multiply deviations: the rest is linear given these too.
_PERSISTENCE = "persistence_z"

#: A dimension is one if its singular value is more than this share of the largest.
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Collapsed:
    """Marginal posterior of the sds, correlations and persistence of a stage 2.

    Rows are the estimates, in units in which their own errors are independent with variance
    one; "by country" they come country after country, filled up with zeros.

    Attributes
    ----------
    dim : int
        Number of unconstrained parameters of the model.
    scales, persistence, linear : int arrays
        Places of the sds and correlations, of the persistence, and of all others among them.
    families : tuple of Family
    still, moving : (row, linear) arrays
        J0 and J1.
    owner : (linear, coefficient) array
        1 where a persistence coefficient multiplies a linear parameter.
    root : (row, row) array
        From rows to estimates, lower triangular.
    shown : (row,) array
        y.
    error : (row, error) array
        Coefficients of the errors that the estimates share.
    columns : Columns
        Rows by country.
    basis : (country, row, dimension) array
        Orthonormal: all that countries share.
    slot : (country, row) int array
        Which row stands where; the number of rows where none does.
    """

    dim: int
    scales: np.ndarray
    persistence: np.ndarray
    linear: np.ndarray
    families: tuple[Family, ...]
    still: np.ndarray
    moving: np.ndarray
    owner: np.ndarray
    root: np.ndarray
    shown: np.ndarray
    error: np.ndarray
    columns: Columns
    basis: np.ndarray
    slot: np.ndarray

    @classmethod
    def of(cls, density: Density, cells: CellEstimates | None = None) -> "Collapsed":
        """From a model of cell estimates; J by evaluating its levels at unit vectors.

        ``cells`` take the place of those that the model was built with.

        Raises
        ------
        SpecificationError
            The model takes answers, not cell estimates.
        """
        plan = blueprint(density.model)
        cells = cells or plan.cells
        if cells is None:
            raise SpecificationError("Collapsed: found a model of answers; expected cell estimates")
        scale = np.flatnonzero(scales(density))
        coefficients = density.places.get(_PERSISTENCE, np.empty(0, dtype=int)).ravel()
        linear = np.setdiff1d(np.arange(density.dim), np.concatenate([scale, coefficients]))
        families = families_of(density)
        reference = np.zeros(density.dim)
        for family in families:
            reference[family.scales] = family.unit
        root = np.linalg.cholesky(cells.within)

        def whitened(values: np.ndarray) -> np.ndarray:
            return np.asarray(solve_triangular(root, values, lower=True))

        def jacobian(origin: np.ndarray) -> np.ndarray:
            points = np.tile(origin, (len(linear), 1))
            points[np.arange(len(linear)), linear] = 1.0
            level = density.public(points[None])["level"].to_numpy()[0]
            return whitened(level[:, *cells.position.T].T)

        still = jacobian(reference)
        moving, owner = np.zeros_like(still), np.zeros((len(linear), len(coefficients)))
        for k, place in enumerate(coefficients):
            origin = reference.copy()
            origin[place] = 1.0
            moved = jacobian(origin) - still
            owner[:, k] = np.abs(moved).max(axis=0) > 1e-9
            moving += moved * owner[:, k]
        country = [plan.design.countries[c] for c in cells.position[:, 0]]
        found = columns(density, linear, still, moving, owner, country)
        error = whitened(cells.shared)
        slot = _slots(cells.position[:, 0])
        basis = _padded(_span(error, found.still, found.moving), slot)
        return cls(
            density.dim, scale, coefficients, linear, families, still, moving, owner,
            root, whitened(cells.mean), error,
            replace(found, still=_padded(found.still, slot), moving=_padded(found.moving, slot)),
            basis.reshape(*slot.shape, -1), slot,
        )  # fmt: skip

    def showing(self, mean: np.ndarray) -> "Collapsed":
        """The same with other estimates (estimate,)."""
        return replace(self, shown=solve_triangular(self.root, mean, lower=True))

    @property
    def kept(self) -> np.ndarray:
        """Places of what is sampled."""
        return np.concatenate([self.scales, self.persistence])

    @cached_property
    def _common(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """``columns.still`` and ``moving``, and the shared errors' covariance, in the basis."""
        basis = self.basis.reshape(self.slot.size, -1).T
        error = basis @ _padded(self.error, self.slot)
        return basis @ self.columns.still, basis @ self.columns.moving, error @ error.T

    def covariance(self, x: np.ndarray) -> BlockCovariance:
        """Covariance of the estimates at the scales of an unconstrained point (dim,).

        Raises
        ------
        numpy.linalg.LinAlgError
            Numbers left the range of doubles.
        """
        kappa, root = self.columns.owner @ x[self.persistence], self.columns.root(x)
        return self._covariance(kappa, root)

    def _covariance(self, kappa: np.ndarray, root: np.ndarray) -> BlockCovariance:
        own, (still, moving, error) = self.columns.own, self._common
        common = (still + moving * kappa) @ root
        rows = self._own(kappa) @ root[:own, :own]
        return BlockCovariance.of(
            rows.reshape(*self.slot.shape, own),
            self.basis,
            error + (common * self.columns.weight) @ common.T,
        )

    def _own(self, kappa: np.ndarray) -> np.ndarray:
        own = self.columns.own
        return np.asarray(self.columns.still[:, :own] + self.columns.moving[:, :own] * kappa[:own])

    def log_likelihood(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Log density of the estimates at an unconstrained point, and its gradient by ``kept``."""
        gradient = np.zeros(self.dim)
        kappa, root = self.columns.owner @ x[self.persistence], self.columns.root(x)
        covariance, shown = self._covariance(kappa, root), self._by_country(self.shown)
        own, (still, moving, _) = self.columns.own, self._common
        by_own, by_inner = covariance.gradient(shown)
        by_rows, rows = by_own.reshape(-1, own), self._own(kappa)
        common = still + moving * kappa
        by_common = by_inner @ (common @ root) * self.columns.weight
        by_root = common.T @ by_common
        by_root[:own, :own] += rows.T @ by_rows
        self.columns.pull(x, by_root, gradient)
        if self.persistence.size:
            by_column = (moving * (by_common @ root.T)).sum(axis=0)
            by_column[:own] += (self.columns.moving[:, :own] * (by_rows @ root[:own, :own].T)).sum(
                axis=0
            )
            gradient[self.persistence] += by_column @ self.columns.owner
        return covariance.log_density(shown), gradient[self.kept]

    def log_posterior(self, h: np.ndarray) -> float:
        """Log marginal posterior at standard coordinates (kept,), whose prior is normal."""
        covariance = self.covariance(self.unconstrained(h))
        return covariance.log_density(self._by_country(self.shown)) - 0.5 * float(h @ h)

    def log_posterior_and_gradient(self, h: np.ndarray) -> tuple[float, np.ndarray]:
        """The same with its gradient (kept,)."""
        value, gradient = self.log_likelihood(self.unconstrained(h))
        return value - 0.5 * float(h @ h), gradient * self._coordinates.stretch(h) - h

    def unconstrained(self, h: np.ndarray) -> np.ndarray:
        """The point (dim,) at standard coordinates (kept,), the linear parameters zero."""
        x = np.zeros(self.dim)
        x[self.kept] = self._coordinates.unconstrained(h)
        return x

    @cached_property
    def _coordinates(self) -> StandardCoordinates:
        return StandardCoordinates.of(self.families, self.kept)

    def draws(self, x: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draws of z (linear, count) at the scales of an unconstrained point."""
        error = rng.standard_normal((len(self.shown), count))
        error += self.error @ rng.standard_normal((self.error.shape[1], count))
        return self._conditioned(x, rng.standard_normal((len(self.linear), count)), error)

    def mean(self, x: np.ndarray) -> np.ndarray:
        """The mean of z (linear,) at the scales of an unconstrained point."""
        nothing = np.zeros((len(self.linear), 1)), np.zeros((len(self.shown), 1))
        return self._conditioned(x, *nothing)[:, 0]

    def _conditioned(self, x: np.ndarray, z: np.ndarray, error: np.ndarray) -> np.ndarray:
        """Draws of the prior, moved by what the estimates differ from those they would show.

        Conditioning by kriging; Chiles & Delfiner 2012, section 7.3.  Draws are columns.
        """
        at = np.full(self.dim, -1)
        at[self.linear] = np.arange(len(self.linear))
        members = [(family.factor(x), at[family.deviation]) for family in self.families]
        kappa = self.owner @ x[self.persistence]
        slope = self.still + self.moving * kappa if kappa.any() else self.still
        scaled = z.copy()
        for factor, place in members:
            scaled[place] = np.tensordot(factor, z[place], 1)
        missed = self._by_country(self.shown[:, None] - slope @ scaled - error)
        weight = np.zeros((len(self.shown) + 1, z.shape[1]))
        weight[self.slot] = self.covariance(x).solve(missed)
        pulled = slope.T @ weight[:-1]
        for factor, place in members:
            pulled[place] = np.tensordot(factor.T, pulled[place], 1)
        return np.asarray(z + pulled)

    def completed(self, h: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        """Points (count, dim) at standard coordinates (kept,), their linear parameters drawn."""
        x = self.unconstrained(h)
        points = np.tile(x, (count, 1))
        points[:, self.linear] = self.draws(x, count, rng).T
        return points

    def mode(self) -> tuple[np.ndarray, np.ndarray]:
        """Mode (kept,) in standard coordinates, and the negative Hessian there."""

        def objective(h: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = self.log_posterior_and_gradient(h)
            return -value, -gradient

        found = minimize(objective, np.zeros(len(self.kept)), jac=True, method="L-BFGS-B").x
        step = 1e-3 * np.eye(len(found))
        hessian = np.array([objective(found + e)[1] - objective(found - e)[1] for e in step])
        return found, (hessian + hessian.T) / (4 * step[0, 0])

    def _by_country(self, values: np.ndarray) -> np.ndarray:
        """(row, ...) values as (country, row, ...)."""
        return _padded(values, self.slot).reshape(*self.slot.shape, *values.shape[1:])


def _slots(country: np.ndarray) -> np.ndarray:
    """(country, row) positions of each country's rows, filled up with the number of rows."""
    members = [np.flatnonzero(country == c) for c in np.unique(country)]
    slot = np.full((len(members), max(map(len, members))), len(country))
    for own, rows in zip(slot, members, strict=True):
        own[: len(rows)] = rows
    return slot


def _padded(values: np.ndarray, slot: np.ndarray) -> np.ndarray:
    """Rows country after country, zero where a slot is empty."""
    return np.asarray(np.concatenate([values, np.zeros_like(values[:1])])[slot.ravel()])


def _span(*parts: np.ndarray) -> np.ndarray:
    """Orthonormal basis (row, dimension) of the columns of (row, column) arrays."""
    everything = np.concatenate(parts, axis=1)
    length = np.linalg.norm(everything, axis=0)
    scaled = everything[:, length > 0] / length[length > 0]
    left, size, _ = np.linalg.svd(scaled, full_matrices=False)
    return np.asarray(left[:, size > _NEGLIGIBLE * size[0]])
