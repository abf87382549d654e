"""A placebo in time: the effect of support between waves before there was any.

Where supported cells parted from the others already before their support began, they may have
gone on doing so.  It takes two waves before support, three in all.
"""

from dataclasses import replace

import numpy as np
import xarray as xr

from cips_models.did.contrast import CONTRIBUTING, Comparison
from cips_models.did.on_cells import compared
from cips_models.did.trends.from_cells import average_from_cells
from cips_models.did.trends.own_changes import own_change_reasons, own_changes
from cips_models.inference.fit import Fit
from cips_models.model.build import CellEstimates
from cips_models.names import CHAIN, DRAW, GROUP
from cips_models.wording import _


def pretended(one: Comparison) -> Comparison:
    """The comparison with support taken to have begun at each cell's last wave without it.

    Only waves without support count.  Supported cells that were seen once before their support
    are among neither; cells never supported are compared up to the last pretended wave.
    """
    before = one.untreated
    waves = np.arange(before.shape[2])
    placed = one.treated & (before.sum(axis=2) >= 2)
    last = np.where(before, waves, 0).max(axis=2)
    end = last[placed].max(initial=0)
    kept = before & (waves <= end) & (placed | one.control)[:, :, None]
    kept &= ~(placed[:, :, None] & (waves == last[:, :, None]))
    return replace(one, treated=placed, untreated=kept, last=last)


def placebo(fit: Fit, cells: CellEstimates, *, seed: int = 1) -> xr.Dataset:
    """The effect that support seems to have had before it began, by imputation.

    Parameters
    ----------
    fit : Fit
        Says who was seen when, and how cells change on their own.
    cells : CellEstimates
        Of stage 1; see :class:`cips_models.inference.stage_one.StageOne`.
    seed : int

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, group: ``effect`` in logits; ``ratio``, the same in units of the spread
        of the unsupported cells' own changes over a step: an M that was seen (``did.trends.bias``).
        ``countries``, ``factors``, ``cells`` (group) count what contributes.  NaN in a group of
        which :func:`placebo_reasons` says why.
    """
    own = own_changes(fit)
    each = [pretended(one) for one in compared(fit)]
    effect = xr.concat(
        [average_from_cells(fit, cells, g, one, own.isel({GROUP: g}, drop=True), seed)
         for g, one in enumerate(each)],
        own[GROUP],
    ).transpose(CHAIN, DRAW, GROUP)  # fmt: skip
    counts = {
        name: (GROUP, [getattr(one, counted) for one in each])
        for name, counted in CONTRIBUTING.items()
    }
    return xr.Dataset({"effect": effect, "ratio": effect / own}).assign_coords(counts)


def placebo_reasons(fit: Fit) -> dict[str, str]:
    """Why a group has no placebo in time; groups that may have one are not in it."""
    design, found = fit.design, own_change_reasons(fit)
    for group, one in zip(design.groups, compared(fit), strict=True):
        before = pretended(one)
        if group in found:
            continue
        if len(design.waves) < 3:
            reason = _("The survey has {n} waves: none but the first is before support.")
            found[group] = reason.format(n=len(design.waves))
        elif not before.cells:
            found[group] = _("No supported cell was seen twice before its support began.")
        elif not before.identified:
            found[group] = _(
                "No cell supported later has others without support, of its country and of its "
                "factor, to be compared with before support began."
            )
    return found
