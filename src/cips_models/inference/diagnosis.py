"""The gates that every fit must pass, in one place and the same for all."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.inference.accuracy import MOST_QUADRATURE_SD, quadrature_error
from cips_models.inference.fit import Fit
from cips_models.inference.weights import MOST_PARETO_K, smoothed
from cips_models.survey.survey import Survey
from cips_models.wording import N_, _

#: Bulk and tail effective sample size of every continuous estimand.
LEAST_ESS = 400.0
#: Rank-normalised split R-hat (Vehtari et al. 2021) of effects, shares, pooled and scale
#: parameters, and of single cells.
MOST_RHAT = {"effects and scales": 1.01, "single cells": 1.05}

#: What weighing an approximate fit's draws may do to means, in posterior sds.
MOST_MOVED = 0.25

#: Variables that are estimands or that estimands are made of, and their gate.
_KINDS = {
    "effect": "effects and scales",
    "effect by country": "effects and scales",
    "effect by factor": "effects and scales",
    "pooled change": "effects and scales",
    "share improved": "effects and scales",
    "baseline_slope": "effects and scales",
    "spillover_slope": "effects and scales",
    "persistence": "effects and scales",
    "sd": "effects and scales",
    "correlation": "effects and scales",
    "sd_outlook": "effects and scales",
    "sd_specific": "effects and scales",
    "item_sd": "effects and scales",
    "item_scale": "effects and scales",
    "answering_slope": "effects and scales",
    "answering_spread": "effects and scales",
    "level": "single cells",
    "change": "single cells",
}

#: Scale parameters are no estimands: only their R-hat is gated.
SCALES = {
    *("sd", "correlation", "sd_outlook", "sd_specific"),
    *("item_sd", "item_scale", "answering_slope", "answering_spread"),
}


@dataclass(frozen=True)
class Diagnosis:
    """What the gates say of a fit.

    Attributes
    ----------
    table : pandas.DataFrame
        Columns quantity, kind, n, ess_bulk, ess_tail, rhat, worst, passed.
    passed : bool
        Every row passed.
    """

    table: pd.DataFrame
    passed: bool


def _quantities(fit: Fit) -> Iterator[tuple[str, xr.DataArray]]:
    """Every gated quantity: what is reported of a fit, restricted to cells with data.

    Of a fit by the cut route only effects are reported; its levels are stage 1's.
    """
    posterior, plan = fit.posterior, fit.design
    for name in _KINDS:
        if name in posterior and name != "level":
            yield name, posterior[name]
    if "effect_cell" in posterior:
        treated = xr.DataArray(plan.treated, dims=("followed", "factor"))
        cell = posterior["effect_cell"].where(treated)
        yield "effect by country", cell.mean("factor")
        yield "effect by factor", cell.mean("followed")
    if fit.provenance["route"] == "cut" or "level" not in posterior:
        return
    level = posterior["level"].where(fit.design_data["observed"].astype(bool))
    yield "level", level
    if len(plan.waves) > 1 and len(plan.followed):
        followed = level.isel(country=plan.followed)
        change = followed.isel(wave=-1) - followed.isel(wave=0)
        yield "change", change
        yield "pooled change", change.mean("country")
        yield "share improved", (change > 0).where(np.isfinite(change)).mean(("country", "factor"))


def _examine(name: str, array: xr.DataArray) -> dict[str, object]:
    import arviz as az

    flat = array.stack(element=[d for d in array.dims if d not in {"chain", "draw"}])
    flat = flat.transpose("chain", "draw", "element")
    values = flat.to_numpy()
    moving = np.isfinite(values).all(axis=(0, 1)) & (np.ptp(values, axis=(0, 1)) > 0)
    if not moving.any():  # the same in every draw, like a share improved of 100 %
        return {"quantity": name, "kind": _KINDS[name], "n": 0, "worst": "", "passed": True}
    values = values[:, :, moving]
    labels = flat["element"].to_numpy()[moving]
    columns = {"x": (("chain", "draw", "element"), values)}
    data = xr.Dataset(columns)
    bulk = az.ess(data, method="bulk")["x"].to_numpy()
    tail = az.ess(data, method="tail")["x"].to_numpy()
    rhat = az.rhat(data)["x"].to_numpy()
    kind = _KINDS[name]
    lacking = rhat if name in SCALES else -np.minimum(bulk, tail)
    worst = labels[int(np.argmax(lacking))]
    passed = bool(rhat.max() < MOST_RHAT[kind])
    if name not in SCALES:
        passed &= bool(min(bulk.min(), tail.min()) >= LEAST_ESS)
    return {
        "quantity": name,
        "kind": kind,
        "n": values.shape[2],
        "ess_bulk": float(bulk.min()),
        "ess_tail": float(tail.min()),
        "rhat": float(rhat.max()),
        "worst": ", ".join(str(part) for part in np.atleast_1d(worst)),
        "passed": passed,
    }


def _quadrature(fit: Fit, survey: Survey) -> dict[str, object]:
    error = quadrature_error(fit, survey)
    sd = float(error.std())
    grid = fit.provenance["settings"].get("quadrature", N_("as specified"))
    return {
        "quantity": "quadrature",
        "kind": "sampler",
        "n": error.size,
        "worst": _("log-likelihood errs by sd {sd}; at most {most} (grid {grid})").format(
            sd=f"{sd:.3f}", most=MOST_QUADRATURE_SD, grid=grid
        ),
        "passed": sd <= MOST_QUADRATURE_SD,
    }


def _partial(kept: str) -> dict[str, object]:
    return {
        "quantity": "interrupted",
        "kind": "sampler",
        "worst": f"kept {kept}",
        "passed": False,
    }


def _divergences(fit: Fit) -> dict[str, object]:
    count = int(fit.sample_stats["diverging"].sum())
    return {
        "quantity": "divergences",
        "kind": "sampler",
        "n": count,
        "worst": "",
        "passed": count == 0,
    }


#: Statistics that importance sampling leaves, and what was sampled.
_WEIGHED = {"pareto_k_scales": N_("importance of scales"), "pareto_k": N_("importance")}


def _importance(fit: Fit, name: str) -> dict[str, object]:
    pareto_k = float(fit.sample_stats[name])
    shown = f"{pareto_k:.2f}".replace("-", "\N{MINUS SIGN}")
    return {
        "quantity": _WEIGHED[name],
        "kind": "sampler",
        "n": fit.posterior.sizes["chain"] * fit.posterior.sizes["draw"],
        "worst": _("Pareto k {k}; at most {most}").format(k=shown, most=MOST_PARETO_K),
        "passed": pareto_k <= MOST_PARETO_K,
    }


def _approximation(fit: Fit) -> dict[str, object]:
    """How far the weights of the draws that were weighed would move what is averaged over cells.

    Single cells are left out: there are so many that noise alone moves some.
    """
    log_weight = fit.sample_stats["log_weight"]
    own = replace(fit, posterior=fit.posterior.isel(draw=slice(log_weight.sizes["proposal"])))
    weights, __ = smoothed(log_weight.to_numpy().ravel())
    found = {}
    for name, array in _quantities(own):
        if _KINDS[name] == "effects and scales" and name not in SCALES:
            values = array.transpose("chain", "draw", ...).to_numpy()
            values = values.reshape(len(weights), -1)
            values = values[:, np.isfinite(values).all(axis=0) & (np.ptp(values, axis=0) > 0)]
            moved = np.abs(weights @ values - values.mean(axis=0)) / values.std(axis=0)
            found[name] = float(moved.max(initial=0.0))
    worst = max(found, key=lambda name: found[name])
    return {
        "quantity": "approximation",
        "kind": "sampler",
        "n": len(weights),
        "worst": _("weights would move {quantity} by {moved} sd; at most {most}").format(
            quantity=worst, moved=f"{found[worst]:.2f}", most=MOST_MOVED
        ),
        "passed": found[worst] <= MOST_MOVED,
    }


def diagnose(fit: Fit, survey: Survey | None = None) -> Diagnosis:
    """Hold a fit against the gates.

    Not interrupted; no divergences; bulk and tail ESS of at least 400 for every continuous
    estimand; R-hat below 1.01 for effects, pooled and scale parameters and below 1.05 for
    single cells.  With the survey also, for a joint fit, the quadrature: over draws, the error
    of the total log-likelihood may vary by an sd of 0.1.  Of a fit by importance sampling the
    Pareto k of its weights, at most 0.7 (Vehtari et al. 2024); of an approximate fit also how
    far the weights of some of its draws would move effects and what is pooled, at most a
    quarter of a posterior sd.

    Raises
    ------
    FitError
        The survey is not the one that was fitted.
    """
    settings = fit.provenance["settings"]
    rows = [_partial(settings["partial"])] if "partial" in settings else []
    rows += [_divergences(fit)] if "diverging" in fit.sample_stats else []
    rows += [_importance(fit, name) for name in _WEIGHED if name in fit.sample_stats]
    if settings.get("sampler") == "approximate":
        rows.append(_approximation(fit))
    if survey is not None and fit.provenance["route"] == "joint":
        rows.append(_quadrature(fit, survey))
    rows += [_examine(name, array) for name, array in _quantities(fit)]
    columns = ["quantity", "kind", "n", "ess_bulk", "ess_tail", "rhat", "worst", "passed"]
    table = pd.DataFrame(rows, columns=columns).astype({"passed": bool})
    return Diagnosis(table, bool(table["passed"].all()))
