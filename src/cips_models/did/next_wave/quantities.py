"""The quantities that are looked at, in points, as coefficients of the hierarchy."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from cips_models.did.contrast import comparison
from cips_models.did.next_wave.horizon import Horizon
from cips_models.errors import IdentificationError
from cips_models.estimands.scales import on_scale
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT, WAVE

#: Logits, and draws, for the slope of points by logits.
_STEP, _FEW = 0.05, 40


@dataclass(frozen=True)
class Quantities:
    """Effects of each group, pooled changes of each group, changes of each cell, in this order.

    A change is from the last wave in which the cell was seen to the planned one.  Points are
    latent changes times the points that a logit is worth in the cell at its last wave.

    Attributes
    ----------
    effects : (linear, group) array
        Coefficients of the average effect on supported cells; zero where it cannot be told.
    changes : (estimate, group + cell) array
        Coefficients of the levels.
    slope : (cell,) array
        Points a logit is worth in each planned cell.
    weights : (followed, factor, group) array
        Of the effect of one unit of support on each cell in the average, in points.
    persistence : (estimate, group) array
        What levels owe to one prior sd of kappa; no columns where it is not free.
    """

    effects: np.ndarray
    changes: np.ndarray
    slope: np.ndarray
    weights: np.ndarray
    persistence: np.ndarray

    @classmethod
    def of(cls, fit: Fit, horizon: Horizon) -> "Quantities":
        """For a fit and what is planned.

        Raises
        ------
        IdentificationError
            No group has a level in points.
        """
        by_cell = points_per_logit(fit)
        country, factor, group, _ = horizon.position[horizon.new].T
        slope = by_cell[country, factor, group]
        weights = _effect_weights(horizon, by_cell)
        return cls(
            _effect_coefficients(horizon, weights),
            _change_contrasts(horizon, slope),
            slope,
            weights,
            _persistence(fit, horizon),
        )

    def effect_itself(self, fit: Fit, horizon: Horizon) -> xr.DataArray | None:
        """(sample, group) the average effect in points as a fit has it; None where it does not.

        Newly supported countries and factors get the mean effect.
        """
        posterior = fit.posterior
        if "effect" not in posterior:
            return None
        mean = posterior["effect"].stack(sample=("chain", "draw")).transpose("sample", GROUP)
        cells = mean.to_numpy()[:, None, None, :]
        labels = {
            "treated_country": ("country_effect", horizon.design.followed_labels),
            "treated_factor": ("factor_effect", horizon.design.factors),
        }
        for axis, (dim, (name, wanted)) in enumerate(labels.items()):
            if name in posterior:
                part = posterior[name].stack(sample=("chain", "draw"))
                part = part.transpose("sample", dim, GROUP).reindex({dim: list(wanted)})
                cells = cells + np.expand_dims(np.nan_to_num(part.to_numpy()), 2 - axis)
        found = np.einsum("scfg,cfg->sg", cells + 0.0 * self.weights, self.weights, optimize=True)
        return xr.DataArray(
            found, dims=("sample", GROUP), coords={GROUP: list(horizon.design.groups)}
        )


def points_per_logit(fit: Fit) -> np.ndarray:
    """(country, factor, group) points of positive answers that a logit is worth.

    At the last wave in which the cell was seen; where the questions have no points, the mean of
    the group's other cells.

    Raises
    ------
    IdentificationError
        No group has a level in points.
    """
    every = max(fit.posterior.sizes["draw"] * fit.posterior.sizes["chain"] // _FEW, 1)
    few = fit.posterior["level"].isel(draw=slice(None, None, every))
    ends = [on_scale(few + sign * _STEP, fit, PERCENT).mean(("chain", "draw")) for sign in (1, -1)]
    slope = ((ends[0] - ends[1]) / (2 * _STEP)).transpose(COUNTRY, FACTOR, GROUP, WAVE)
    observed = fit.design.observed
    last = observed.shape[3] - 1 - observed[..., ::-1].argmax(axis=3)
    found = np.take_along_axis(slope.to_numpy(), last[..., None], axis=3)[..., 0]
    if not np.isfinite(found).any():
        raise IdentificationError(
            "Design of the next wave: found no group with questions that were asked in every "
            "wave, so that nothing is known in points; expected some"
        )
    known = np.isfinite(found)
    each = np.where(known, found, 0.0).sum(axis=(0, 1)) / np.maximum(known.sum(axis=(0, 1)), 1)
    whole = np.where(each > 0, each, found[known].mean())
    return np.where(known, found, whole)


def _effect_weights(horizon: Horizon, slope: np.ndarray) -> np.ndarray:
    design = horizon.design
    compared = [comparison(design, g) for g in range(len(design.groups))]
    counted = np.stack([one.treated & one.identified for one in compared], axis=-1)
    if not horizon.spec.structure.support_effect:
        counted = np.zeros_like(counted)
    share = counted / np.maximum(counted.sum(axis=(0, 1)), 1)
    return np.asarray(share * slope[design.followed] * design.given[..., None])


def _effect_coefficients(horizon: Horizon, weights: np.ndarray) -> np.ndarray:
    found = np.zeros((len(horizon.hierarchy.linear), weights.shape[2]))
    given = horizon.design.given[..., None]
    own = np.divide(weights, given, out=np.zeros_like(weights), where=given > 0)
    dims = ("followed", FACTOR)
    for g in np.flatnonzero(weights.any(axis=(0, 1))):
        worth = xr.DataArray(own[..., g], dims=dims)

        def average(
            public: xr.Dataset, g: int = int(g), worth: xr.DataArray = worth
        ) -> xr.DataArray:
            found: xr.DataArray = (public["effect_cell"].isel({GROUP: g}) * worth).sum(dims)
            return found

        found[:, g] = horizon.hierarchy.coefficients(horizon.density, average)
    return found


def _change_contrasts(horizon: Horizon, slope: np.ndarray) -> np.ndarray:
    cell = np.arange(len(horizon.new))
    each = np.zeros((len(horizon.position), len(cell)))
    each[horizon.new, cell] = slope
    each[horizon.last, cell] = -slope
    group = horizon.position[horizon.new, 2]
    member = np.equal.outer(group, np.arange(len(horizon.design.groups))).astype(float)
    pooled = each @ (member / np.maximum(member.sum(axis=0), 1))
    return np.hstack([pooled, each])


def _persistence(fit: Fit, horizon: Horizon) -> np.ndarray:
    """The first step of every followed country loses kappa times the cell's own baseline."""
    design, posterior = horizon.design, fit.posterior
    if not horizon.hierarchy.persistence.size or "cell_baseline" not in posterior:
        return np.zeros((len(horizon.position), 0))
    own = posterior["cell_baseline"].mean(("chain", "draw"))
    baseline = own.transpose(COUNTRY, FACTOR, GROUP).to_numpy()
    country, factor, group, wave = horizon.position.T
    moved = (wave > 0) & np.isin(country, design.followed)
    owed = -horizon.spec.priors["persistence"].sd * baseline[country, factor, group] * moved
    return np.asarray(owed[:, None] * np.equal.outer(group, np.arange(len(design.groups))))
