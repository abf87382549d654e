"""The hierarchy fitted to cell estimates, with everything that is linear integrated out.

Given the sds and correlations (R) and the persistence kappa, the cell estimates y are linear
in the rest, z, whose prior is standard normal:

    y = J(kappa) R z + e,    J(kappa) = J0 + J1 kappa,    e ~ N(0, S)

so that z is normal, with P = I + R' T R and mean P^-1 R' h, where T = J' S^-1 J and
h = J' S^-1 y, and the sds, correlations and kappa have the marginal density (Lindley & Smith
1972; Gelman et al. 2013, equation 5.21)

    log p(y | R, kappa) = 1/2 h' R P^-1 R' h - 1/2 log det P + constant

That is some twenty dimensions to sample, without a funnel; z is drawn afterwards, exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import lapack, solve_triangular
from scipy.optimize import minimize
from scipy.sparse import csr_array

from cips_models.errors import SpecificationError
from cips_models.inference.families import Family, families_of, scales
from cips_models.model.build import blueprint
from cips_models.model.density import Density

#: Where the search for the mode starts, in units of the sds' priors' scales.
_REFERENCE_SD = 0.6

#: Standardised coefficients that multiply deviations: the rest is linear given these too.
_PERSISTENCE = "persistence_z"


@dataclass(frozen=True)
class Given:
    """The normal distribution of z at one point of the scales.

    Attributes
    ----------
    factor : (linear, linear) sparse array
        R.
    persistence : (linear,) array
        The kappa that multiplies each column of J1.
    pull : (linear,) array
        h.
    root : (linear, linear) array
        Lower triangular Cholesky factor of P.
    mean : (linear,) array
    """

    factor: csr_array
    persistence: np.ndarray
    pull: np.ndarray
    root: np.ndarray
    mean: np.ndarray

    @property
    def log_density(self) -> float:
        """Log of p(y | R, kappa), up to a constant."""
        return float(0.5 * self.pull @ (self.factor @ self.mean) - np.log(np.diag(self.root)).sum())

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """One draw of z."""
        noise = rng.standard_normal(len(self.mean))
        return np.asarray(self.mean + solve_triangular(self.root, noise, lower=True, trans="T"))


@dataclass(frozen=True)
class Collapsed:
    """Marginal posterior of the sds, correlations and persistence of a stage 2.

    Attributes
    ----------
    dim : int
        Number of unconstrained parameters of the model.
    kept : (kept,) int array
        Places of the sds, correlations and persistence among them.
    linear : (linear,) int array
        Places of all others.
    families : tuple of Family
    owner : (linear, coefficient) array
        1 where a persistence coefficient multiplies a column.
    own, cross, square : (linear, linear) arrays
        J0' S^-1 J0, J0' S^-1 J1 and J1' S^-1 J1.
    pull : (2, linear) array
        J0' S^-1 y and J1' S^-1 y.
    """

    dim: int
    kept: np.ndarray
    linear: np.ndarray
    families: tuple[Family, ...]
    owner: np.ndarray
    own: np.ndarray
    cross: np.ndarray
    square: np.ndarray
    pull: np.ndarray

    @classmethod
    def of(cls, density: Density) -> "Collapsed":
        """From a model of cell estimates; J by evaluating its levels at unit vectors.

        Raises
        ------
        SpecificationError
            The model takes answers, not cell estimates.
        """
        cells, places = blueprint(density.model).cells, density.places
        if cells is None:
            raise SpecificationError("Collapsed: found a model of answers; expected cell estimates")
        coefficients = places.get(_PERSISTENCE, np.empty(0, dtype=int)).ravel()
        kept = np.concatenate([np.flatnonzero(scales(density)), coefficients])
        linear = np.setdiff1d(np.arange(density.dim), kept)
        reference = np.zeros(density.dim)
        families = families_of(density)
        for family in families:
            reference[family.scales] = family.unit
        root = np.linalg.cholesky(cells.covariance)

        def whitened(values: np.ndarray) -> np.ndarray:
            return np.asarray(solve_triangular(root, values, lower=True))

        def jacobian(origin: np.ndarray) -> np.ndarray:
            points = np.tile(origin, (len(linear), 1))
            points[np.arange(len(linear)), linear] = 1.0
            level = density.public(points[None])["level"].to_numpy()[0]
            return whitened(level[:, *cells.position.T].T)

        first = jacobian(reference)
        second, owner = np.zeros_like(first), np.zeros((len(linear), len(coefficients)))
        for k, place in enumerate(coefficients):
            origin = reference.copy()
            origin[place] = 1.0
            moved = jacobian(origin) - first
            owner[:, k] = np.abs(moved).max(axis=0) > 1e-9
            second += moved * owner[:, k]
        shown = whitened(cells.mean)
        return cls(
            density.dim, kept, linear, families, owner,
            first.T @ first, first.T @ second, second.T @ second,
            np.stack([first.T @ shown, second.T @ shown]),
        )  # fmt: skip

    @cached_property
    def _pattern(self) -> tuple[np.ndarray, np.ndarray, Sequence[np.ndarray]]:
        """Rows and columns of R's entries, and the columns' positions by family."""
        at = np.full(self.dim, -1)
        at[self.linear] = np.arange(len(self.linear))
        members = [at[family.deviation] for family in self.families]
        others = np.setdiff1d(
            np.arange(len(self.linear)), np.concatenate([m.ravel() for m in members])
        )
        rows = [np.repeat(m[:, None], len(m), axis=1).ravel() for m in members]
        columns = [np.repeat(m[None], len(m), axis=0).ravel() for m in members]
        return np.concatenate([*rows, others]), np.concatenate([*columns, others]), members

    def given(self, x: np.ndarray) -> Given:
        """The distribution of z at the scales of an unconstrained point (dim,).

        Raises
        ------
        numpy.linalg.LinAlgError
            Numbers left the range of doubles.
        """
        rows, columns, members = self._pattern
        entries = [
            np.repeat(family.factor(x).ravel(), m.shape[1])
            for family, m in zip(self.families, members, strict=True)
        ]
        size = len(self.linear)
        values = np.concatenate([*entries, np.ones(len(rows) - sum(map(len, entries)))])
        factor = csr_array((values, (rows, columns)), shape=(size, size))
        kappa = self.owner @ x[self.kept[len(self.kept) - self.owner.shape[1] :]]
        precision, pull = self.own, self.pull[0]
        if kappa.any():
            crossed = self.cross * kappa
            precision = precision + crossed + crossed.T + kappa[:, None] * self.square * kappa
            pull = pull + kappa * self.pull[1]
        total = factor.T @ (factor.T @ precision).T
        total[np.diag_indices(size)] += 1.0
        root, failed = lapack.dpotrf(total.T, lower=1, clean=1, overwrite_a=1)
        if failed:
            raise np.linalg.LinAlgError(f"P has no Cholesky factor (leading minor {failed})")
        mean, _ = lapack.dpotrs(root, factor.T @ pull, lower=1)
        return Given(factor, kappa, pull, root, mean)

    def log_density(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Log marginal posterior at an unconstrained point, and its gradient by ``kept``."""
        given = self.given(x)
        factor, mean = given.factor, given.mean
        inverse, _ = lapack.dpotri(given.root, lower=1)
        covariance = np.tril(inverse) + np.tril(inverse, -1).T
        value, gradient = self._prior(x)
        # With M = C + m m':  d log p = h' dR m - tr(M R' T dR), and R' T R M = I - C + (R'h - m) m'
        _, _, members = self._pattern
        residual = factor.T @ given.pull - mean
        for family, own in zip(self.families, members, strict=True):
            apart = np.einsum("gk,hk->gh", residual[own], mean[own])
            apart += np.eye(len(own)) * own.shape[1]
            apart -= covariance[own[:, None], own[None]].sum(axis=2)
            by_factor = np.einsum("gk,hk->gh", given.pull[own], mean[own])
            by_factor -= np.linalg.solve(family.factor(x).T, apart)
            gradient[family.scales] += family.pulled(x, by_factor)
        if self.owner.shape[1]:
            active = np.flatnonzero(self.owner.any(axis=1))
            deviation = factor @ mean
            second = factor @ (factor[active] @ covariance).T
            second += np.outer(deviation, deviation[active])
            slope = self.cross[:, active] + given.persistence[:, None] * self.square[:, active]
            by_column = self.pull[1][active] * deviation[active] - (second * slope).sum(axis=0)
            gradient[self.kept[-self.owner.shape[1] :]] += by_column @ self.owner[active]
        return value + given.log_density, gradient[self.kept]

    def geometry(self) -> tuple[np.ndarray, np.ndarray]:
        """Centre (kept,) and factor (kept, kept) of coordinates in which it is easy to sample.

        The mode, and the curvature there where there is more of it than the priors have: at
        a mode where an sd is zero it may be of either sign.
        """

        def objective(kept: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = self.log_density(self.point(kept))
            return -value, -gradient

        at = np.zeros(len(self.kept))
        at[np.isin(self.kept, np.concatenate([f.sd for f in self.families]))] = _REFERENCE_SD
        found = minimize(objective, at, jac=True, method="L-BFGS-B")
        step = 1e-3 * np.eye(len(at))
        hessian = np.array([objective(found.x + e)[1] - objective(found.x - e)[1] for e in step])
        values, axes = np.linalg.eigh(hessian + hessian.T)
        return found.x, axes / np.sqrt(np.maximum(values / (4 * step[0, 0]), 1.0))

    def _prior(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Log prior of the kept parameters and its gradient (dim,).

        Standard normal, but for a correlation, uniform over its interval: the logistic density.
        """
        place = [f.correlation for f in self.families if f.correlation is not None]
        normal = np.setdiff1d(self.kept, place)
        gradient = np.zeros(self.dim)
        gradient[normal] = -x[normal]
        gradient[place] = -np.tanh(0.5 * x[place])
        value = -0.5 * (x[normal] ** 2).sum()
        return value - 2.0 * np.logaddexp(0.5 * x[place], -0.5 * x[place]).sum(), gradient

    def point(self, kept: np.ndarray) -> np.ndarray:
        """An unconstrained point (dim,) with these kept parameters, the others zero."""
        x = np.zeros(self.dim)
        x[self.kept] = kept
        return x
