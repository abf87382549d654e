"""The joint posterior by importance sampling: a Gaussian stage 1, made exact.

Where stage 1 is Gaussian, stage 2 together with items and persons *given its levels* is the
joint posterior of a model whose likelihood was replaced by a quadratic.  That is put where the
posterior is (see ``expansion``).  The ratio of the two likelihoods is all that is missing: it
weighs the draws, and the draws are resampled by it.

A draw costs one evaluation of the likelihood where a sampler needs a trajectory of them.  The
more answers a parameter has, the closer the quadratic: this is for large surveys, and the gate
on Pareto k says when a survey is too small.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import xarray as xr
from scipy.linalg import solve_triangular
from threadpoolctl import threadpool_limits

from cips_models.inference.chains import Progress, Schedule
from cips_models.inference.cut import stage_two
from cips_models.inference.expansion import expanded
from cips_models.inference.fit import Fit
from cips_models.inference.replay import replay
from cips_models.inference.sampling import DRAWS, TUNE, sample
from cips_models.inference.stage_one import StageOne, stage_one
from cips_models.inference.weights import MOST_PARETO_K, efficiency, resampled, smoothed
from cips_models.model.build import Blueprint, blueprint
from cips_models.model.likelihood import pointwise
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

#: Effective share of the draws below which NUTS comes sooner to its gates.
_LEAST_EFFICIENCY = 0.2

#: Draws that a thread weighs before it reports.
_TOGETHER = 50

#: Share of the work that is done when the draws remain to be weighed, for the progress shown.
_SAMPLING = 0.6


def importance(
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
    """Fit the joint posterior of a large survey by importance sampling.

    Parameters
    ----------
    survey : Survey
    spec : Specification
    seed, draws, tune, chains, cores, progress
        As for :func:`cips_models.fit`.
    stage : StageOne, optional
        An earlier stage 1 of the same survey and specification.

    Returns
    -------
    Fit
        Of the joint route.  Its statistics hold ``pareto_k``, which :func:`cips_models.diagnose`
        gates, ``efficiency``, the effective share of the draws after weighting (Kish 1965), and
        the ``log_weight`` of the draws before they were resampled.

    Raises
    ------
    FitError
        Stage 1 does not identify some parameter.
    """
    schedule = Schedule(seed, draws or DRAWS["importance"], tune, chains, cores, progress)
    schedule.tell(0.0, "expanding the likelihood")
    first = stage or stage_one(survey, spec, threads=cores)
    return weighted(survey, spec, expanded(survey, spec, first, seed=seed, threads=cores), schedule)


def trusted(fit: Fit) -> bool:
    """Whether the weights of a fit by importance sampling can be relied upon, and pay.

    Pareto k of at most 0.7 (Vehtari et al. 2024), and so many effective draws that the gates
    can be passed with the default length of chains.
    """
    statistics = fit.sample_stats
    return bool(
        statistics["pareto_k"] <= MOST_PARETO_K and statistics["efficiency"] >= _LEAST_EFFICIENCY
    )


def weighted(survey: Survey, spec: Specification, stage: StageOne, schedule: Schedule) -> Fit:
    """The joint posterior, by weighing draws under any Gaussian in place of the likelihood."""
    part = replace(
        schedule, progress=lambda done, message: schedule.tell(_SAMPLING * done, message)
    )
    fit = sample(stage_two(survey, spec, stage.cells), route="cut", schedule=part)
    rng = np.random.default_rng(schedule.seed)
    points, proposal = _given_levels(stage, fit.posterior["level"], rng)
    public = stage.density.public(points)
    exact = stage.log_prior(points) + _log_likelihood(
        public, blueprint(stage.density.model), schedule
    )
    raw = exact - proposal
    everything = fit.posterior.merge(public.drop_vars("level"))
    rows = [resampled(smoothed(own)[0], len(own), rng) for own in raw]
    kept = [
        everything.isel(chain=c, draw=own).assign_coords(draw=everything["draw"])
        for c, own in enumerate(rows)
    ]
    weights, pareto_k = smoothed(raw.ravel())
    statistics = {
        "log_weight": (("chain", "draw"), raw - raw.max()),
        "pareto_k": pareto_k,
        "efficiency": efficiency(weights),
    }
    settings = {**fit.provenance["settings"], "sampler": "importance"}
    return replace(
        fit,
        posterior=xr.concat(kept, "chain"),
        sample_stats=fit.sample_stats.assign(statistics),
        provenance={**fit.provenance, "route": "joint", "settings": settings},
    )


def _given_levels(
    first: StageOne, level: xr.DataArray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Points of stage 1 (chain, draw, dim): levels as given, the rest from its conditional.

    And the log of what stands in for the likelihood there, (chain, draw): the density of the
    estimates given the levels, as stage 2 has it, times that of the rest given the levels.
    """
    levels = first.levels_of(level)
    z = rng.standard_normal((*levels.shape[:2], first.rest))
    root = np.linalg.cholesky(first.cells.covariance)
    missed = (levels - first.cells.mean).reshape(-1, len(root))
    standard = solve_triangular(root, missed.T, lower=True)
    log_density = -0.5 * (standard**2).sum(axis=0).reshape(levels.shape[:2])
    return first.completed(levels, z), log_density - 0.5 * (z**2).sum(axis=-1)


def _log_likelihood(public: xr.Dataset, plan: Blueprint, schedule: Schedule) -> np.ndarray:
    """(chain, draw) log-likelihood of all answers at draws of a model's public variables."""
    lay, quadrature = plan.layout, plan.specification.quadrature
    chains, draws = public.sizes["chain"], public.sizes["draw"]
    found = np.empty((chains, draws))

    def evaluate(part: tuple[int, slice]) -> int:
        chain, own = part
        for _, d, at in replay(public.isel(chain=[chain], draw=own), lay):
            found[chain, own.start + d] = pointwise(at, lay, quadrature).sum()
        return int(own.stop - own.start)

    starts = range(0, draws, _TOGETHER)
    parts = [(c, slice(s, min(s + _TOGETHER, draws))) for c in range(chains) for s in starts]
    done = 0
    with threadpool_limits(1), ThreadPoolExecutor(schedule.cores) as pool:
        for count in pool.map(evaluate, parts):
            done += count
            schedule.tell(_SAMPLING + (1 - _SAMPLING) * done / found.size, "weighing draws")
    return found
