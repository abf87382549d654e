"""Stage 1 fitted: mode and curvature of items, persons and every cell on its own."""

import logging
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from cips_models.errors import FitError
from cips_models.inference.accuracy import sufficient
from cips_models.inference.coordinates import Coordinates
from cips_models.inference.curvature import curvature
from cips_models.inference.item_sds import ItemSds
from cips_models.inference.laplace import maximise
from cips_models.inference.quadratic import Bordered, Gaussian
from cips_models.inference.stage_one import StageOne, without_prior
from cips_models.model.build import blueprint, build
from cips_models.model.density import Density
from cips_models.model.shifts import refuse_sparse
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

logger = logging.getLogger(__name__)

#: Grids that are tried, and draws that one is judged by.
_GRIDS, _DRAWS = 4, 20

#: Where the sds of item shifts start, in units of their priors' scales; rounds to the mode for
#: sds that change by more than a share of themselves (or of a part of their scale, if smaller).
_START, _ROUNDS, _CHANGE, _SMALL = 0.6, 4, 0.1, 0.1


def stage_one(survey: Survey, spec: Specification, *, threads: int = 2) -> StageOne:
    """Estimate every cell on its own, by the mode and the curvature there.

    The quadrature is judged there too, and made finer where it does not suffice.
    Without a hierarchy there is no funnel, and the log-likelihood of a cell's level is
    close to quadratic: the Gaussian approximation is sound here.  The sds of item shifts are
    at the mode of their marginal posterior.

    Parameters
    ----------
    survey : Survey
    spec : Specification
        Its items and persons; of its hierarchy nothing is used (as in
        ``models/cut-stage1.toml``).
    threads : int

    Raises
    ------
    SpecificationError
        Item shifts are sparse, which no Gaussian stands for.
    FitError
        Some parameter is not identified.
    """
    refuse_sparse(spec, "stage 1 (importance sampling, the cut route)")
    start = sds = None
    for _ in range(_GRIDS):
        density = every_cell_alone(survey, spec)
        with threadpool_limits(1):
            found, identified = _at_mode(density, start, sds, threads)
            public = found.draws(1, _DRAWS, np.random.default_rng(0))
        grid = sufficient(public, blueprint(density.model).layout, spec.quadrature, threads)
        if grid == spec.quadrature:
            break
        spec, start, sds = replace(spec, quadrature=grid), found.mode, found.sds
    else:
        logger.warning("the quadrature still errs notably after %d refinements", _GRIDS - 1)
    if not identified:
        raise FitError(
            "Stage 1: the curvature at the mode is not positive definite; some parameter is "
            "not identified. Look at items and groups with very few answers."
        )
    return found


def every_cell_alone(survey: Survey, spec: Specification) -> Density:
    """Items, persons and every cell's level, nothing pooled."""
    structure = replace(spec.structure, measurement="answers", pooling=False)
    return Density(build(survey, replace(spec, structure=structure)))


def expanded_around(
    density: Density, at: np.ndarray, sds: np.ndarray, threads: int
) -> tuple[StageOne, bool]:
    """The log-likelihood expanded at a point (dim,), and whether it curves downwards there.

    Where it does not, together with a standard normal prior, that prior's curvature is taken.
    """
    plan = Coordinates.of(density)
    parts = plan.parts
    precision = np.zeros((parts.dim, parts.dim))
    precision[np.ix_(parts.free, parts.free)] = curvature(density, at, parts.free, threads=threads)
    bordered, identified = Bordered.of(precision, parts), True
    try:
        Gaussian.of(bordered)
    except FitError:
        bordered, identified = bordered.mended(), False
    likelihood = bordered.scaled(np.ones(parts.dim), -parts.free.astype(float))
    spread = plan.spread(sds)
    own = likelihood.scaled(1.0 / spread, np.zeros(parts.dim))
    empty = StageOne(density, plan, own, np.zeros(parts.dim), sds)
    return empty.touching(at, without_prior(density)(at)[1]), identified


def _at_mode(
    density: Density, start: np.ndarray | None, sds: np.ndarray | None, threads: int
) -> tuple[StageOne, bool]:
    """The log-likelihood expanded at the mode, at the sds of item shifts that speak for it.

    The mode follows the sds; the curvature of answers hardly changes over so little.
    """
    plan, slope = Coordinates.of(density), without_prior(density)
    x = density.start.copy() if start is None else start
    sds = _START * plan.scale if sds is None else sds
    x[plan.sd] = sds / plan.scale
    x = maximise(density, x, plan.parts.free)
    found, identified = expanded_around(density, x, sds, threads)
    for _ in range(_ROUNDS):
        posterior = ItemSds(found)
        better = posterior.sds(posterior.mode)
        change = np.abs(better - found.sds) / np.maximum(found.sds, _SMALL * plan.scale)
        found = found.given(better)
        if not (change > _CHANGE).any():
            break
        x = maximise(density, found.mode, plan.parts.free)
        found = found.touching(x, slope(x)[1])
    return found, identified
