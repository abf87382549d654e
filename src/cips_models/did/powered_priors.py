"""Effects under weaker and stronger priors: draws weighed, and fitted anew where weights fail."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.scalable import ALL, LABELS, Scalable, reported_effects
from cips_models.did.tables import with_statements
from cips_models.estimands.intervals import summarise
from cips_models.inference.fit import Fit
from cips_models.inference.weights import MOST_PARETO_K, efficiency, resampled_chains
from cips_models.model.powered import powered
from cips_models.model.specification import Specification
from cips_models.names import DRAW
from cips_models.tables import TABLES

#: Fits a specification by the route of the fit that is examined; told what is other in it.
type Refit = Callable[[Specification, str], Fit]

#: The two ways to a posterior under another prior.
WEIGHTS, REFIT = "weights", "refit"

#: Joint fits that are made anew at the most: each takes about as long as the fit itself.
MOST_JOINT_REFITS = 6


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
        Fits a specification anew by the route of the fit that is examined, and is told which
        prior is other in it; used where the weights' Pareto k exceeds 0.7, of a joint fit at most
        :data:`MOST_JOINT_REFITS` times.  Both are in the table then, the second with ``method``
        "refit".
    """
    draws, way = scalable.effects, scalable.route
    every = tuple(str(name) for name in scalable.priors.data_vars if name != ALL)
    failing = _failing(scalable)
    parts = [_rows(draws, way, prior="", power=1.0, method=WEIGHTS, pareto_k=np.nan)]
    for (name, power), (weights, pareto_k) in scalable.weighed.items():
        moved = resampled_chains(
            xr.Dataset({"moved": draws}), (power - 1.0) * scalable.priors[name].to_numpy(),
            draws.sizes[DRAW], np.random.default_rng(0),
        )["moved"]  # fmt: skip
        scaled = {"prior": name, "power": power}
        rows = _rows(moved, way, **scaled, method=WEIGHTS, pareto_k=pareto_k)
        effective = efficiency(weights) * weights.size
        parts.append(rows.assign(mcse=rows["sd"] / np.sqrt(effective)))
        if refit is not None and (name, power) in failing:
            whose = every if name == ALL else (name,)
            fit = refit(powered_specification(spec, whose, power), f"{name} to the power {power:g}")
            own = float(fit.sample_stats.get("pareto_k", np.nan))
            again = reported_effects(fit)
            parts.append(_rows(again, way, **scaled, method=REFIT, pareto_k=own))
    table = pd.concat(parts, ignore_index=True).assign(specification=scalable.specification)
    labels = zip(*(table[name] for name in LABELS), strict=True)
    table = with_statements(table, [scalable.estimands.get(label) for label in labels])
    return table[[column.name for column in TABLES["powered_priors"]]]


def _failing(scalable: Scalable) -> list[tuple[str, float]]:
    """Priors and powers whose weights fail: all priors together first, then the worst."""
    failing = [pair for pair, own in scalable.weighed.items() if not own.pareto_k <= MOST_PARETO_K]
    failing.sort(key=lambda pair: (pair[0] != ALL, -scalable.weighed[pair].pareto_k))
    return failing[:MOST_JOINT_REFITS] if scalable.route == "joint" else failing


def _rows(draws: xr.DataArray, route: str, **columns: object) -> pd.DataFrame:
    """Summaries of effects (chain, draw, effect), one row each."""
    rows = summarise(draws.drop_vars(LABELS), estimand="", scale="").drop(columns="effect")
    own = {name: draws[name].to_numpy() for name in LABELS}
    return rows.assign(**own, route=route, **columns)
