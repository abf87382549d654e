"""What power-scaling weighs: the reported effects of a fit, and the densities of its priors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.effects import SLOPES, effects
from cips_models.did.estimand import Estimand
from cips_models.did.on_cells import LATENT_TRENDS, POINT_TRENDS
from cips_models.did.statements import estimand
from cips_models.did.tables import COEFFICIENTS, ESTIMANDS
from cips_models.estimands.intervals import elements
from cips_models.inference.fit import LOG_LIKELIHOOD, Fit
from cips_models.inference.top_level import log_priors
from cips_models.inference.weights import smoothed
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, LATENT, PERCENT

#: All top-level priors of a fit together.
ALL: Final = "all priors"

#: Powers at which effects are stated.
POWERS: Final = (0.5, 2.0)

#: Coordinates that say which average effect is meant; and of which country or factor, if of one.
LABELS: Final = ("estimand", "scale", "parallel_trends", GROUP)
PLACES: Final = (COUNTRY, FACTOR)

#: Draws of a fit that are weighed.
_MOST_DRAWS = 1600

#: Draws (chain, draw, any of country, factor, group), effect, scale, scale of parallel trends.
type _Named = tuple[xr.DataArray, str, str, str]


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
    return _averages(effects(_thinned(fit)))


def _averages(found: xr.Dataset) -> xr.DataArray:
    named: list[_Named] = []
    for name in ("att", "new_country"):
        for scale in map(str, found["scale"].to_numpy()):
            named.append((found[name].sel(scale=scale), ESTIMANDS[name], scale, LATENT_TRENDS))
    for scale in map(str, found["points_scale"].to_numpy()):
        points = found["att_points"].sel(points_scale=scale)
        named.append((points, ESTIMANDS["att"], scale, POINT_TRENDS))
    named += [(found[n], COEFFICIENTS[n], LATENT, LATENT_TRENDS) for n in SLOPES if n in found]
    return _side_by_side(named, LABELS)


def _parts(found: xr.Dataset) -> xr.DataArray:
    """Effects by country and by factor; on the scale of scores they tell the same as in percent."""
    named = [
        (found[name].sel(scale=scale), ESTIMANDS[name], scale, LATENT_TRENDS)
        for name in ("att_country", "att_factor")
        for scale in (LATENT, PERCENT)
    ]
    return _side_by_side(named, (*PLACES, *LABELS))


def _side_by_side(named: Sequence[_Named], labels: Sequence[str]) -> xr.DataArray:
    """Effects (chain, draw, effect), those that are NaN left out; ``labels`` say which is which."""
    columns, values = [], []
    for draws, effect, scale, trends in named:
        own, each, _ = elements(draws, {})
        said = {"estimand": effect, "scale": scale, "parallel_trends": trends}
        columns.append(pd.DataFrame({**own, **said}, index=range(each.shape[-1])))
        values.append(each)
    told = pd.concat(columns).reindex(columns=list(labels)).fillna("").astype(str)
    return xr.DataArray(
        np.concatenate(values, axis=-1),
        dims=(CHAIN, DRAW, "effect"),
        coords={name: ("effect", told[name].to_list()) for name in labels},
    )


def _thinned(fit: Fit) -> Fit:
    chains, draws = fit.posterior.sizes[CHAIN], fit.posterior.sizes[DRAW]
    every = max(1, int(np.ceil(chains * draws / _MOST_DRAWS)))
    kept = slice(every - 1, None, every)
    statistics = fit.sample_stats
    if DRAW in statistics.dims:
        statistics = statistics.isel({DRAW: kept})
    return replace(fit, posterior=fit.posterior.isel({DRAW: kept}), sample_stats=statistics)


class Weighed(NamedTuple):
    """Normalised weights (draw,) of the draws of all chains, smoothed, and their Pareto k."""

    weights: np.ndarray
    pareto_k: float


@dataclass(frozen=True)
class Scalable:
    """What power-scaling needs of a fit.

    Attributes
    ----------
    effects : (chain, draw, effect) array
        See :func:`reported_effects`.
    parts : (chain, draw, effect) array
        The same draws of the effects by country and by factor, latent and in percent, which the
        coordinates ``country`` and ``factor`` tell apart, too; one of the two is empty.
    priors : xarray.Dataset
        Log density (chain, draw) of every top-level prior, and of :data:`ALL` together.
    likelihood : (chain, draw) array or None
        None where the fit does not keep it (NUTS, approximate fits).
    estimands : mapping
        By :data:`LABELS` of an effect, what it is an effect of; slopes are not in it.
    route, specification : str
    """

    effects: xr.DataArray
    parts: xr.DataArray
    priors: xr.Dataset
    likelihood: xr.DataArray | None
    route: str
    specification: str
    estimands: Mapping[tuple[str, ...], Estimand] = MappingProxyType({})

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
        found = effects(kept)
        reported = _averages(found)
        return cls(
            reported,
            _parts(found),
            named.assign({ALL: sum(named.data_vars.values())}),
            told if told is not None and DRAW in told.dims else None,
            fit.provenance["route"],
            fit.provenance["specification"],
            MappingProxyType(dict(_estimands(fit, reported))),
        )

    @cached_property
    def weighed(self) -> Mapping[tuple[str, float], Weighed]:
        """Draws weighed for each prior at each of :data:`POWERS`; a uniform one has no other."""
        found: dict[tuple[str, float], Weighed] = {}
        for name, density in self.priors.data_vars.items():
            log = density.transpose(CHAIN, DRAW).to_numpy().ravel()
            if np.ptp(log) > 0:
                found |= {(str(name), a): Weighed(*smoothed((a - 1.0) * log)) for a in POWERS}
        return MappingProxyType(found)


def _estimands(fit: Fit, reported: xr.DataArray) -> Iterator[tuple[tuple[str, ...], Estimand]]:
    for label in zip(*(reported[name].to_numpy().tolist() for name in LABELS), strict=True):
        effect, scale, trends, group = label
        if effect not in COEFFICIENTS.values():
            yield label, estimand(fit, group, effect=effect, scale=scale, trends=trends)
