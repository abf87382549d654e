"""The hierarchy fitted to cell estimates, with everything that is linear integrated out.

Given the sds and correlations (R) and the persistence kappa, the cell estimates y are linear
in the rest, z, whose prior is standard normal (``linear``):

    y = J(kappa) R z + e,    e ~ N(0, S)

so that y ~ N(0, S + J R R' J') given them (Lindley & Smith 1972): some twenty dimensions to
sample, without a funnel.  z is drawn afterwards, exactly.

Countries are all but independent: what is common to them has as many dimensions as there are
factors, common coefficients and shared errors of the estimates (``columns``, ``blocks``).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.linalg import qr
from scipy.optimize import minimize

from cips_models.errors import SpecificationError
from cips_models.inference.blocks import BlockCovariance
from cips_models.inference.linear import LinearHierarchy
from cips_models.inference.standard import StandardCoordinates
from cips_models.model.build import CellEstimates, blueprint
from cips_models.model.density import Density

#: A dimension is one if it adds more than this share of the largest.
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Collapsed:
    """Marginal posterior of the sds, correlations and persistence of a stage 2.

    Rows are the estimates country after country, filled up with zeros, in units in which a
    country's own errors are independent with variance one.

    Attributes
    ----------
    hierarchy : LinearHierarchy
    cells : CellEstimates
    whiten : (country, row, row) array
        From estimates to rows, lower triangular.
    still, moving : (country, row, column) arrays
        Columns of the hierarchy.
    error : (country, row, error) array
        Coefficients of the errors that the estimates share.
    basis : (country, row, dimension) array
        Orthonormal: all that countries share.
    """

    hierarchy: LinearHierarchy
    cells: CellEstimates
    whiten: np.ndarray
    still: np.ndarray
    moving: np.ndarray
    error: np.ndarray
    basis: np.ndarray

    @classmethod
    def of(cls, density: Density, cells: CellEstimates | None = None) -> "Collapsed":
        """From a model of cell estimates.

        ``cells`` take the place of those that the model was built with.

        Raises
        ------
        SpecificationError
            The model takes answers, not cell estimates.
        """
        cells = cells or blueprint(density.model).cells
        if cells is None:
            raise SpecificationError("Collapsed: found a model of answers; expected cell estimates")
        return cls.fitted_to(cells, LinearHierarchy.of(density, cells.position))

    @classmethod
    def fitted_to(cls, cells: CellEstimates, hierarchy: LinearHierarchy) -> "Collapsed":
        """From estimates and a hierarchy of them."""
        slot = hierarchy.slot
        within = np.pad(cells.within, ((0, 1), (0, 1)))[slot[:, :, None], slot[:, None, :]]
        empty = slot == len(cells.mean)
        within[empty, np.nonzero(empty)[1]] = 1.0
        whiten = np.tril(np.linalg.inv(np.linalg.cholesky(within)))

        def whitened(values: np.ndarray) -> np.ndarray:
            return np.asarray(whiten @ hierarchy.by_country(values))

        columns, error = hierarchy.columns, whitened(cells.shared)
        still, moving = whitened(columns.still), whitened(columns.moving)
        basis = _span(error, still, moving)
        basis = basis.reshape(*slot.shape, basis.shape[1])
        return cls(hierarchy, cells, whiten, still, moving, error, basis)

    def measured(self, cells: CellEstimates) -> "Collapsed":
        """The same hierarchy, fitted to other estimates."""
        if cells.within is self.cells.within and cells.shared is self.cells.shared:
            return replace(self, cells=cells)
        return self.fitted_to(cells, self.hierarchy)

    @property
    def kept(self) -> np.ndarray:
        """Places of what is sampled."""
        return self.hierarchy.kept

    @cached_property
    def shown(self) -> np.ndarray:
        """(country, row) y."""
        return self._rows(self.cells.mean[:, None])[..., 0]

    @cached_property
    def _unit(self) -> float:
        """Log density of the estimates less that of the rows."""
        return float(np.log(np.diagonal(self.whiten, axis1=1, axis2=2)).sum())

    @cached_property
    def _common(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """``still`` and ``moving``, and the shared errors' covariance, in the basis."""
        basis = _flat(self.basis).T
        error = basis @ _flat(self.error)
        return basis @ _flat(self.still), basis @ _flat(self.moving), error @ error.T

    def covariance(self, x: np.ndarray) -> BlockCovariance:
        """Covariance of the rows at the scales of an unconstrained point (dim,).

        Raises
        ------
        numpy.linalg.LinAlgError
            Numbers left the range of doubles.
        """
        columns = self.hierarchy.columns
        kappa, root = columns.owner @ x[self.hierarchy.persistence], columns.root(x)
        return self._covariance(kappa, root)

    def _covariance(self, kappa: np.ndarray, root: np.ndarray) -> BlockCovariance:
        columns, (still, moving, error) = self.hierarchy.columns, self._common
        own = columns.own
        common = (still + moving * kappa) @ root
        return BlockCovariance.of(
            self._own(kappa) @ root[:own, :own],
            self.basis,
            error + (common * columns.weight) @ common.T,
        )

    def _own(self, kappa: np.ndarray) -> np.ndarray:
        own = self.hierarchy.columns.own
        return np.asarray(self.still[..., :own] + self.moving[..., :own] * kappa[:own])

    def log_likelihood(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Log density of the estimates at an unconstrained point, and its gradient by ``kept``."""
        columns, places = self.hierarchy.columns, self.hierarchy.persistence
        gradient = np.zeros(self.hierarchy.dim)
        kappa, root = columns.owner @ x[places], columns.root(x)
        covariance = self._covariance(kappa, root)
        own, (still, moving, _) = columns.own, self._common
        by_rows, by_inner = covariance.gradient(self.shown)
        by_rows, rows = _flat(by_rows), _flat(self._own(kappa))
        common = still + moving * kappa
        by_common = by_inner @ (common @ root) * columns.weight
        by_root = common.T @ by_common
        by_root[:own, :own] += rows.T @ by_rows
        columns.pull(x, by_root, gradient)
        if places.size:
            by_column = (moving * (by_common @ root.T)).sum(axis=0)
            by_own = by_rows @ root[:own, :own].T
            by_column[:own] += (_flat(self.moving)[:, :own] * by_own).sum(axis=0)
            gradient[places] += by_column @ columns.owner
        return covariance.log_density(self.shown) + self._unit, gradient[self.kept]

    def log_posterior(self, h: np.ndarray) -> float:
        """Log marginal posterior at standard coordinates (kept,), whose prior is normal."""
        covariance = self.covariance(self.unconstrained(h))
        return covariance.log_density(self.shown) + self._unit - 0.5 * float(h @ h)

    def log_posterior_and_gradient(self, h: np.ndarray) -> tuple[float, np.ndarray]:
        """The same with its gradient (kept,)."""
        value, gradient = self.log_likelihood(self.unconstrained(h))
        return value - 0.5 * float(h @ h), gradient * self._coordinates.stretch(h) - h

    def unconstrained(self, h: np.ndarray) -> np.ndarray:
        """The point (dim,) at standard coordinates (kept,), the linear parameters zero."""
        x = np.zeros(self.hierarchy.dim)
        x[self.kept] = self._coordinates.unconstrained(h)
        return x

    @cached_property
    def _coordinates(self) -> StandardCoordinates:
        return StandardCoordinates.of(self.hierarchy.families, self.kept)

    def draws(self, x: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draws of z (linear, count) at the scales of an unconstrained point."""
        error = rng.standard_normal((*self.shown.shape, count))
        error += self.error @ rng.standard_normal((self.error.shape[-1], count))
        z = rng.standard_normal((len(self.hierarchy.linear), count))
        return self._conditioned(x, z, error)

    def mean(self, x: np.ndarray) -> np.ndarray:
        """The mean of z (linear,) at the scales of an unconstrained point."""
        nothing = np.zeros((len(self.hierarchy.linear), 1)), np.zeros((*self.shown.shape, 1))
        return self._conditioned(x, *nothing)[:, 0]

    def _conditioned(self, x: np.ndarray, z: np.ndarray, error: np.ndarray) -> np.ndarray:
        """Draws of the prior, moved by what the estimates differ from those they would show.

        Conditioning by kriging; Chiles & Delfiner 2012, section 7.3.  Draws are columns.
        """
        plan = self.hierarchy
        expected = self._rows(plan.levels(x, z))
        weight = self.covariance(x).solve(self.shown[..., None] - expected - error)
        by_level = np.zeros((len(self.cells.mean) + 1, z.shape[1]))
        by_level[plan.slot] = self.whiten.swapaxes(1, 2) @ weight
        return np.asarray(z + plan.pulled(x, by_level[:-1]))

    def _rows(self, values: np.ndarray) -> np.ndarray:
        """(country, row, column) rows of (estimate, column) values."""
        return np.asarray(self.whiten @ self.hierarchy.by_country(values))

    def completed(self, h: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        """Points (count, dim) at standard coordinates (kept,), their linear parameters drawn."""
        x = self.unconstrained(h)
        points = np.tile(x, (count, 1))
        points[:, self.hierarchy.linear] = self.draws(x, count, rng).T
        return points

    def mode(self) -> tuple[np.ndarray, np.ndarray]:
        """Mode (kept,) in standard coordinates, and the negative Hessian there."""
        if not len(self.kept):  # of one country, with nothing that could differ
            return np.empty(0), np.empty((0, 0))

        def objective(h: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = self.log_posterior_and_gradient(h)
            return -value, -gradient

        found = minimize(objective, np.zeros(len(self.kept)), jac=True, method="L-BFGS-B").x
        step = 1e-3
        ahead = step * np.eye(len(found))
        hessian = np.array([objective(found + e)[1] - objective(found - e)[1] for e in ahead])
        return found, (hessian + hessian.T) / (4 * step)


def _flat(values: np.ndarray) -> np.ndarray:
    """(country, row, column) values as (row, column)."""
    countries, rows, columns = values.shape
    return values.reshape(countries * rows, columns)


def _span(*parts: np.ndarray) -> np.ndarray:
    """Orthonormal basis (row, dimension) of the columns of (country, row, column) arrays."""
    everything = np.concatenate([_flat(part) for part in parts], axis=1)
    length = np.linalg.norm(everything, axis=0)
    scaled = everything[:, length > 0] / length[length > 0]
    if not scaled.size:
        return np.empty((len(scaled), 0))
    basis, triangle, _ = qr(scaled, mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    return np.asarray(basis[:, size > _NEGLIGIBLE * size[0]])
