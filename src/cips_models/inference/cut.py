"""The cut route: every cell first, blind to the support; then the hierarchy, which sees it.

Stage 1 estimates items, person spreads and every cell's level without pooling anything and
hands on the levels with their covariance.  Stage 2 is the hierarchy fitted to them as
measurements with known error, most of it integrated out (see ``collapse``); what it learns
does not flow back (a cut posterior; Plummer 2015).  A contrast of a pooled, support-blind fit
would be attenuated; this one is not.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from threadpoolctl import threadpool_limits

from cips_models.inference.fit import Fit
from cips_models.inference.laplace import covariance, curvature, factorise, maximise
from cips_models.inference.sampling import TUNE, Progress, sample
from cips_models.model.build import CellEstimates, blueprint, build
from cips_models.model.density import Density
from cips_models.model.likelihood import PUBLIC
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

#: Variance of a shared error, in units of a country's own, that is left out between countries.
_NEGLIGIBLE = 0.01


@dataclass(frozen=True)
class StageOne:
    """Stage 1 of the cut route.

    Attributes
    ----------
    cells : CellEstimates
        Levels and their covariance, the only thing stage 2 sees.
    density : Density
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

    def draws(self, chains: int, length: int, rng: np.random.Generator) -> xr.Dataset:
        """Draws of item parameters and person spreads, dims (chain, draw, ...)."""
        z = rng.standard_normal((chains, length, len(self.mode)))
        items = self.measurement(self.mode + z @ self.factor.T)
        return items[[name for name in PUBLIC if name != "level"]]

    def measurement(self, points: np.ndarray) -> xr.Dataset:
        """Items and persons, which stage 2 does not estimate, at (chain, draw, dim) points."""
        return self.density.public(points).drop_vars("level")


def stage_one(survey: Survey, spec: Specification, *, threads: int = 2) -> StageOne:
    """Estimate every cell on its own, by the mode and the curvature there.

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
    structure = replace(spec.structure, measurement="answers", pooling=False)
    model = build(survey, replace(spec, structure=structure))
    density = Density(model)
    everything = np.ones(density.dim, dtype=bool)
    with threadpool_limits(1):
        mode = maximise(density, density.start, everything)
        precision = curvature(density, mode, everything, threads=threads)
    places = density.places["level_z"]
    block = slice(places[0], places[-1] + 1)
    unit = spec.priors["flat_cell"].sd
    within, shared = _errors(precision, block, blueprint(model).design.observed)
    cells = CellEstimates(
        position=np.argwhere(blueprint(model).design.observed),
        mean=unit * mode[block],
        within=unit**2 * within,
        shared=unit * shared,
    )
    return StageOne(cells, density, mode, factorise(precision), block, unit)


def _errors(
    precision: np.ndarray, level: slice, observed: np.ndarray
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
    country = np.argwhere(observed)[:, 0]
    small = directions[:, ~kept] @ directions[:, ~kept].T
    return own + small * (country[:, None] == country), directions[:, kept]


def both_stages(
    survey: Survey,
    spec: Specification,
    stage: StageOne | None,
    *,
    cores: int,
    progress: Progress | None,
    **sampling: Any,
) -> tuple[StageOne, Fit]:
    """Stage 1, unless there is one, and the specification's hierarchy fitted to its cells."""
    if progress:
        progress(0.0, "stage 1")
    first = stage or stage_one(survey, spec, threads=cores)
    structure = replace(spec.structure, measurement="cells")
    model = build(survey, replace(spec, structure=structure), cells=first.cells)
    return first, sample(model, route="cut", cores=cores, progress=progress, **sampling)


def cut(
    survey: Survey,
    spec: Specification,
    *,
    seed: int,
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = 4,
    cores: int = 2,
    stage: StageOne | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit a specification by the cut route.

    Parameters
    ----------
    survey : Survey
    spec : Specification
        Its hierarchy is stage 2; see ``models/cut-stage2.toml``.
    seed, draws, tune, chains, cores, progress
        As for :func:`cips_models.fit`.
    stage : StageOne, optional
        An earlier stage 1 of the same survey, which costs more than stage 2.

    Returns
    -------
    Fit
        With item parameters and person spreads drawn from stage 1, uninformed by stage 2.

    Raises
    ------
    FitError
        Stage 1 does not identify some parameter.
    """
    first, fit = both_stages(
        survey, spec, stage,
        seed=seed, draws=draws, tune=tune, chains=chains, cores=cores, progress=progress,
    )  # fmt: skip
    items = first.draws(chains, fit.posterior.sizes["draw"], np.random.default_rng(seed))
    return replace(fit, posterior=fit.posterior.merge(items))
