"""Whether the quadrature is fine enough, and what to do where it is not.

An error of the log-likelihood that is the same all over the posterior changes nothing; its
variation does.  Grids are judged by it, over draws, against a finer and wider grid.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import numpy as np
import xarray as xr
from threadpoolctl import threadpool_limits

from cips_models.inference.fit import LOG_LIKELIHOOD, Fit
from cips_models.inference.replay import matching_layout, replay, thinned
from cips_models.inference.weights import resampled_chains, smoothed
from cips_models.model.layout import Layout
from cips_models.model.likelihood import pointwise
from cips_models.model.quadrature import ASPECTS, Quadrature
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, DRAW
from cips_models.survey.survey import Survey
from cips_models.wording import N_

#: Sd over draws of the error of the total log-likelihood.
MOST_QUADRATURE_SD = 0.1

#: A part of the grid is refined if that changes the log-likelihood by more than this share of
#: what is allowed in all.
_NOTABLE = 0.25

#: Pareto k beyond which a fit is not mended by weights (design, section 7).
_MOST_PARETO_K = 0.5

#: Draws of a fit that weights are computed for, at the most.
_MOST_DRAWS = 2000

#: Hands that judge a fit: as many as a fit has by default.
_THREADS = 2


def total_log_likelihood(
    public: xr.Dataset, lay: Layout, quadrature: Quadrature, *, threads: int = 1
) -> np.ndarray:
    """(chain, draw) log-likelihood of all answers at draws of a model's public variables."""
    every = [at for _, _, at in replay(public, lay)]
    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda at: pointwise(at, lay, quadrature).sum(), every))
    return np.reshape(found, (public.sizes[CHAIN], public.sizes[DRAW]))


def sufficient(public: xr.Dataset, lay: Layout, quadrature: Quadrature, threads: int) -> Quadrature:
    """The grid itself if its error hardly varies over draws, else one that is finer where it must.

    Parameters
    ----------
    public : xarray.Dataset
        A few draws of what the likelihood reads.
    lay : Layout
    quadrature : Quadrature
    threads : int
    """

    def total(grid: Quadrature) -> np.ndarray:
        return total_log_likelihood(public, lay, grid, threads=threads)

    own = total(quadrature)
    if (total(quadrature.finer()) - own).std() <= MOST_QUADRATURE_SD:
        return quadrature
    wanting = [
        aspect
        for aspect in ASPECTS
        if (total(quadrature.refined(aspect)) - own).std() > _NOTABLE * MOST_QUADRATURE_SD
    ]
    return quadrature.refined(*(wanting or ASPECTS))


def quadrature_error(fit: Fit, survey: Survey, *, draws: int = 40) -> xr.DataArray:
    """Total log-likelihood on a finer grid minus that on the fit's own, draw by draw.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw.

    Raises
    ------
    FitError
        The fit is of another survey, or of cell estimates instead of answers.
    """
    lay = matching_layout(fit, survey)
    coarse = Quadrature(**fit.provenance["quadrature"])
    posterior = thinned(fit, draws)
    error = total_log_likelihood(posterior, lay, coarse.finer(), threads=_THREADS)
    error -= total_log_likelihood(posterior, lay, coarse, threads=_THREADS)
    return xr.DataArray(error, dims=(CHAIN, DRAW))


def reweighted(fit: Fit, survey: Survey, *, seed: int) -> Fit | None:
    """A joint fit as a finer grid would have had it, by weights; None if they do not suffice.

    Pareto smoothed weights (Vehtari et al. 2024), and draws resampled by them.
    """
    every = int(np.ceil(fit.posterior.sizes[DRAW] * fit.posterior.sizes[CHAIN] / _MOST_DRAWS))
    kept = fit.posterior.isel(draw=slice(every - 1, None, every))
    thin = replace(fit, posterior=kept)
    error = quadrature_error(thin, survey, draws=kept.sizes[CHAIN] * kept.sizes[DRAW]).to_numpy()
    if smoothed(error.ravel())[1] >= _MOST_PARETO_K:
        return None
    rng = np.random.default_rng(seed)
    posterior = resampled_chains(kept, error, kept.sizes[DRAW], rng)
    settings = {**fit.provenance["settings"], "quadrature": N_("reweighted to a finer grid")}
    finer = asdict(Quadrature(**fit.provenance["quadrature"]).finer())
    return replace(
        fit,
        posterior=posterior,
        sample_stats=fit.sample_stats.drop_vars(LOG_LIKELIHOOD, errors="ignore"),
        provenance={**fit.provenance, "settings": settings, "quadrature": finer},
    )


def noted(fit: Fit, spec: Specification) -> Fit:
    """The fit, whose settings say so where its grid is finer than the specification's."""
    if Quadrature(**fit.provenance["quadrature"]) == spec.quadrature:
        return fit
    settings = {**fit.provenance["settings"], "quadrature": N_("finer than specified")}
    return replace(fit, provenance={**fit.provenance, "settings": settings})
