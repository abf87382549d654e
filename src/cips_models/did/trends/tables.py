"""Trends, placebo, spillover and exposure as tidy tables."""

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.on_cells import LATENT_TRENDS
from cips_models.did.refusals import has_effect
from cips_models.did.tables import with_estimands
from cips_models.did.trends.bias import bias_spread, biased, breakdown, breakdown_mcse
from cips_models.did.trends.exposure import CONTRASTS, exposure_effects, exposure_reasons
from cips_models.did.trends.own_changes import own_change_reasons, own_changes
from cips_models.did.trends.placebo import placebo, placebo_reasons
from cips_models.did.trends.spillover import (
    SLOPE,
    country_shifts,
    effect_with_spillover,
    shift_by_share,
    spillover_reasons,
    support_share,
)
from cips_models.did.trends.statements import (
    before_support,
    beside_the_exposed,
    with_its_spillover,
)
from cips_models.estimands.intervals import summarise
from cips_models.estimands.scales import points_per_logit
from cips_models.inference.fit import Fit
from cips_models.model.build import CellEstimates
from cips_models.names import CHAIN, DRAW, FACTOR, GROUP, LATENT, PERCENT
from cips_models.tables import TABLES, empty_table
from cips_models.wording import _

#: Points of the line of country shifts by share.
_POINTS = 5


def trends_table(fit: Fit) -> pd.DataFrame:
    """Effects under every M, and omega, one row an estimate.

    See :func:`cips_models.did.trends.bias.biased`.  Groups of which no bias can be calibrated
    have no rows.

    Raises
    ------
    IdentificationError
        The fit has no support effect, or no group has anything to compare.
    """
    made, omega = biased(fit), bias_spread(fit)
    slope = points_per_logit(fit).mean(FACTOR)
    rows = [
        summarise(spread, estimand="spread of other cells' changes", scale=scale, signed=False)
        for scale, spread in ((LATENT, omega), (PERCENT, omega * slope))
    ]
    for scale, draws in made.items():
        limit = breakdown(draws)
        shown = limit.where(np.isfinite(limit))
        effects = summarise(
            draws,
            estimand="ATT under a bias",
            scale=scale,
            breakdown=shown,
            breakdown_mcse=breakdown_mcse(draws),
        )
        about = {"parallel_trends": LATENT_TRENDS, "weights": "cells"}
        rows.append(with_estimands(effects.assign(**about), fit) if len(effects) else effects)
    return _laid_out("trends", rows, fit)


def placebo_table(fit: Fit, cells: CellEstimates | None, *, seed: int = 1) -> pd.DataFrame:
    """The placebo in time with its interval, in logits and as an M, of groups that have one.

    Parameters
    ----------
    fit, cells, seed
        As of :func:`cips_models.did.trends.placebo.placebo`; without cells there are no rows.
    """
    reasons = placebo_reasons(fit)
    if cells is None or len(reasons) == len(fit.design.groups):
        return empty_table("placebo")
    found = _without(placebo(fit, cells, seed=seed), reasons)
    found, counts = _apart(found, ("countries", "factors", "cells"))
    counts["omega"] = own_changes(fit).mean((CHAIN, DRAW)).sel({GROUP: found[GROUP]})
    names = {"effect": "placebo effect", "ratio": "placebo effect over omega"}
    rows = [
        summarise(found[name], estimand=said, scale=LATENT, **counts)
        for name, said in names.items()
    ]
    return _laid_out("placebo", [with_estimands(each, fit, before_support) for each in rows], fit)


def exposure_table(
    fit: Fit, cells: CellEstimates | None, exposure: xr.DataArray | None, *, seed: int = 1
) -> pd.DataFrame:
    """Both contrasts with cells neither supported nor exposed, one row an estimate, in logits.

    Parameters
    ----------
    fit, cells, exposure, seed
        As of :func:`cips_models.did.trends.exposure.exposure_effects`; without cells or a map there
        are no rows.
    """
    reasons = exposure_reasons(fit, exposure)
    if cells is None or exposure is None or len(reasons) == len(fit.design.groups):
        return empty_table("exposure")
    found = _without(exposure_effects(fit, cells, exposure, seed=seed), reasons)
    found, counts = _apart(found, ("countries", "factors", "cells", "set_aside"))
    rows = []
    for contrast in CONTRASTS:
        own = {
            name: values.sel(contrast=contrast, drop=True) if "contrast" in values.dims else values
            for name, values in counts.items()
        }
        draws = found["effect"].sel(contrast=contrast, drop=True)
        told = summarise(draws, estimand=contrast, scale=LATENT, **own)
        rows.append(with_estimands(told, fit, beside_the_exposed))
    return _laid_out("exposure", rows, fit)


