"""What power-scaling weighs: the reported effects of a fit, and the densities of its priors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
import xarray as xr

from cips_models.did.effects import LATENT_TRENDS, POINT_TRENDS, SLOPES, effects
from cips_models.did.estimand import Estimand
from cips_models.did.statements import estimand
from cips_models.did.tables import COEFFICIENTS, ESTIMANDS
from cips_models.inference.fit import LOG_LIKELIHOOD, Fit
from cips_models.inference.top_level import hierarchical, log_priors
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, DRAW, GROUP, LATENT

#: All top-level priors of a fit together.
ALL: Final = "all priors"

#: Coordinates that say which effect is meant.
LABELS: Final = ("estimand", "scale", "parallel_trends", GROUP)

#: Draws of a fit that are weighed.
_MOST_DRAWS = 1600


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
    for draws, effect, scale, trends in parts:
        for group in map(str, found[GROUP].to_numpy()):
            own = draws.sel({GROUP: group}).transpose(CHAIN, DRAW).to_numpy()
            if not np.isnan(own).any():
                values.append(own)
                labels.append((effect, scale, trends, group))
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
    estimands : mapping
        By :data:`LABELS` of an effect, what it is an effect of; slopes are not in it.
    route, specification : str
    """

    effects: xr.DataArray
    priors: xr.Dataset
    likelihood: xr.DataArray | None
    hierarchy: tuple[str, ...]
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
        reported = reported_effects(fit)
        return cls(
            reported,
            named.assign({ALL: sum(named.data_vars.values())}),
            told if told is not None and DRAW in told.dims else None,
            hierarchical(kept, spec),
            fit.provenance["route"],
            fit.provenance["specification"],
            MappingProxyType(dict(_estimands(fit, reported))),
        )


def _estimands(fit: Fit, reported: xr.DataArray) -> Iterator[tuple[tuple[str, ...], Estimand]]:
    for label in zip(*(reported[name].to_numpy().tolist() for name in LABELS), strict=True):
        effect, scale, trends, group = label
        if effect not in COEFFICIENTS.values():
            yield label, estimand(fit, group, effect=effect, scale=scale, trends=trends)
