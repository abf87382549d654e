"""How far the effects depend on the priors, and on the likelihood: power-scaling.

A prior raised to the power a is weaker below one and stronger above.  How much the posterior of an
effect changes with log2(a), around one, is its sensitivity to that prior (Kallioinen, Paananen,
Bürkner & Vehtari 2024, equations 7 and 8: cumulative Jensen-Shannon distance); draws are weighed
by p(theta)^(a - 1), Pareto smoothed.  Only top-level priors are scaled, see
:mod:`cips_models.inference.top_level`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import arviz_stats  # noqa: F401 - makes DataArray.azstats
import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.effects import LATENT_TRENDS, POINT_TRENDS, SLOPES, effects
from cips_models.did.tables import COEFFICIENTS, ESTIMANDS
from cips_models.inference.fit import LOG_LIKELIHOOD, Fit
from cips_models.inference.top_level import hierarchical, log_priors
from cips_models.inference.weights import MOST_PARETO_K, smoothed
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, DRAW, GROUP, LATENT
from cips_models.tables import TABLES

#: Powers between which the sensitivity is taken, as a finite difference.
AROUND_ONE: Final = (0.99, 1.01)

#: Powers at which effects are stated.
POWERS: Final = (0.5, 2.0)

#: Sensitivity from which it is worth a look: about .3 posterior sds of the mean when the power is
#: doubled or halved (Kallioinen et al. 2024, section 2.5).
THRESHOLD: Final = 0.05

#: All top-level priors of a fit together.
ALL: Final = "all priors"

#: Coordinates that say which effect is meant.
LABELS: Final = ("estimand", "scale", "parallel_trends", GROUP)

#: Draws of a fit that are weighed.
_MOST_DRAWS = 1600

#: Shuffles of a log density over draws, for what chance alone makes of it.
_SHUFFLES = 4

#: Verdicts; the first that holds of the rules of :func:`verdict`.
UNTOLD: Final = "not told"
UNMOVED: Final = "not sensitive"
WEIGHS: Final = "prior weighs"
STRONG: Final = "prior weighs, data tell little"
CONFLICT: Final = "prior and data may disagree"


def reported_effects(fit: Fit) -> xr.DataArray:
    """Every reported average of a fit in one array.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw and ``effect``, whose coordinates ``estimand, scale, parallel_trends,
        group`` say which: the ATT on every scale, in a new country, the slopes.  Effects that a
        group does not have are left out.  At most 1,600 draws, evenly spread.

    Raises
    ------
    IdentificationError
        There is no effect to tell.
    """
    found = effects(_thinned(fit))
    parts: list[tuple[xr.DataArray, str, str, str]] = []
    for name in ("att", "new_country"):
        for scale in map(str, found["scale"].to_numpy()):
            parts.append((found[name].sel(scale=scale), ESTIMANDS[name], scale, LATENT_TRENDS))
    for scale in map(str, found["points_scale"].to_numpy()):
        points = found["att_points"].sel(points_scale=scale)
        parts.append((points, ESTIMANDS["att"], scale, POINT_TRENDS))
    parts += [(found[n], COEFFICIENTS[n], LATENT, LATENT_TRENDS) for n in SLOPES if n in found]
    values, labels = [], []
    for draws, estimand, scale, trends in parts:
        for group in map(str, found[GROUP].to_numpy()):
            own = draws.sel({GROUP: group}).transpose(CHAIN, DRAW).to_numpy()
            if not np.isnan(own).any():
                values.append(own)
                labels.append((estimand, scale, trends, group))
    columns = zip(*labels, strict=True)
    return xr.DataArray(
        np.stack(values, axis=-1),
        dims=(CHAIN, DRAW, "effect"),
        coords={n: ("effect", list(c)) for n, c in zip(LABELS, columns, strict=True)},
    )


def _thinned(fit: Fit) -> Fit:
    chains, draws = fit.posterior.sizes[CHAIN], fit.posterior.sizes[DRAW]
    every = max(1, int(np.ceil(chains * draws / _MOST_DRAWS)))
    kept = slice(every - 1, None, every)
    statistics = fit.sample_stats
    if DRAW in statistics.dims:
        statistics = statistics.isel({DRAW: kept})
    return replace(fit, posterior=fit.posterior.isel({DRAW: kept}), sample_stats=statistics)


@dataclass(frozen=True)
class Scalable:
    """What power-scaling needs of a fit.

    Attributes
    ----------
    effects : (chain, draw, effect) array
        See :func:`reported_effects`.
    priors : xarray.Dataset
        Log density (chain, draw) of every top-level prior, and of :data:`ALL` together.
    likelihood : (chain, draw) array or None
        None where the fit does not keep it (NUTS, approximate fits).
    hierarchy : tuple of str
        Priors of the hierarchy among them.
    route, specification : str
    """

    effects: xr.DataArray
    priors: xr.Dataset
    likelihood: xr.DataArray | None
    hierarchy: tuple[str, ...]
    route: str
    specification: str

    @classmethod
    def of(cls, fit: Fit, spec: Specification) -> "Scalable":
        """From a fit and the specification that was fitted.

        Raises
        ------
        FitError
            The fit is of another specification.
        IdentificationError
            There is no effect to tell.
        """
        kept = _thinned(fit)
        named = log_priors(kept, spec)
        told = kept.sample_stats.get(LOG_LIKELIHOOD)
        return cls(
            reported_effects(fit),
            named.assign({ALL: sum(named.data_vars.values())}),
            told if told is not None and DRAW in told.dims else None,
            hierarchical(kept, spec),
            fit.provenance["route"],
            fit.provenance["specification"],
        )


def prior_sensitivity(fit: Fit, spec: Specification) -> xr.Dataset:
    """Sensitivity of every reported effect to every top-level prior, and to the likelihood.

    Parameters
    ----------
    fit : Fit
        Of either route.
    spec : Specification
        The one that was fitted.

    Returns
    -------
    xarray.Dataset
        ``prior_sensitivity`` (prior, effect): distance for a doubled power. ``pareto_k``
        (prior): of the weights at the powers .99 and 1.01, the worse. ``prior_noise`` (prior,
        effect): the same with the log density shuffled over draws, what chance alone gives.
        ``likelihood_sensitivity`` and ``likelihood_noise`` (effect): NaN where the fit does not
        keep the log-likelihood of its draws (NUTS, approximate fits).  Coordinates as of
        :func:`reported_effects`; ``prior`` holds the names of the priors, and "all priors".

    Raises
    ------
    FitError
        The fit is of another specification.
    IdentificationError
        There is no effect to tell.
    """
    scalable = Scalable.of(fit, spec)
    return sensitivities(scalable.effects, scalable.priors, scalable.likelihood)


def sensitivities(
    draws: xr.DataArray, densities: xr.Dataset, likelihood: xr.DataArray | None
) -> xr.Dataset:
    """Sensitivity of quantities (chain, draw, effect) to log densities (chain, draw)."""
    axis = xr.Variable("prior", list(densities.data_vars))
    found = [_sensitivity(draws, own) for own in densities.data_vars.values()]
    by_likelihood = _sensitivity(draws, likelihood)
    return xr.Dataset(
        {
            "prior_sensitivity": xr.concat([own.moved for own in found], axis),
            "prior_noise": xr.concat([own.noise for own in found], axis),
            "pareto_k": ("prior", [own.pareto_k for own in found]),
            "likelihood_sensitivity": by_likelihood.moved,
            "likelihood_noise": by_likelihood.noise,
        }
    )


class _Sensitivity(NamedTuple):
    """Sensitivity (effect) to a log density, by chance alone, and the worse Pareto k."""

    moved: xr.DataArray
    noise: xr.DataArray
    pareto_k: float


def _sensitivity(draws: xr.DataArray, density: xr.DataArray | None) -> _Sensitivity:
    template = draws.isel({CHAIN: 0, DRAW: 0}, drop=True)
    if density is None:
        nothing = xr.full_like(template, np.nan)
        return _Sensitivity(nothing, nothing, np.nan)
    values = density.transpose(CHAIN, DRAW).to_numpy()
    if not np.ptp(values) > 0:  # uniform: nothing to scale
        return _Sensitivity(xr.zeros_like(template), xr.zeros_like(template), np.nan)
    rng = np.random.default_rng(0)
    shuffled = [rng.permutation(values.ravel()) for _ in range(_SHUFFLES)]
    weights, pareto_k = zip(*(_weights(values, power) for power in AROUND_ONE), strict=True)
    noise = [_moved(draws, [_weights(own, p)[0] for p in AROUND_ONE]) for own in shuffled]
    return _Sensitivity(
        _moved(draws, weights), xr.concat(noise, "shuffle").mean("shuffle"), max(pareto_k)
    )


def _moved(draws: xr.DataArray, weights: Sequence[np.ndarray]) -> xr.DataArray:
    """Sensitivity (effect), from the weights at the two powers around one."""
    low, high = (
        xr.DataArray(own.reshape([draws.sizes[dim] for dim in (CHAIN, DRAW)]), dims=(CHAIN, DRAW))
        for own in weights
    )
    found: xr.DataArray = draws.azstats.power_scale_sense(
        sample_dims=[CHAIN, DRAW],
        lower_w=low,
        upper_w=high,
        lower_alpha=AROUND_ONE[0],
        upper_alpha=AROUND_ONE[1],
    )
    return found


def _weights(density: np.ndarray, power: float) -> tuple[np.ndarray, float]:
    """Normalised weights (draw,) at a power, and their Pareto k."""
    return smoothed((power - 1.0) * density.ravel())


def verdict(
    prior: float, prior_noise: float, likelihood: float, likelihood_noise: float, pareto_k: float
) -> str:
    """What sensitivities mean, by the rule of Kallioinen et al. (2024), section 3.

    Sensitivity to the prior from :data:`THRESHOLD` on is worth a look: with as much to the
    likelihood, prior and data may disagree; with less, the data tell little and the prior
    weighs.  A sensitivity is not told where chance alone gives as much as the threshold, and
    that to a prior not where its weights cannot be trusted.
    """
    if pareto_k > MOST_PARETO_K or np.isnan(prior):
        return UNTOLD
    if prior < THRESHOLD:
        return UNMOVED
    if prior_noise >= THRESHOLD:
        return UNTOLD
    if np.isnan(likelihood) or likelihood_noise >= THRESHOLD:
        return WEIGHS
    return STRONG if likelihood < THRESHOLD else CONFLICT


def sensitivity_table(scalable: Scalable) -> pd.DataFrame:
    """Sensitivity of every effect to every prior, one row a pair."""
    found = sensitivities(scalable.effects, scalable.priors, scalable.likelihood)
    table = found.to_dataframe(dim_order=["prior", "effect"]).reset_index()
    numbers = ["prior_sensitivity", "prior_noise", "likelihood_sensitivity", "likelihood_noise"]
    rows = table[[*numbers, "pareto_k"]].itertuples(index=False)
    table["verdict"] = [verdict(*row) for row in rows]
    table["route"], table["specification"] = scalable.route, scalable.specification
    return table[[column.name for column in TABLES["prior_sensitivity"]]]
