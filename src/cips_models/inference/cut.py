"""The cut route: every cell first, blind to the support; then the hierarchy, which sees it.

Stage 1 estimates items, person spreads and every cell's level without pooling anything and
hands on the levels with their covariance.  Stage 2 is the hierarchy fitted to them as
measurements with known error, most of it integrated out (see ``collapse``); what it learns
does not flow back (a cut posterior; Plummer 2015).  A contrast of a pooled, support-blind fit
would be attenuated; this one is not.
"""

from dataclasses import dataclass, replace

import numpy as np
import pymc as pm
import xarray as xr

from cips_models.inference.accuracy import noted
from cips_models.inference.chains import Progress, Schedule
from cips_models.inference.every_cell import stage_one
from cips_models.inference.fit import LOG_LIKELIHOOD, Fit
from cips_models.inference.sampling import DRAWS, TUNE, sample
from cips_models.inference.stage_one import StageOne
from cips_models.model.build import CellEstimates, build
from cips_models.model.likelihood import SHIFT
from cips_models.model.quadrature import Quadrature
from cips_models.model.shifts import refuse_sparse
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, DIMS, DRAW
from cips_models.survey.survey import Survey


@dataclass(frozen=True)
class Measured:
    """What stage 2 takes from stage 1: it may go to another process.

    Attributes
    ----------
    cells : CellEstimates
    quadrature : Quadrature
    items : xarray.Dataset
        Draws of item parameters and person spreads, dims (chain, draw, ...).
    """

    cells: CellEstimates
    quadrature: Quadrature
    items: xr.Dataset

    @classmethod
    def of(cls, first: StageOne, *, seed: int, chains: int, draws: int) -> "Measured":
        """From a stage 1, for fits of so many chains and draws."""
        items = first.draws(chains, draws, np.random.default_rng(seed))
        items = items.drop_vars(["level", SHIFT], errors="ignore")  # no answers will be replayed
        return cls(first.cells, first.quadrature, items)


def stage_two(survey: Survey, spec: Specification, cells: CellEstimates) -> pm.Model:
    """The specification's hierarchy as a model of cell estimates."""
    structure = replace(spec.structure, measurement="cells")
    return build(survey, replace(spec, structure=structure), cells=cells)


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
    SpecificationError
        Item shifts are sparse, which no Gaussian stands for.
    FitError
        Stage 1 does not identify some parameter.
    """
    refuse_sparse(spec, "the cut route")
    schedule = Schedule(seed, draws or DRAWS["cut"], tune, chains, cores, progress)
    schedule.tell(0.01, "stage 1")
    first = stage or stage_one(survey, spec, threads=cores)
    measured = Measured.of(first, seed=seed, chains=chains, draws=schedule.draws)
    return fitted_to(measured, survey, spec, schedule)


def fitted_to(measured: Measured, survey: Survey, spec: Specification, schedule: Schedule) -> Fit:
    """Fit stage 2 to what a stage 1 measured, with as many chains and draws."""
    own = replace(spec, quadrature=measured.quadrature)
    fit = sample(stage_two(survey, own, measured.cells), route="cut", schedule=schedule)
    chains, draws = fit.posterior.sizes[CHAIN], fit.posterior.sizes[DRAW]  # fewer after a Ctrl-C
    items = measured.items.isel(chain=slice(chains), draw=slice(draws))
    told = cell_log_likelihood(measured.cells, fit.posterior["level"])
    fit = replace(
        fit,
        posterior=fit.posterior.merge(items),
        sample_stats=fit.sample_stats.assign({LOG_LIKELIHOOD: told}),
    )
    return noted(fit, spec)


def cell_log_likelihood(cells: CellEstimates, level: xr.DataArray) -> xr.DataArray:
    """Log density (chain, draw) of the estimates given the levels, up to a constant."""
    values = level.transpose(CHAIN, DRAW, *DIMS).to_numpy()[:, :, *cells.position.T]
    root = np.linalg.cholesky(cells.covariance)
    apart = (values - cells.mean).reshape(-1, len(cells.mean))
    fall = (np.linalg.solve(root, apart.T) ** 2).sum(axis=0)
    return xr.DataArray(-0.5 * fall.reshape(values.shape[:2]), dims=(CHAIN, DRAW))
