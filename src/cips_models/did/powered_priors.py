"""Effects under weaker and stronger priors: draws weighed, and fitted anew where weights fail."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.prior_sensitivity import POWERS
from cips_models.did.scalable import ALL, LABELS, Scalable, reported_effects
from cips_models.did.tables import with_statements
from cips_models.estimands.intervals import summarise
from cips_models.inference.fit import Fit
from cips_models.inference.weights import MOST_PARETO_K, efficiency, resampled_chains, smoothed
from cips_models.model.powered import powered
from cips_models.model.specification import Specification
from cips_models.names import DRAW
from cips_models.tables import TABLES

#: Fits a specification by the cut route, stage 1 at hand.
type Refit = Callable[[Specification], Fit]

#: The two ways to a posterior under another prior.
WEIGHTS, REFIT = "weights", "refit"


def powered_specification(
    spec: Specification, names: tuple[str, ...], power: float
) -> Specification:
    """The specification with the priors of these names raised to a power.

    Raises
    ------
    SpecificationError
        A prior to a power is not of its family.
    """
    changed = {name: powered(spec.priors[name], power) for name in names}
    text = f"{spec.text}\n# to the power {power:g}: {', '.join(names)}\n"
    return replace(spec, priors=MappingProxyType({**spec.priors, **changed}), text=text)


def powered_table(
    scalable: Scalable, spec: Specification, refit: Refit | None = None
) -> pd.DataFrame:
    """Every reported effect with each top-level prior weaker and stronger, one row an estimate.

    Parameters
    ----------
    scalable : Scalable
    spec : Specification
        The one that was fitted.
    refit : callable, optional
        Fits a specification anew by the cut route; used where the weights' Pareto k exceeds
        0.7 and the prior belongs to the hierarchy.  Both are in the table then, the second
        with ``method`` "refit", under the route of the fit that it stands beside.
    """
    draws, ours, way = scalable.effects, scalable.hierarchy, scalable.route
    parts = [_rows(draws, way, prior="", power=1.0, method=WEIGHTS, pareto_k=np.nan)]
    for name, density in scalable.priors.data_vars.items():
        log_density = density.to_numpy()
        if not np.ptp(log_density) > 0:
            continue
        for power in POWERS:
            log_weight = (power - 1.0) * log_density
            weights, pareto_k = smoothed(log_weight.ravel())
            moved = resampled_chains(
                xr.Dataset({"moved": draws}), log_weight, draws.sizes[DRAW],
                np.random.default_rng(0),
            )["moved"]  # fmt: skip
            scaled = {"prior": str(name), "power": power}
            rows = _rows(moved, way, **scaled, method=WEIGHTS, pareto_k=pareto_k)
            effective = efficiency(weights) * weights.size
            parts.append(rows.assign(mcse=rows["sd"] / np.sqrt(effective)))
            whose = ours if name == ALL and way == "cut" else (str(name),)
            if not pareto_k <= MOST_PARETO_K and refit is not None and set(whose) <= set(ours):
                again = reported_effects(refit(powered_specification(spec, whose, power)))
                parts.append(_rows(again, way, **scaled, method=REFIT, pareto_k=np.nan))
    table = pd.concat(parts, ignore_index=True).assign(specification=scalable.specification)
    labels = zip(*(table[name] for name in LABELS), strict=True)
    table = with_statements(table, [scalable.estimands.get(label) for label in labels])
    return table[[column.name for column in TABLES["powered_priors"]]]


def _rows(draws: xr.DataArray, route: str, **columns: object) -> pd.DataFrame:
    """Summaries of effects (chain, draw, effect), one row each."""
    rows = summarise(draws.drop_vars(LABELS), estimand="", scale="").drop(columns="effect")
    own = {name: draws[name].to_numpy() for name in LABELS}
    return rows.assign(**own, route=route, **columns)
