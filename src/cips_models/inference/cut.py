"""The cut route: every cell first, blind to the support; then the hierarchy, which sees it.

Stage 1 estimates items, person spreads and every cell's level without pooling anything and
hands on the levels with their covariance.  Stage 2 is the hierarchy fitted to them as
measurements with known error, most of it integrated out (see ``collapse``); what it learns
does not flow back (a cut posterior; Plummer 2015).  A contrast of a pooled, support-blind fit
would be attenuated; this one is not.
"""

from dataclasses import replace

import numpy as np
import pymc as pm

from cips_models.inference.accuracy import noted
from cips_models.inference.chains import Progress, Schedule
from cips_models.inference.every_cell import stage_one
from cips_models.inference.fit import Fit
from cips_models.inference.sampling import DRAWS, TUNE, sample
from cips_models.inference.stage_one import StageOne
from cips_models.model.build import CellEstimates, build
from cips_models.model.likelihood import SHIFT
from cips_models.model.shifts import refuse_sparse
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey


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
    own = replace(spec, quadrature=first.quadrature)
    fit = sample(stage_two(survey, own, first.cells), route="cut", schedule=schedule)
    items = first.draws(chains, schedule.draws, np.random.default_rng(seed))
    items = items.drop_vars(["level", SHIFT], errors="ignore")  # no answers will be replayed
    fit = replace(fit, posterior=fit.posterior.merge(items))
    return noted(fit, spec)
