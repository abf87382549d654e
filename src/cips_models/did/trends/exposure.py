"""Spillover from factor to factor: cells without support that the support of others may reach.

An exposure map, which the study states beforehand, says support of which factor reaches which
others and how far.  It sorts the cells of a country into conditions (Aronow & Samii 2017):
supported; not supported and wholly exposed; not supported and not exposed; and in between,
which is set aside.  Under no interference other than the map's, a cell's level depends on its
condition alone.
"""

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from cips_models.did.contrast import CONTRIBUTING, Comparison
from cips_models.did.on_cells import compared
from cips_models.did.trends.from_cells import average_from_cells
from cips_models.did.trends.own_changes import own_change_reasons, own_changes
from cips_models.inference.fit import Fit
from cips_models.model.build import CellEstimates
from cips_models.names import CHAIN, DRAW, FACTOR, GROUP
from cips_models.survey.exposure import EXPOSED
from cips_models.wording import _

#: A cell is wholly exposed from this sum of weights on; rounding is no exposure in part.
WHOLLY = 1.0 - 1e-9

#: What is compared with cells that are neither supported nor exposed.
CONTRASTS = ("exposed, not supported", "supported")


@dataclass(frozen=True)
class Conditions:
    """Comparisons of one group with cells neither supported nor exposed.

    Attributes
    ----------
    exposed, supported : Comparison
        Of wholly exposed cells without support, and of supported cells.
    set_aside : int
        Cells without support that are exposed in part, or were exposed from the start.
    """

    exposed: Comparison
    supported: Comparison
    set_aside: int


def doses(fit: Fit, exposure: xr.DataArray) -> np.ndarray:
    """(followed, factor, wave) sum of the weights of a country's supported factors.

    Parameters
    ----------
    fit : Fit
    exposure : (factor, exposed) array
        Weights, 0 where support of the one does not reach the other.
    """
    design = fit.design
    factors = list(design.factors)
    weights = exposure.sel({FACTOR: factors, EXPOSED: factors}).transpose(FACTOR, EXPOSED)
    if design.support is None:
        return np.zeros((len(design.followed), len(factors), len(design.waves)))
    # What was supported before its country was first seen reaches others as well.
    in_force = design.support[design.followed] | design.already_treated[design.followed][..., None]
    return np.asarray(np.einsum("cfw,fe->cew", in_force.astype(float), weights.to_numpy()))


def conditions(fit: Fit, exposure: xr.DataArray, group: int) -> Conditions:
    """Sort the cells of a group; see the module."""
    one, dose = compared(fit)[group], doses(fit, exposure)
    seen = fit.design.observed[fit.design.followed][:, :, group]
    at_last = np.take_along_axis(dose, one.last[..., None], axis=2)[..., 0]
    at_first = np.take_along_axis(dose, seen.argmax(axis=2)[..., None], axis=2)[..., 0]
    unexposed = one.control & ~(dose > 0).any(axis=2)
    exposed = one.control & (at_first == 0) & (at_last >= WHOLLY)

    def against(treated: np.ndarray) -> Comparison:
        # Waves with exposure are no waves without treatment; supported cells count as they do.
        clean = one.untreated & ((dose == 0) | one.treated[..., None])
        kept = clean & (treated | unexposed)[..., None]
        return replace(one, treated=treated, control=unexposed, untreated=kept)

    aside = one.control & ~unexposed & ~exposed
    return Conditions(against(exposed), against(one.treated), int(aside.sum()))


def exposure_effects(
    fit: Fit, cells: CellEstimates, exposure: xr.DataArray, *, seed: int = 1
) -> xr.Dataset:
    """What exposure did to cells without support, and support to supported ones, by imputation.

    Parameters
    ----------
    fit : Fit
        Says who was seen when, and how cells change on their own.
    cells : CellEstimates
        Of stage 1; see :class:`cips_models.inference.stage_one.StageOne`.
    exposure : (factor, exposed) array
        The study's map; see :func:`cips_models.survey.exposure.lay_out_exposure`.
    seed : int

    Returns
    -------
    xarray.Dataset
        ``effect`` (chain, draw, contrast, group), in logits, contrasts :data:`CONTRASTS`, both
        against cells of the same countries and factors that are neither; ``countries``,
        ``factors``, ``cells`` (contrast, group) and ``set_aside`` (group) count what contributes.
        NaN where nothing is to be compared.
    """
    own = own_changes(fit)
    each = [conditions(fit, exposure, g) for g in range(len(fit.design.groups))]
    pairs = [[one.exposed for one in each], [one.supported for one in each]]
    effect = [
        xr.concat(
            [average_from_cells(fit, cells, g, one, own.isel({GROUP: g}, drop=True), seed)
             for g, one in enumerate(of)], own[GROUP])
        for of in pairs
    ]  # fmt: skip
    found = xr.concat(effect, xr.Variable("contrast", list(CONTRASTS)))
    counts = {
        name: (("contrast", GROUP), [[getattr(one, counted) for one in of] for of in pairs])
        for name, counted in CONTRIBUTING.items()
    }
    ordered = found.transpose(CHAIN, DRAW, "contrast", GROUP)
    return xr.Dataset({"effect": ordered}).assign_coords(
        {**counts, "set_aside": (GROUP, [one.set_aside for one in each])}
    )


def exposure_reasons(fit: Fit, exposure: xr.DataArray | None) -> dict[str, str]:
    """Why spillover from factor to factor is not told in a group; the others are not in it."""
    if exposure is None:
        reason = _("The study names no exposure map.")
        return dict.fromkeys(fit.design.groups, reason)
    reasons = own_change_reasons(fit)
    for g, group in enumerate(fit.design.groups):
        found = conditions(fit, exposure, g).exposed
        if group in reasons:
            continue
        if not found.cells:
            reasons[group] = _("By the exposure map no cell without support becomes exposed.")
        elif not found.identified:
            reasons[group] = _(
                "No exposed cell has others that are neither supported nor exposed, of its "
                "country and of its factor, to be compared with."
            )
    return reasons
