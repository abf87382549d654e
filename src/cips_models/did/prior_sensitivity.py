"""How far the effects depend on the priors, and on the likelihood: power-scaling.

A prior raised to the power a is weaker below one and stronger above.  How much the posterior of an
effect changes with log2(a), around one, is its sensitivity to that prior (Kallioinen, Paananen,
Bürkner & Vehtari 2024, equations 7 and 8: cumulative Jensen-Shannon distance); draws are weighed
by p(theta)^(a - 1), Pareto smoothed.  Only top-level priors are scaled, see
:mod:`cips_models.inference.top_level`.
"""

from dataclasses import dataclass, replace
from typing import Final

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
_MOST_DRAWS = 2400

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
        group does not have are left out.  At most 2,400 draws, evenly spread.

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
        (prior): of the weights at the powers .99 and 1.01, the worse. ``likelihood_sensitivity``
        (effect): NaN where the fit does not keep the log-likelihood of its draws (NUTS,
        approximate fits).  Coordinates as of :func:`reported_effects`; ``prior`` holds the names
        of the priors, and "all priors".

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
    found = {str(name): _sensitivity(draws, own) for name, own in densities.data_vars.items()}
    axis = xr.Variable("prior", list(found))
    by_likelihood = _sensitivity(draws, likelihood)[0]
    return xr.Dataset(
        {
            "prior_sensitivity": xr.concat([own for own, _ in found.values()], axis),
            "pareto_k": ("prior", [k for _, k in found.values()]),
            "likelihood_sensitivity": by_likelihood,
        }
    )


def _sensitivity(draws: xr.DataArray, density: xr.DataArray | None) -> tuple[xr.DataArray, float]:
    """Sensitivity (effect) to a log density (chain, draw), and the worse Pareto k."""
    template = draws.isel({CHAIN: 0, DRAW: 0}, drop=True)
    if density is None:
        return xr.full_like(template, np.nan), np.nan
    if not np.ptp(density.to_numpy()) > 0:  # uniform: nothing to scale
        return xr.zeros_like(template), np.nan
    (low, k_low), (high, k_high) = (_weights(density, power) for power in AROUND_ONE)
    moved = draws.azstats.power_scale_sense(
        sample_dims=[CHAIN, DRAW],
        lower_w=low,
        upper_w=high,
        lower_alpha=AROUND_ONE[0],
        upper_alpha=AROUND_ONE[1],
    )
    return moved, max(k_low, k_high)


def _weights(density: xr.DataArray, power: float) -> tuple[xr.DataArray, float]:
    """Normalised weights (chain, draw) at a power, and their Pareto k."""
    own = density.transpose(CHAIN, DRAW)
    weights, pareto_k = smoothed((power - 1.0) * own.to_numpy().ravel())
    return own.copy(data=weights.reshape(own.shape)), pareto_k


def verdict(prior: float, likelihood: float, pareto_k: float) -> str:
    """What sensitivities mean, by the rule of Kallioinen et al. (2024), section 3.

    Sensitivity to the prior from :data:`THRESHOLD` on is worth a look: with as much to the
    likelihood, prior and data may disagree; with less, the data tell little and the prior
    weighs.  Without that to the likelihood it is not told which.  Where the weights cannot be
    trusted nothing is.
    """
    if pareto_k > MOST_PARETO_K or np.isnan(prior):
        return UNTOLD
    if prior < THRESHOLD:
        return UNMOVED
    if np.isnan(likelihood):
        return WEIGHS
    return STRONG if likelihood < THRESHOLD else CONFLICT


def sensitivity_table(scalable: Scalable) -> pd.DataFrame:
    """Sensitivity of every effect to every prior, one row a pair."""
    found = sensitivities(scalable.effects, scalable.priors, scalable.likelihood)
    table = found.to_dataframe(dim_order=["prior", "effect"]).reset_index()
    numbers = table[["prior_sensitivity", "likelihood_sensitivity", "pareto_k"]]
    table["verdict"] = [verdict(*row) for row in numbers.itertuples(index=False)]
    table["route"], table["specification"] = scalable.route, scalable.specification
    return table[[column.name for column in TABLES["prior_sensitivity"]]]
