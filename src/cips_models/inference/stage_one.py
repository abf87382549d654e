"""Stage 1 of the cut route: items, persons and every cell's level, nothing pooled.

Every cell has a level of its own, so that there is no funnel, and the log-likelihood is close
to quadratic: a Gaussian stands in for it, in stage 2 and wherever the hierarchy is added.

Item shifts are pooled already here, given their sds.  Where all items of a cell drift together
nothing tells it from a change of level: so the error of a level has a part that more respondents
do not reduce, omega^2 / J, and stage 2 need not know of items.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import xarray as xr
from scipy.linalg import solve_triangular

from cips_models.inference.coordinates import Coordinates
from cips_models.inference.quadratic import Bordered, Gaussian
from cips_models.model.build import CellEstimates, blueprint
from cips_models.model.density import Density
from cips_models.model.likelihood import read_by_likelihood
from cips_models.model.quadrature import Quadrature

#: Variance of a shared error, in units of a country's own, that is left out between countries.
#: In the demonstration no linear combination of errors is misstated by more than 2 % of its
#: variance, and a third of the shared dimensions goes.
_NEGLIGIBLE = 0.02


@dataclass(frozen=True)
class StageOne:
    """Stage 1 of the cut route: a Gaussian that stands in for the likelihood.

    The log-likelihood is slope' x - x' curvature x / 2, up to a constant, where x are the
    coordinates, and item shifts in logits.

    Attributes
    ----------
    density : Density
        Of items, persons and the level of every cell on its own.
    coordinates : Coordinates
        What its coordinates are.
    curvature : Bordered
    slope : (dim,) array
    sds : (term,) array
        Sds of item shifts that are estimated, in logits, as they are now.
    flat : float
        Precision of the prior of levels, in units of the specification's flat one: one, or
        zero where a hierarchy takes its place.
    origin : StageOne or None
        The one that this is a version of: it knows which errors countries share.
    """

    density: Density
    coordinates: Coordinates
    curvature: Bordered
    slope: np.ndarray
    sds: np.ndarray
    flat: float = 1.0
    origin: "StageOne | None" = None

    def given(self, sds: np.ndarray) -> "StageOne":
        """The same at other sds (term,) of item shifts."""
        return replace(self, sds=sds, origin=None)

    def version(self, sds: np.ndarray) -> "StageOne":
        """The same, with countries sharing errors in the directions in which they do here.

        One of many, which differ little: what is left out between countries is not looked for
        again.
        """
        return replace(self, sds=sds, origin=self)

    def touching(self, at: np.ndarray, slope: np.ndarray) -> "StageOne":
        """The same curvature, and this slope of the log-likelihood (dim,) at a point (dim,)."""
        spread = self.coordinates.spread(self.sds)
        return replace(self, origin=None, slope=slope / spread + self.curvature.times(at * spread))

    @cached_property
    def _precision(self) -> Bordered:
        prior = self.coordinates.parts.free.astype(float)
        prior[self.coordinates.level] = self.flat
        return self.curvature.scaled(self.coordinates.spread(self.sds), prior)

    @cached_property
    def _gaussian(self) -> Gaussian:
        return Gaussian.of(self._precision)

    @cached_property
    def _rest(self) -> Gaussian:
        """Of everything given the levels."""
        return self._gaussian.given(self.coordinates.parts.without(self.coordinates.level))

    @cached_property
    def _pull(self) -> np.ndarray:
        return np.asarray(self.slope * self.coordinates.spread(self.sds))

    @cached_property
    def _centre(self) -> np.ndarray:
        return self._gaussian.solve(self._pull)

    @cached_property
    def mode(self) -> np.ndarray:
        """(dim,) of all coordinates."""
        mode = self._centre.copy()
        mode[self.coordinates.sd] = self._held
        return mode

    @property
    def _held(self) -> np.ndarray:
        return np.asarray(self.sds / self.coordinates.scale)

    @cached_property
    def cells(self) -> CellEstimates:
        """Levels and their covariance, the only thing stage 2 sees."""
        plan = self.coordinates
        alone, shared = self._level_errors
        known = (self.origin or self)._shared_directions
        within, common = _errors(alone, shared, known)
        order = np.searchsorted(np.concatenate(plan.level_places), plan.level)
        unit = plan.unit
        return CellEstimates(
            plan.position,
            unit * self.mode[plan.level],
            unit**2 * within[np.ix_(order, order)],
            unit * common[order],
        )

    @cached_property
    def _level_errors(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        return self._gaussian.inverse([len(own) for own in self.coordinates.level_places])

    @cached_property
    def _shared_directions(self) -> np.ndarray:
        """(shared, direction) orthonormal: what countries share that matters to their levels."""
        return _directions(*self._level_errors)

    @cached_property
    def log_evidence(self) -> float:
        """Log of the integral of the Gaussian over all coordinates, up to a constant.

        The part of the marginal likelihood of the sds of item shifts that the levels' flat
        prior leaves.
        """
        return 0.5 * float(self._pull @ self._centre) - 0.5 * self._gaussian.log_determinant

    @property
    def log_evidence_gradient(self) -> np.ndarray:
        """(term,) gradient by the sds: E z'z - n over the sd (Fisher's identity)."""
        square = self.mode**2 + self._gaussian.variances - 1.0
        total = [square[place].sum() for place in self.coordinates.shifts.values()]
        return np.asarray(np.array(total) / self.sds)

    @property
    def quadrature(self) -> Quadrature:
        """The grid: the specification's, or a finer one where that did not suffice."""
        return blueprint(self.density.model).specification.quadrature

    def draws(self, chains: int, length: int, rng: np.random.Generator) -> xr.Dataset:
        """Draws of all that the likelihood reads, dims (chain, draw, ...)."""
        z = rng.standard_normal((chains * length, self.density.dim))
        points = self.mode + self._gaussian.spread(z.T).T
        public = self.density.public(points.reshape(chains, length, -1))
        return public[[*read_by_likelihood(public), *({"item_sd"} & set(public))]]

    def levels_of(self, level: xr.DataArray) -> np.ndarray:
        """(chain, draw, estimate) levels in logits, of an array over all cells."""
        country, factor, group, wave = self.coordinates.position.T
        order = ("chain", "draw", "country", "factor", "group", "wave")
        return level.transpose(*order).to_numpy()[:, :, country, factor, group, wave]

    def completed(self, levels: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Points (draw, dim): levels (draw, estimate) as given, the rest given them.

        ``z`` (draw, dim) is standard normal, or zero for the mean.
        """
        plan = self.coordinates
        points = np.zeros((len(levels), self.density.dim))
        points[:, plan.level] = levels / plan.unit
        towards = self._pull[:, None] - self._precision.times(points.T)
        rest = self._rest.solve(towards) + self._rest.spread(z.T)
        points += rest.T
        points[:, plan.sd] = self._held
        return points

    def log_density(self, levels: np.ndarray, z: np.ndarray) -> np.ndarray:
        """(draw,) log of what stands in for likelihood and prior at :meth:`completed` points.

        Without the prior of the levels and of the sds.  It is the density of the estimates
        given the levels, as stage 2 has it, times that of the rest given the levels.
        """
        root = np.linalg.cholesky(self.cells.covariance)
        standard = solve_triangular(root, (levels - self.cells.mean).T, lower=True)
        fall = (standard**2).sum(axis=0) + (z[:, self._rest.parts.free] ** 2).sum(axis=1)
        size = np.log(np.diag(root)).sum() - 0.5 * self._rest.log_determinant
        return np.asarray(self.log_evidence - size - 0.5 * fall)

    def log_prior(self, points: np.ndarray) -> np.ndarray:
        """(draw,) log prior of items and persons at points (draw, dim), up to a constant."""
        return np.asarray(-0.5 * (points[:, self._rest.parts.free] ** 2).sum(axis=1))

    def log_likelihood(self) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """For one thread: log-likelihood at a point (dim,), up to a constant, and its gradient."""
        return without_prior(self.density)


def without_prior(density: Density) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """For one thread: the log-likelihood, of a model whose coordinates are standard normal."""
    function = density.function()

    def evaluate(x: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = function(x)
        return value + 0.5 * float(x @ x), gradient + x

    return evaluate


def _directions(alone: list[np.ndarray], shared: list[np.ndarray]) -> np.ndarray:
    """Directions (shared, direction) in which errors in common are something to a country's own."""
    roots = [np.linalg.cholesky(own) for own in alone]
    whitened = [np.linalg.solve(root, own) for root, own in zip(roots, shared, strict=True)]
    _, size, back = np.linalg.svd(np.concatenate(whitened), full_matrices=False)
    return np.asarray(back[(size**2 > _NEGLIGIBLE) & (len(alone) > 1)].T)


def _errors(
    alone: list[np.ndarray], shared: list[np.ndarray], directions: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Errors of the levels: a country's own covariance, and coefficients of those in common.

    Levels of different cells err together by what they share, items and person spreads.
    Directions in which this is nothing to what a country errs by itself are left out between
    countries, and kept within; so one country shares nothing.
    """
    ends = np.cumsum([0, *(len(own) for own in alone)])
    within = np.zeros((ends[-1], ends[-1]))
    for start, end, own, common in zip(ends[:-1], ends[1:], alone, shared, strict=True):
        kept = common @ directions
        within[start:end, start:end] = own + common @ common.T - kept @ kept.T
    return within, np.concatenate(shared) @ directions
