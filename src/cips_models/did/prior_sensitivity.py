"""How far the effects depend on the priors, and on the likelihood: power-scaling.

A prior raised to the power a is weaker below one and stronger above.  How much the posterior of an
effect changes with log2(a), around one, is its sensitivity to that prior (Kallioinen, Paananen,
Bürkner & Vehtari 2024), as a cumulative Jensen-Shannon distance (Nguyen & Vreeken 2015); draws are
weighed by p(theta)^(a - 1), Pareto smoothed.  Only top-level priors are scaled, see
:mod:`cips_models.inference.top_level`.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import arviz_stats  # noqa: F401 - makes DataArray.azstats
import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.scalable import PLACES, POWERS, Scalable
from cips_models.inference.fit import Fit
from cips_models.inference.weights import MOST_PARETO_K, smoothed
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, DRAW
from cips_models.tables import TABLES

#: Powers between which the sensitivity is taken, as a finite difference.
AROUND_ONE: Final = (0.99, 1.01)

#: Sensitivity from which it is worth a look (Kallioinen et al. 2024): of a normal posterior, a
#: shift by .22 of its sds when the power is doubled.
THRESHOLD: Final = 0.05

#: Shuffles of a log density over draws, for what chance alone makes of it.
_SHUFFLES = 4

#: Verdicts; the first that holds of the rules of :func:`verdict`.
UNTOLD: Final = "not told"
UNMOVED: Final = "not sensitive"
WEIGHS: Final = "prior weighs"
STRONG: Final = "prior weighs, data tell little"
CONFLICT: Final = "prior and data may disagree"


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
        (prior): of the weights at the powers .99 and 1.01, the worse. ``prior_noise`` (prior): the
        distance with the log density shuffled over draws, what chance alone gives.
        ``likelihood_sensitivity`` (effect) and ``likelihood_noise``: NaN where the fit does not
        keep the log-likelihood of its draws (NUTS, approximate fits).  Coordinates as of
        :func:`cips_models.did.scalable.reported_effects`; ``prior`` holds the names of the
        priors, and "all priors".

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
            "prior_noise": ("prior", [own.noise for own in found]),
            "pareto_k": ("prior", [own.pareto_k for own in found]),
            "likelihood_sensitivity": by_likelihood.moved,
            "likelihood_noise": by_likelihood.noise,
        }
    )


class _Sensitivity(NamedTuple):
    """Sensitivity (effect) to a log density, what chance alone gives, and the worse Pareto k."""

    moved: xr.DataArray
    noise: float
    pareto_k: float


def _sensitivity(draws: xr.DataArray, density: xr.DataArray | None) -> _Sensitivity:
    template = draws.isel({CHAIN: 0, DRAW: 0}, drop=True)
    if density is None:
        return _Sensitivity(xr.full_like(template, np.nan), np.nan, np.nan)
    values = density.transpose(CHAIN, DRAW).to_numpy()
    if not np.ptp(values) > 0:  # uniform: nothing to scale
        return _Sensitivity(xr.zeros_like(template), 0.0, np.nan)
    weights, pareto_k = zip(*(_weights(values, power) for power in AROUND_ONE), strict=True)
    # Chance gives the same to all effects, whose draws differ by place and width.
    rng, one = np.random.default_rng(0), draws.isel(effect=[0])
    shuffled = [rng.permutation(values.ravel()) for _ in range(_SHUFFLES)]
    noise = [_moved(one, [_weights(own, p)[0] for p in AROUND_ONE]) for own in shuffled]
    return _Sensitivity(_moved(draws, weights), float(np.mean(noise)), max(pareto_k))


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
    """What sensitivities mean, by the rule of Kallioinen et al. (2024).

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


def sensitivity_tables(scalable: Scalable) -> dict[str, pd.DataFrame]:
    """Sensitivity of every effect to every prior, one row a pair.

    Returns
    -------
    dict
        ``prior_sensitivity`` of the averages, and ``prior_sensitivity_parts`` of the effects by
        country and by factor, with their means under weaker and stronger priors.
    """
    averages, parts = scalable.effects, scalable.parts
    nowhere = {name: ("effect", [""] * averages.sizes["effect"]) for name in PLACES}
    found = sensitivities(
        xr.concat([averages.assign_coords(nowhere), parts], "effect"),
        scalable.priors,
        scalable.likelihood,
    )
    end = averages.sizes["effect"]
    of_parts = found.isel(effect=slice(end, None)).assign(_means(scalable))
    each = {
        "prior_sensitivity": found.isel(effect=slice(end)),
        "prior_sensitivity_parts": of_parts,
    }
    return {name: _rows(name, own, scalable) for name, own in each.items()}


def _rows(name: str, found: xr.Dataset, scalable: Scalable) -> pd.DataFrame:
    table = found.to_dataframe(dim_order=["prior", "effect"]).reset_index()
    numbers = ["prior_sensitivity", "prior_noise", "likelihood_sensitivity", "likelihood_noise"]
    rows = table[[*numbers, "pareto_k"]].itertuples(index=False)
    table["verdict"] = [verdict(*row) for row in rows]
    table["route"], table["specification"] = scalable.route, scalable.specification
    return table[[column.name for column in TABLES[name]]]


def _means(scalable: Scalable) -> xr.Dataset:
    """Mean (effect) of the parts, and with each prior (prior, effect) half and twice as strong.

    By weights; NaN where their Pareto k exceeds 0.7.
    """
    draws = scalable.parts.stack(sample=(CHAIN, DRAW)).transpose("sample", "effect").to_numpy()
    mean = draws.mean(axis=0)

    def under(prior: str, power: float) -> np.ndarray:
        if (prior, power) not in scalable.weighed:  # uniform: no power of it is another one
            return mean
        weights, pareto_k = scalable.weighed[prior, power]
        return weights @ draws if pareto_k <= MOST_PARETO_K else np.full_like(mean, np.nan)

    moved = {
        f"mean_{name}": (
            ("prior", "effect"),
            np.stack([under(str(prior), power) for prior in scalable.priors.data_vars]),
        )
        for name, power in zip(("half", "twice"), POWERS, strict=True)
    }
    return xr.Dataset({"mean": ("effect", mean), **moved})