def spillover_table(fit: Fit) -> pd.DataFrame:
    """Shifts of countries, their slope over the share supported, the effect with it.

    Without a slope to be told the table has no rows.

    Raises
    ------
    IdentificationError
        The fit has no support effect, or no group has anything to compare.
    """
    reasons = spillover_reasons(fit)
    if len(reasons) == len(fit.design.groups):
        return empty_table("spillover")
    share = support_share(fit)
    line = [float(s) for s in np.linspace(float(share.min()), float(share.max()), _POINTS)]
    rows = [summarise(fit.posterior[SLOPE], estimand="spillover slope", scale=LATENT)]
    for scale in (LATENT, PERCENT):
        shifts = country_shifts(fit, scale)
        moved, whole = shift_by_share(fit, line, scale), effect_with_spillover(fit, scale)
        rows += [
            summarise(shifts, estimand="country shift", scale=scale, share=share),
            summarise(moved, estimand="shift by share", scale=scale),
            with_estimands(
                summarise(whole, estimand="ATT with spillover", scale=scale),
                fit,
                lambda _row: with_its_spillover(),
            ),
        ]
    table = _laid_out("spillover", rows, fit)
    kept: pd.DataFrame = table[~table[GROUP].isin(list(reasons))].reset_index(drop=True)
    return kept


def unchecked_table(
    fit: Fit, cells: CellEstimates | None, exposure: xr.DataArray | None
) -> pd.DataFrame:
    """Which of these checks could not be made in which group, and why.

    Parameters
    ----------
    fit, cells, exposure
        As of :func:`exposure_table`.
    """
    if not has_effect(fit):
        return empty_table("unchecked")
    checks = {
        "trends": own_change_reasons(fit),
        "placebo": placebo_reasons(fit),
        "spillover": spillover_reasons(fit),
        "exposure": exposure_reasons(fit, exposure),
    }
    if cells is None:
        lacking = dict.fromkeys(fit.design.groups, _("Stage 1 of the cut route is not to be had."))
        for check in ("placebo", "exposure"):
            checks[check] = lacking | checks[check]
    rows = [
        (check, group, reasons[group])
        for check, reasons in checks.items()
        for group in fit.design.groups
        if group in reasons
    ]
    return pd.DataFrame(rows, columns=[column.name for column in TABLES["unchecked"]], dtype="str")


def needs_cells(fit: Fit, exposure: xr.DataArray | None) -> bool:
    """Whether a placebo in time or spillover from factor to factor can be told in any group."""
    count = len(fit.design.groups)
    either = (placebo_reasons(fit), exposure_reasons(fit, exposure))
    return has_effect(fit) and any(len(reasons) < count for reasons in either)


def _without(found: xr.Dataset, reasons: dict[str, str]) -> xr.Dataset:
    return found.sel({GROUP: [g for g in found[GROUP].to_numpy() if g not in reasons]})


def _apart(found: xr.Dataset, counts: tuple[str, ...]) -> tuple[xr.Dataset, dict[str, Any]]:
    """Draws without their coordinates of counts, and these."""
    bare = found.drop_vars(list(counts))
    return bare, {name: found[name].drop_vars(list(counts), errors="ignore") for name in counts}


def _laid_out(name: str, rows: list[pd.DataFrame], fit: Fit) -> pd.DataFrame:
    """Rows in the columns that are declared; what does not apply is empty."""
    full = [each.astype({"interval": "str"}) for each in rows if len(each)]
    if not full:
        return empty_table(name)
    table = pd.concat(full, ignore_index=True)
    told = {"route": fit.provenance["route"], "specification": fit.provenance["specification"]}
    declared = TABLES[name]
    table = table.assign(**told).reindex(columns=[column.name for column in declared])
    for column in declared:
        if column.kind == "text":
            table[column.name] = table[column.name].fillna("")
    counted = [column.name for column in declared if column.kind == "count"]
    return table.astype(dict.fromkeys(counted, "Int64"))
