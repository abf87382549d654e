"""The joint posterior, by whichever sampler its diagnostics allow."""

import logging
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from cips_models.errors import FitError, SpecificationError
from cips_models.inference.accuracy import (
    MOST_QUADRATURE_SD,
    noted,
    quadrature_error,
    reweighted,
    sufficient,
)
from cips_models.inference.chains import Progress, Schedule
from cips_models.inference.every_cell import every_cell_alone, stage_one
from cips_models.inference.fit import Fit
from cips_models.inference.forecast import forecast
from cips_models.inference.importance import approximate, importance, trusted
from cips_models.inference.replay import matching_layout, thinned
from cips_models.inference.sampling import DRAWS, NUTS, TUNE, fit
from cips_models.inference.stage_one import StageOne
from cips_models.model.build import build
from cips_models.model.quadrature import Quadrature
from cips_models.model.shifts import refuse_sparse, sparse_terms
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

logger = logging.getLogger(__name__)

#: "auto" is importance sampling where its weights are to be trusted, else nutpie.
SAMPLERS = ("auto", "importance", "approximate", *NUTS)

#: Which default number of draws is whose; all others have that of the joint route.
_LENGTH = MappingProxyType(
    {"auto": "importance", "importance": "importance", "approximate": "approximate"}
)

#: Draws of a fit that a finer grid is chosen by.
_DRAWS = 20


def joint(
    survey: Survey,
    spec: Specification,
    *,
    seed: int,
    sampler: str = "auto",
    backend: str = "numpy",
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = 4,
    cores: int = 2,
    stage: StageOne | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit everything at once, and see to it that the quadrature is fine enough.

    Parameters
    ----------
    survey : Survey
    spec : Specification
    sampler : {"auto", "importance", "approximate", "nutpie", "pymc"}
        "auto": importance sampling, and nutpie where its weights are not to be trusted, or
        where item shifts are sparse.
    seed, draws, tune, chains, cores, progress
        As for :func:`cips_models.fit`.
    backend : {"numpy", "numba", "jax"}
        Of nutpie; see :func:`cips_models.fit`.
    stage : StageOne, optional
        An earlier stage 1 of the same survey and specification.

    Returns
    -------
    Fit
        Where the specification's grid does not suffice, it was reweighted to a finer one or
        fitted again on one; its settings say which, under ``quadrature``.

    Raises
    ------
    SpecificationError
        The sampler is unknown or cannot take sparse item shifts, or the specification needs
        what the survey does not have.
    FitError
        Stage 1 does not identify some parameter, and no other sampler was allowed.
    """
    if sampler not in SAMPLERS:
        raise SpecificationError(f"sampler: found {sampler!r}; expected one of {SAMPLERS}")
    options = {
        "seed": seed, "draws": draws, "tune": tune, "chains": chains, "cores": cores,
        "progress": progress,
    }  # fmt: skip
    if sampler == "auto" and sparse_terms(spec):
        logger.info("%s: item shifts are sparse, which takes NUTS: nutpie", spec.name)
        sampler = "nutpie"
    elif sampler not in NUTS:
        refuse_sparse(spec, f"the sampler {sampler!r}")
    length = draws or DRAWS[_LENGTH.get(sampler, "joint")]
    schedule = Schedule(seed, length, tune, chains, cores, progress)
    alone = stage.density if stage else every_cell_alone(survey, spec)
    schedule.tell(0.0, str(forecast(alone, sampler, schedule)))
    found = _sampled(survey, spec, sampler, backend, stage, options)
    if quadrature_error(found, survey).std() > MOST_QUADRATURE_SD:
        mended = reweighted(found, survey, seed=seed)
        if mended is not None:
            return mended
        grid = Quadrature(**found.provenance["quadrature"])
        lay = matching_layout(found, survey)
        finer = sufficient(thinned(found, _DRAWS), lay, grid, threads=cores)
        found = _sampled(survey, replace(spec, quadrature=finer), sampler, backend, None, options)
    return noted(found, spec)


def _sampled(
    survey: Survey,
    spec: Specification,
    sampler: str,
    backend: str,
    stage: StageOne | None,
    options: dict[str, Any],
) -> Fit:
    """Stage 1 where there can be one: it also finds a grid that suffices."""
    try:
        if not sparse_terms(spec):
            stage = stage or stage_one(survey, spec, threads=options["cores"])
        if stage is not None and sampler not in NUTS:
            method = approximate if sampler == "approximate" else importance
            found = method(survey, spec, stage=stage, **options)
            interrupted = "partial" in found.provenance["settings"]
            if sampler != "auto" or trusted(found) or interrupted:
                return found
            logger.warning("too few answers for importance sampling: nutpie instead")
    except FitError:
        if sampler in {"importance", "approximate"}:
            raise
        logger.warning("no Gaussian stands in for the likelihood: NUTS instead")
    grid = spec.quadrature if stage is None else stage.quadrature
    model = build(survey, replace(spec, quadrature=grid))
    by = sampler if sampler in NUTS else "nutpie"
    return fit(model, sampler=by, backend=backend, **options)
