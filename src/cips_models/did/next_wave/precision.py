"""How precise changes and effects will be after the next wave, given the scales of a fit.

Given the scales (sds and correlations of the hierarchy, of persons, of drift) stage 2 is linear
and Gaussian, and the posterior variance of a quantity q does not depend on what the cells show:

    v = |R'a|^2 - u' C^-1 u,    u = J R R' a

(:mod:`cips_models.inference.collapse`), with C the covariance of the estimates of all waves, the
planned one included.  For other numbers of respondents C differs in the planned cells E alone, by
E D E', and by the identity of Woodbury (Petersen & Pedersen 2012, equation 156)

    u' (C + E D E')^-1 u = u' C^-1 u - r' D (I + G D)^-1 r,    r = E' C^-1 u,  G = E' C^-1 E

so that one factorisation a draw serves all sample sizes.  The persistence kappa, where it is
free, multiplies the baselines; these are taken at their posterior mean, and kappa is one more
linear parameter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from threadpoolctl import threadpool_limits

from cips_models.did.next_wave.cell_errors import (
    Drift,
    FromPersons,
    blocks,
    drift_sds,
    from_stage_one,
)
from cips_models.did.next_wave.horizon import Horizon
from cips_models.did.next_wave.planned import PlannedWave
from cips_models.did.next_wave.quantities import Quantities
from cips_models.did.next_wave.variances import Variances, added, gram_of
from cips_models.inference.fit import Fit
from cips_models.inference.stage_one import StageOne
from cips_models.inference.standard import StandardCoordinates
from cips_models.model.specification import Specification
from cips_models.names import GROUP

#: Draws of the scales that are looked at, and numbers of respondents in units of the plan's.
DRAWS = 40
SIZES = (0.5, 1.0, 2.0)

#: What of a fit is read draw by draw, where it has it.
_SCALES = ("sd", "correlation", "persistence", "item_sd", "general_spread", "specific_spread")


@dataclass(frozen=True)
class Precision:
    """What the planned wave will make of changes and effects.

    Attributes
    ----------
    plan : PlannedWave
    horizon : Horizon
    sds : xarray.Dataset
        Posterior sds in points, by draw of the scales.  ``effect`` (draw, size, group) of the
        average effect on supported cells, ``effect_now`` (draw, group) without the planned wave,
        ``effect_prior`` (draw, group) without any; ``pooled`` (draw, size, group) of the mean
        change over all cells from their last wave to the planned one; ``change`` (draw, size,
        cell) of single cells.  Coordinate ``size``: respondents in units of the plan's.  NaN in
        groups in which no supported cell can be compared.
    effect : xarray.DataArray or None
        (sample, group) the effect itself in points, as the fit has it; None where it has none.
    slope : (cell,) array
        Points that a logit is worth in each planned cell.
    gains : tuple of Gains
        For each country and group, what more respondents would do.
    from_prior : tuple of str
        Scales that the fit does not know.
    """

    plan: PlannedWave
    horizon: Horizon
    sds: xr.Dataset
    effect: xr.DataArray | None
    slope: np.ndarray
    gains: "tuple[Gains, ...]"
    from_prior: tuple[str, ...]


@dataclass(frozen=True)
class Gains:
    """Changes of the cells of one country and group, for any number of respondents.

    Attributes
    ----------
    cells : (cell,) int array
        Positions among the planned cells.
    respondents : float
        As planned.
    variance : (draw, cell) array
        Of the changes, as planned, in points.
    pull : (draw, cell, cell) array
        r: of each planned cell to each change.
    gram, error : (draw, cell, cell) arrays
        G, and the covariance of the errors that respondents reduce, as planned.
    drift : (draw, cell) array
        Variance of the changes with infinitely many respondents in both waves.
    """

    cells: np.ndarray
    respondents: float
    variance: np.ndarray
    pull: np.ndarray
    gram: np.ndarray
    error: np.ndarray
    drift: np.ndarray

    def sd(self, respondents: float) -> np.ndarray:
        """(draw, cell) sds of the changes with so many respondents; infinitely many allowed."""
        change = self.respondents / respondents - 1.0
        found = self.variance + added(change * self.error, self.gram, self.pull)
        return np.asarray(np.sqrt(found))


def next_wave(
    fit: Fit,
    plan: PlannedWave,
    *,
    stage: StageOne | None = None,
    spec: Specification | None = None,
    sizes: Sequence[float] = SIZES,
    draws: int = DRAWS,
    seed: int = 1,
) -> Precision:
    """Say how precise changes and effects will be after the planned wave.

    Parameters
    ----------
    fit : Fit
        Of either route; of the waves so far.
    plan : PlannedWave
    stage : StageOne, optional
        Of the same survey: what respondents tell then comes from their answers, instead of from
        items and spreads of persons.
    spec : Specification, optional
        Of the fit; default the shipped one, if that is it.
    sizes : sequence of float
        Numbers of respondents that are compared, in units of the plan's.
    draws : int
        Draws of the scales, evenly from all of the fit.
    seed : int
        Of scales that the fit does not know, which come from their prior.

    Raises
    ------
    FitError
        The fit lacks what is needed: its specification, numbers of respondents.
    SpecificationError
        Item shifts are sparse.
    """
    horizon = Horizon.of(fit, plan, spec)
    quantities = Quantities.of(fit, horizon)
    posterior = fit.posterior.stack(sample=("chain", "draw"))
    total = posterior.sizes["sample"]
    chosen = np.unique(np.linspace(0, total - 1, min(draws, total)).astype(int))
    scales = posterior[[name for name in _SCALES if name in posterior]].isel(sample=chosen)
    rng = np.random.default_rng(seed)
    with threadpool_limits(1):
        known = None if stage is None else from_stage_one(stage, fit, horizon)
        told = FromPersons(fit, horizon) if known is None else (lambda _: known)
        drift, omega = Drift.of(fit, horizon), drift_sds(fit, horizon, scales, rng)
        parts = blocks(horizon)
        found = []
        for k, sds in enumerate(omega):
            own, x = scales.isel(sample=k), _from_prior(horizon, rng)
            telling = told(own)
            errors = drift.added(telling, sds)
            collapsed = horizon.measured(errors.within, errors.shared)
            ends = np.concatenate([horizon.new, horizon.last])
            gram = gram_of(collapsed, horizon.scales(own, x), quantities, ends)
            error = telling.within[np.ix_(ends, ends)]
            found.append(Variances.of(gram, error, sizes, parts))
    return Precision(
        plan,
        horizon,
        _labelled(found, horizon, quantities, sizes),
        quantities.effect_itself(fit, horizon),
        quantities.slope,
        tuple(_gains(found, k, cells, horizon) for k, cells in enumerate(parts)),
        tuple(t for t in horizon.families if "sd" not in posterior or t not in posterior["term"]),
    )


def _from_prior(horizon: Horizon, rng: np.random.Generator) -> np.ndarray:
    """A point (dim,) with scales from their prior."""
    plan = horizon.hierarchy
    x = np.zeros(plan.dim)
    h = rng.standard_normal(len(plan.kept))
    x[plan.kept] = StandardCoordinates.of(plan.families, plan.kept).unconstrained(h)
    return x


def _labelled(
    found: Sequence[Variances], horizon: Horizon, quantities: Quantities, sizes: Sequence[float]
) -> xr.Dataset:
    """Sds by their names."""
    groups = len(horizon.design.groups)
    effects, pooled, cells = (
        slice(None, groups), slice(groups, 2 * groups), slice(2 * groups, None),
    )  # fmt: skip
    told = quantities.effects.any(axis=0)
    later = np.sqrt(np.maximum([one.variance for one in found], 0.0))
    now, prior = (np.sqrt([getattr(one, name) for one in found]) for name in ("now", "prior"))
    seen = np.isin(np.arange(groups), horizon.position[horizon.new, 2])
    return xr.Dataset(
        {
            "effect": (("draw", "size", GROUP), np.where(told, later[..., effects], np.nan)),
            "effect_now": (("draw", GROUP), np.where(told, now[..., effects], np.nan)),
            "effect_prior": (("draw", GROUP), np.where(told, prior[..., effects], np.nan)),
            "pooled": (("draw", "size", GROUP), np.where(seen, later[..., pooled], np.nan)),
            "change": (("draw", "size", "cell"), later[..., cells]),
        },
        coords={"size": list(sizes), GROUP: list(horizon.design.groups)},
    )


def _gains(found: Sequence[Variances], k: int, cells: np.ndarray, horizon: Horizon) -> Gains:
    parts = (np.array([one.blocks[k][part] for one in found]) for part in range(5))
    return Gains(cells, float(horizon.respondents[cells[0]]), *parts)
