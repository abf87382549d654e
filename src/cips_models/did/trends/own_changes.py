"""How far the trends of single factors part within a country, where there was no support."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from cips_models.did.contrast import Comparison
from cips_models.did.on_cells import compared
from cips_models.inference.fit import Fit
from cips_models.names import CHAIN, DRAW, GROUP
from cips_models.wording import _

#: Deviations of cells' changes, as the hierarchy names them.
CELL_CHANGE = "cell_change"


def own_changes(fit: Fit) -> xr.DataArray:
    """Sd of the own changes of cells that were never supported, over a step of mean length.

    The own change is what a cell's true change differs by from the mean of its country and of
    its factor (delta_cfg): all that parallel trends leave to a single factor.  Its sd is that of
    the cells at hand, worked out in every draw from that draw's changes (a finite-population sd;
    Gelman 2005).  So it holds no sampling noise, which the sd of estimates would;
    it is not shrunken, as the sd of posterior means would be; and no supported cell enters, in
    which effects that differ from cell to cell pass for changes of their own, as they do in the
    hierarchy's sd of all cells.  Means of countries and factors are swept out, and the degrees
    of freedom that this takes are counted.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, group, in logits.  NaN in a group in which too few cells were never
        supported to tell their own changes from those of countries and factors, or in which
        nothing is compared.
    """
    design = fit.design
    groups = list(design.groups)
    sizes = {CHAIN: fit.posterior.sizes[CHAIN], DRAW: fit.posterior.sizes[DRAW]}
    found = np.full((*sizes.values(), len(groups)), np.nan)
    if CELL_CHANGE in fit.posterior:
        order = (CHAIN, DRAW, GROUP, "step", "followed", "factor")
        change = fit.posterior[CELL_CHANGE].transpose(*order).to_numpy()
        for g, one in enumerate(compared(fit)):
            squares, freedom = 0.0, 0
            for step, members in _steps(fit, g, one):
                residual, left = _residuals(*np.nonzero(members))
                own = change[:, :, g, step][:, :, members] / design.step_scale[step]
                squares = squares + ((own @ residual) ** 2).sum(axis=-1)
                freedom += left
            if freedom and one.identified:
                found[..., g] = np.sqrt(squares / freedom)
    coords = {CHAIN: fit.posterior[CHAIN], DRAW: fit.posterior[DRAW], GROUP: groups}
    return xr.DataArray(found, coords, (CHAIN, DRAW, GROUP))


def _steps(fit: Fit, group: int, one: Comparison) -> Iterator[tuple[int, np.ndarray]]:
    """Each step, and which of the cells never supported were seen before it and after."""
    seen = fit.design.observed[fit.design.followed][:, :, group]
    for step in range(seen.shape[2] - 1):
        yield step, one.control & seen[..., : step + 1].any(-1) & seen[..., step + 1 :].any(-1)


def _residuals(row: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, int]:
    """(cell, cell) projection on what no effects of rows and columns explain, and its rank."""
    n = len(row)
    effects = np.concatenate(
        [row[:, None] == np.arange(row.max(initial=-1) + 1),
         column[:, None] == np.arange(column.max(initial=-1) + 1)], axis=1
    ).astype(float)  # fmt: skip
    if not n:
        return np.zeros((0, 0)), 0
    # Singular by construction; the default tolerance takes rounding for a direction.
    projection = np.eye(n) - effects @ np.linalg.pinv(effects, rcond=1e-10)
    return projection, n - int(np.linalg.matrix_rank(effects))


def not_compared(fit: Fit) -> dict[str, str]:
    """Why nothing is compared, by group; groups in which something is are not in it."""
    reason = _("In this group no supported cell has others to be compared with.")
    each = zip(fit.design.groups, compared(fit), strict=True)
    return {group: reason for group, one in each if not one.identified}


def own_change_reasons(fit: Fit) -> dict[str, str]:
    """Why own changes cannot be told, by group; groups in which they can are not in it."""
    without = own_changes(fit).isnull().all((CHAIN, DRAW)).to_numpy()
    reason = _(
        "Too few factors without support to tell how far single factors part from the trends "
        "of their country and of their factor."
    )
    each = zip(fit.design.groups, without, strict=True)
    return {group: reason for group, lacking in each if lacking} | not_compared(fit)


def span(fit: Fit) -> xr.DataArray:
    """Mean over supported cells of the time from the last wave without support to the last.

    Returns
    -------
    xarray.DataArray
        Dims group, in steps of mean length: 1 with two waves.
    """
    length = np.append(0.0, np.cumsum(fit.design.step_scale**2))
    waves = np.arange(len(fit.design.waves))
    found = []
    for one in compared(fit):
        before = np.where(one.untreated, waves, 0).max(axis=2)
        spans = (length[one.last] - length[before])[one.treated]
        found.append(spans.mean() if spans.size else np.nan)
    return xr.DataArray(found, {GROUP: list(fit.design.groups)}, (GROUP,))
