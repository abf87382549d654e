"""Importance weights: smoothed by their Pareto tail, and draws resampled by them."""

import arviz_stats  # noqa: F401 - makes DataArray.azstats
import numpy as np
import xarray as xr

#: Pareto k above which importance sampling cannot be trusted (Vehtari et al. 2024).
MOST_PARETO_K = 0.7

#: Fewer draws have no tail to look at: ArviZ wants five draws in its fifth.
_LEAST_DRAWS = 25

#: Log weights that differ by less are the same but for rounding.
_EQUAL = 1e-9


def smoothed(log_weights: np.ndarray) -> tuple[np.ndarray, float]:
    """Normalised weights (draw,) and their Pareto k.

    Pareto smoothed importance sampling (Vehtari, Simpson, Gelman, Yao & Gabry 2024).  Of too
    few draws nothing is smoothed, and k is infinite: they fail every gate.  So do weights the
    largest of which are all of one draw, resampled often.  Weights that are all the same have
    k = 0.
    """
    plain = np.exp(log_weights - log_weights.max())
    plain /= plain.sum()
    if log_weights.size < _LEAST_DRAWS:
        return plain, np.inf
    if np.ptp(log_weights) < _EQUAL:  # the proposal is the posterior: there is no tail
        return np.full(log_weights.size, 1.0 / log_weights.size), 0.0
    # ArviZ takes log-likelihoods to leave out, whose negatives are log weights.
    given = xr.DataArray(-(log_weights - log_weights.max()), dims="draw")
    try:
        smooth, pareto_k = given.azstats.psislw(dim=["draw"])
    except ValueError:  # a tail of equal values has no shape
        return plain, np.inf
    weights = np.exp(smooth - smooth.max()).to_numpy()
    return weights / weights.sum(), float(pareto_k)


def efficiency(weights: np.ndarray) -> float:
    """Effective share of draws with these normalised weights (draw,) (Kish 1965)."""
    return float(1.0 / (weights**2).sum() / weights.size)


def resampled(weights: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Positions of ``count`` draws, in their order, by systematic resampling (Kitagawa 1996)."""
    ticks = (np.arange(count) + rng.random()) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), ticks), len(weights) - 1)


def resampled_chains(
    posterior: xr.Dataset, log_weight: np.ndarray, count: int, rng: np.random.Generator
) -> xr.Dataset:
    """``count`` draws of each chain, resampled by smoothed weights, log (chain, draw)."""
    rows = [resampled(smoothed(own)[0], count, rng) for own in log_weight]
    chains = [
        posterior.isel(chain=c, draw=own).assign_coords(draw=np.arange(count))
        for c, own in enumerate(rows)
    ]
    return xr.concat(chains, "chain")
