"""Stage 1 of the cut route: items, persons and every cell's level, nothing pooled.

Every cell has a level of its own, so that there is no funnel, and the log-likelihood is close
to quadratic: a Gaussian stands in for it, in stage 2 and wherever the hierarchy is added.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import xarray as xr
from scipy.linalg import cho_factor, cho_solve
from threadpoolctl import threadpool_limits

from cips_models.inference.accuracy import sufficient
from cips_models.inference.curvature import curvature
from cips_models.inference.laplace import covariance, definite, factorise, maximise
from cips_models.model.build import CellEstimates, blueprint, build
from cips_models.model.density import Density
from cips_models.model.likelihood import PUBLIC
from cips_models.model.quadrature import Quadrature
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

logger = logging.getLogger(__name__)

#: Variance of a shared error, in units of a country's own, that is left out between countries.
#: In the demonstration no linear combination of errors is misstated by more than 2 % of its
#: variance, and a third of the shared dimensions goes.
_NEGLIGIBLE = 0.02

#: Grids that are tried, and draws that one is judged by.
_GRIDS, _DRAWS = 4, 20


@dataclass(frozen=True)
class StageOne:
    """Stage 1 of the cut route: a Gaussian that stands in for the likelihood.

    Attributes
    ----------
    cells : CellEstimates
        Levels and their covariance, the only thing stage 2 sees.
    density : Density
        Of items, persons and the level of every cell on its own.
    mode : (dim,) array
        Of the unconstrained parameters.
    factor : (dim, dim) array
        Upper triangular; ``factor factor'`` is the covariance of all parameters.
    level : slice
        The levels among the parameters.
    unit : float
        Logits in a unit of the parameters that are levels.
    """

    cells: CellEstimates
    density: Density
    mode: np.ndarray
    factor: np.ndarray
    level: slice
    unit: float

    @classmethod
    def of(
        cls, density: Density, mode: np.ndarray, precision: np.ndarray, unit: float
    ) -> "StageOne":
        """From the mode and the precision (dim, dim) of all parameters.

        Raises
        ------
        FitError
            The precision is not positive definite.
        """
        places = density.places["level_z"]
        block = slice(places[0], places[-1] + 1)
        factor = factorise(precision)
        position = np.argwhere(blueprint(density.model).design.observed)
        within, shared = _errors(precision, block, position[:, 0])
        cells = CellEstimates(position, unit * mode[block], unit**2 * within, unit * shared)
        return cls(cells, density, mode, factor, block, unit)

    def touching(self, at: np.ndarray, slope: np.ndarray) -> "StageOne":
        """The same curvature, around the mode that gives it this slope (dim,) at a point."""
        mode = at + self.factor @ (self.factor.T @ slope)
        cells = replace(self.cells, mean=self.unit * mode[self.level])
        return replace(self, cells=cells, mode=mode)

    @property
    def quadrature(self) -> Quadrature:
        """The grid: the specification's, or a finer one where that did not suffice."""
        return blueprint(self.density.model).specification.quadrature

    def draws(self, chains: int, length: int, rng: np.random.Generator) -> xr.Dataset:
        """Draws of all that the likelihood reads, dims (chain, draw, ...)."""
        z = rng.standard_normal((chains, length, len(self.mode)))
        return self.density.public(self.mode + z @ self.factor.T)[list(PUBLIC)]

    def levels_of(self, level: xr.DataArray) -> np.ndarray:
        """(chain, draw, estimate) levels in logits, of an array over all cells."""
        country, factor, group, wave = self.cells.position.T
        order = ("chain", "draw", "country", "factor", "group", "wave")
        return level.transpose(*order).to_numpy()[:, :, country, factor, group, wave]

    def completed(self, levels: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Points (..., dim): levels (..., estimate) as given, the rest given them.

        ``z`` (..., rest) is standard normal, or zero for the mean.
        """
        rest, slope, root = self._given_levels
        points = np.empty((*levels.shape[:-1], len(self.mode)))
        points[..., self.level] = levels / self.unit
        shift = (points[..., self.level] - self.mode[self.level]) @ slope
        points[..., rest] = self.mode[rest] + shift + z @ root.T
        return points

    @property
    def rest(self) -> int:
        """How many parameters are no levels."""
        return len(self.mode) - len(self.cells.mean)

    @cached_property
    def _given_levels(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which parameters are no levels, their regression on levels and the root of the rest."""
        rest = np.ones(len(self.mode), dtype=bool)
        rest[self.level] = False
        spread = self.factor @ self.factor.T
        between = spread[self.level][:, rest]
        slope = cho_solve(cho_factor(spread[self.level, self.level]), between)
        return rest, slope, np.linalg.cholesky(spread[np.ix_(rest, rest)] - between.T @ slope)

    def log_prior(self, points: np.ndarray) -> np.ndarray:
        """(...) log prior of items and persons at points (..., dim), up to a constant."""
        rest = np.delete(points, np.r_[self.level], axis=-1)
        return np.asarray(-0.5 * (rest**2).sum(axis=-1))

    def likelihood(self) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """For one thread: log density and gradient, without the flat prior of the levels."""
        function = self.density.function()

        def evaluate(x: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = function(x)
            level = x[self.level]
            gradient[self.level] += level
            return value + float(0.5 * level @ level), gradient

        return evaluate


def stage_one(survey: Survey, spec: Specification, *, threads: int = 2) -> StageOne:
    """Estimate every cell on its own, by the mode and the curvature there.

    The quadrature is judged there too, and made finer where it does not suffice.
    Without a hierarchy there is no funnel, and the log-likelihood of a cell's level is
    close to quadratic: the Gaussian approximation is sound here.

    Parameters
    ----------
    survey : Survey
    spec : Specification
        Its items and persons; of its hierarchy nothing is used (as in
        ``models/cut-stage1.toml``).
    threads : int

    Raises
    ------
    FitError
        Some parameter is not identified.
    """
    unit = spec.priors["flat_cell"].sd
    start = None
    for _ in range(_GRIDS):
        density = every_cell_alone(survey, spec)
        everything = np.ones(density.dim, dtype=bool)
        with threadpool_limits(1):
            mode = maximise(density, density.start if start is None else start, everything)
            precision = curvature(density, mode, everything, threads=threads)
        around = StageOne.of(density, mode, definite(precision), unit)
        public = around.draws(1, _DRAWS, np.random.default_rng(0))
        grid = sufficient(public, blueprint(density.model).layout, spec.quadrature, threads)
        if grid == spec.quadrature:
            break
        spec, start = replace(spec, quadrature=grid), mode
    else:
        logger.warning("the quadrature still errs notably after %d refinements", _GRIDS - 1)
    factorise(precision)  # refuses what is not identified
    return around


def every_cell_alone(survey: Survey, spec: Specification) -> Density:
    """Items, persons and every cell's level, nothing pooled."""
    structure = replace(spec.structure, measurement="answers", pooling=False)
    return Density(build(survey, replace(spec, structure=structure)))


def _errors(
    precision: np.ndarray, level: slice, country: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Errors of the levels: a country's own covariance, and coefficients of those in common.

    Levels of different cells err together by what they share, items and person spreads.
    Directions in which this is nothing to what a country errs by itself are left out between
    countries, and kept within.
    """
    rest = np.ones(len(precision), dtype=bool)
    rest[level] = False
    own = covariance(precision[level, level])
    slope = own @ precision[level, rest]
    shared = slope @ factorise(precision[np.ix_(rest, rest)] - precision[rest, level] @ slope)
    root = np.linalg.cholesky(own)
    left, size, _ = np.linalg.svd(np.linalg.solve(root, shared), full_matrices=False)
    directions = root @ (left * size)
    kept = size**2 > _NEGLIGIBLE
    small = directions[:, ~kept] @ directions[:, ~kept].T
    return own + small * (country[:, None] == country), directions[:, kept]
