"""The joint posterior by importance sampling: a Gaussian stage 1, made exact.

Where stage 1 is Gaussian, stage 2 together with items and persons *given its levels* is the
joint posterior of a model whose likelihood was replaced by a quadratic.  That is put where the
posterior is (see ``expansion``).  The ratio of the two likelihoods is all that is missing: it
weighs the draws, smoothed by its Pareto tail (Vehtari, Simpson, Gelman, Yao & Gabry 2024), and
the draws are resampled by it.

A draw costs one evaluation of the likelihood where a sampler needs a trajectory of them.  The
more answers a parameter has, the closer the quadratic: this is for large surveys, and the gate
on Pareto k says when a survey is too small.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import arviz_stats  # noqa: F401 - makes DataArray.azstats
import numpy as np
import xarray as xr
from scipy.linalg import solve_triangular
from threadpoolctl import threadpool_limits

from cips_models.inference.cut import StageOne, both_stages, stage_one
from cips_models.inference.expansion import expanded
from cips_models.inference.fit import Fit
from cips_models.inference.sampling import DRAWS, TUNE, Progress
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

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
        Of the joint route.  Its settings hold ``pareto_k``, which :func:`cips_models.diagnose`
        gates, and ``efficiency``, the effective share of the draws after weighting (Kish);
        its statistics are of the draws before, with their ``log_weight``.

    Raises
    ------
    FitError
        Stage 1 does not identify some parameter.
    """
    if progress:
        progress(0.0, "expanding the likelihood")
    first = stage or stage_one(survey, spec, threads=cores)
    around = expanded(survey, spec, first, seed=seed, threads=cores)
    return weighted(
        survey, spec, around,
        seed=seed, draws=draws, tune=tune, chains=chains, cores=cores, progress=progress,
    )  # fmt: skip


def weighted(
    survey: Survey,
    spec: Specification,
    stage: StageOne,
    *,
    seed: int,
    draws: int | None,
    chains: int,
    cores: int,
    tune: int = TUNE,
    progress: Progress | None = None,
) -> Fit:
    """The joint posterior, by weighing draws under any Gaussian in place of the likelihood."""
    sampling = progress and (lambda done, message: progress(_SAMPLING * done, message))
    first, fit = both_stages(
        survey, spec, stage,
        seed=seed, draws=DRAWS["importance"] if draws is None else draws,
        tune=tune, chains=chains, cores=cores, progress=sampling,
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    points, proposal = _given_levels(first, fit.posterior["level"], rng)
    raw = _log_weights(first, points, proposal, cores, progress)
    # ArviZ takes log-likelihoods to leave out, whose negatives are log weights.
    smooth, pareto_k = (-raw).azstats.psislw(dim=["chain", "draw"])
    weights = np.exp(smooth - smooth.max()).to_numpy()
    rows = [_resampled(own / own.sum(), rng) for own in weights]
    everything = fit.posterior.merge(first.measurement(points))
    kept = [
        everything.isel(chain=c, draw=own).assign_coords(draw=everything["draw"])
        for c, own in enumerate(rows)
    ]
    settings = {
        **fit.provenance["settings"],
        "sampler": "importance",
        "pareto_k": float(pareto_k),
        "efficiency": float(weights.sum() ** 2 / (weights**2).sum() / weights.size),
    }
    return replace(
        fit,
        posterior=xr.concat(kept, "chain"),
        sample_stats=fit.sample_stats.assign(log_weight=raw),
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


def _log_weights(
    first: StageOne,
    points: np.ndarray,
    proposal: np.ndarray,
    threads: int,
    progress: Progress | None,
) -> xr.DataArray:
    """(chain, draw) log ratio of the likelihood, with the items' and persons' priors, to that."""
    flat = points.reshape(-1, points.shape[-1])
    blocks = np.array_split(flat, max(1, len(flat) // _TOGETHER))

    def exact(block: np.ndarray) -> list[float]:
        function = first.likelihood()
        return [function(x)[0] for x in block]

    values: list[float] = []
    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
        for part in pool.map(exact, blocks):
            values += part
            if progress:
                progress(_SAMPLING + (1 - _SAMPLING) * len(values) / len(flat), "weighing draws")
    ratio = np.array(values).reshape(proposal.shape) - proposal
    return xr.DataArray(ratio - ratio.max(), dims=("chain", "draw"))


def _resampled(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Positions of as many draws, in their order, by systematic resampling (Kitagawa 1996)."""
    count = len(weights)
    ticks = (np.arange(count) + rng.random()) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), ticks), count - 1)
