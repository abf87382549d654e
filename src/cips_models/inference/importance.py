"""The joint posterior by importance sampling: the cut route's Gaussian stage 1, made exact.

Where stage 1 is Gaussian, stage 2 together with items and persons *given its levels* is the
joint posterior of a model whose likelihood was replaced by a quadratic.  The ratio of the two
likelihoods is all that is missing: it weighs the draws, smoothed by its Pareto tail (Vehtari,
Simpson, Gelman, Yao & Gabry 2024), and the draws are resampled by it.

A draw costs one evaluation of the likelihood where a sampler needs a trajectory of them.  The
more answers a parameter has, the closer the quadratic: this is for large surveys, and the gate
on Pareto k says when a survey is too small.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import arviz_stats  # noqa: F401 - makes DataArray.azstats
import numpy as np
import xarray as xr
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from threadpoolctl import threadpool_limits

from cips_models.inference.cut import StageOne, both_stages
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
    country, factor, group, wave = first.cells.position.T
    order = ("chain", "draw", "country", "factor", "group", "wave")
    values = level.transpose(*order).to_numpy()[:, :, country, factor, group, wave] / first.unit
    rest = np.ones(len(first.mode), dtype=bool)
    rest[first.level] = False
    spread = first.factor @ first.factor.T
    between = spread[first.level][:, rest]
    slope = cho_solve(cho_factor(spread[first.level, first.level]), between)
    root = np.linalg.cholesky(spread[np.ix_(rest, rest)] - between.T @ slope)
    points = np.empty((*values.shape[:2], len(first.mode)))
    points[..., first.level] = values
    z = rng.standard_normal((*values.shape[:2], int(rest.sum())))
    shift = (values - first.mode[first.level]) @ slope
    points[..., rest] = first.mode[rest] + shift + z @ root.T
    root = np.linalg.cholesky(first.cells.covariance)
    missed = first.unit * values - first.cells.mean
    standard = solve_triangular(root, missed.reshape(-1, len(root)).T, lower=True)
    from_cells = (standard**2).sum(axis=0).reshape(missed.shape[:2])
    return points, -0.5 * (from_cells + (z**2).sum(axis=-1))


def _log_weights(
    first: StageOne,
    points: np.ndarray,
    proposal: np.ndarray,
    threads: int,
    progress: Progress | None,
) -> xr.DataArray:
    """(chain, draw) log ratio of the exact density of stage 1 and its Gaussian approximation.

    Both hold the same priors, of items and persons and the flat one of cells, which cancel.
    """
    flat = points.reshape(-1, points.shape[-1])
    blocks = np.array_split(flat, max(1, len(flat) // _TOGETHER))

    def exact(block: np.ndarray) -> list[float]:
        function = first.density.function()
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
