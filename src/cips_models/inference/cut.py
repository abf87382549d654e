"""The cut route: every cell first, blind to the support; then the hierarchy, which sees it.

Stage 1 estimates items, person spreads and every cell's level without pooling anything and
hands on the levels with their covariance.  Stage 2 is the hierarchy fitted to them as
measurements with known error; what it learns does not flow back (a cut posterior; Plummer
2015).  A contrast of a pooled, support-blind fit would be attenuated; this one is not.
"""

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from cips_models.inference.fit import Fit
from cips_models.inference.laplace import covariance, curvature, factorise, maximise
from cips_models.inference.sampling import TUNE, Progress, sample
from cips_models.model.build import CellEstimates, blueprint, build
from cips_models.model.density import Density
from cips_models.model.specification import Specification, specification
from cips_models.survey.survey import Survey

#: What stage 2 does not estimate, and percentages need.
_FROM_STAGE_ONE = ("discrimination", "threshold", "general_spread", "specific_spread")


@dataclass(frozen=True)
class StageOne:
    """Stage 1 of the cut route.

    Attributes
    ----------
    cells : CellEstimates
        Levels and their covariance, the only thing stage 2 sees.
    density : Density
    mode : (dim,) array
        Of the unconstrained parameters; with ``factor`` it gives draws of the items.
    factor : (dim, dim) array
        ``factor factor'`` is the covariance of all parameters.
    """

    cells: CellEstimates
    density: Density
    mode: np.ndarray
    factor: np.ndarray

    def draws(self, chains: int, length: int, rng: np.random.Generator) -> xr.Dataset:
        """Draws of item parameters and person spreads, dims (chain, draw, ...)."""
        z = rng.standard_normal((chains, length, len(self.mode)))
        public = self.density.public(self.mode + z @ self.factor.T)
        return public[list(_FROM_STAGE_ONE)]


def stage_one(survey: Survey, spec: Specification, *, threads: int = 2) -> StageOne:
    """Estimate every cell on its own, by the mode and the curvature there.

    Without a hierarchy there is no funnel, and the log-likelihood of a cell's level is
    close to quadratic: the Gaussian approximation is sound here.

    Parameters
    ----------
    survey : Survey
    spec : Specification
        Its quadrature is used; the rest is that of ``models/cut-stage1.toml``.
    threads : int

    Raises
    ------
    FitError
        Some parameter is not identified.
    """
    alone = replace(
        specification("cut-stage1"),
        quadrature=spec.quadrature,
        least_specific=spec.least_specific,
    )
    model = build(survey, alone)
    plan = blueprint(model)
    density = Density(model)
    everything = np.ones(density.dim, dtype=bool)
    mode = maximise(density, density.start, everything)
    precision = curvature(density, mode, everything, threads=threads)
    at, size = 0, 0
    for name, _, size, _ in density.point_map:
        if name == "level_z":
            break
        at += size
    block = slice(at, at + size)
    flat = plan.specification.priors["flat_cell"].sd
    cells = CellEstimates(
        position=np.argwhere(plan.design.observed),
        mean=flat * mode[block],
        covariance=flat**2 * covariance(precision)[block, block],
    )
    return StageOne(cells, density, mode, factorise(precision))


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
    if progress:
        progress(0.0, "stage 1")
    first = stage or stage_one(survey, spec, threads=cores)
    structure = replace(spec.structure, measurement="cells")
    model = build(survey, replace(spec, structure=structure), cells=first.cells)
    fit = sample(
        model,
        route="cut",
        seed=seed,
        draws=draws,
        tune=tune,
        chains=chains,
        cores=cores,
        progress=progress,
    )
    items = first.draws(chains, fit.posterior.sizes["draw"], np.random.default_rng(seed))
    return replace(fit, posterior=fit.posterior.merge(items))
