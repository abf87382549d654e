"""An average effect by imputation, from cell levels that nothing has pooled.

Stage 1 of the cut route knows the level of every cell, the covariance of its errors, and nothing of
support.  A comparison that the hierarchy has no term for (a pretended start, exposure to another
factor's support) is made from these: a posterior that shrinks cells towards its own terms would
shrink what it does not know of towards nothing.
"""

import numpy as np
import xarray as xr

from cips_models.did.contrast import Comparison
from cips_models.inference.fit import Fit
from cips_models.model.build import CellEstimates
from cips_models.names import CHAIN, DRAW


def average_from_cells(
    fit: Fit,
    cells: CellEstimates,
    group: int,
    compared: Comparison,
    own: xr.DataArray,
    seed: int = 1,
) -> xr.DataArray:
    """Draws of the average effect of a comparison in one group, by imputation.

    The estimate w'y is linear in the levels y, with the weights of Borusyak, Jaravel & Spiess
    (2024; see :func:`cips_models.did.imputation.imputation`).  Its variance has two parts:
    the errors of stage 1, w'Sw, and what cells change by on their own, which would make a
    difference between cells that nothing was done to: own^2 times the sum over cells of
    w_c' T w_c, with T the covariance of a random walk of unit steps (in time of mean length).

    Parameters
    ----------
    fit : Fit
        Says who was seen when.
    cells : CellEstimates
        Of stage 1, of the same survey.
    group : int
        Position of the group.
    compared : Comparison
        Which cells are compared with which, and when.
    own : (chain, draw) array
        Sd of cells' own changes; see :func:`cips_models.did.trends.own_changes.own_changes`.
    seed : int

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, in logits.  NaN where no cell is identified or a level is missing.
    """
    design = fit.design
    weights = np.zeros(design.observed.shape)
    weights[design.followed, :, group] = compared.weights
    known = np.zeros(design.observed.shape, dtype=bool)
    known[tuple(cells.position.T)] = True
    if not compared.identified or (weights[~known] != 0).any():
        return xr.full_like(own, np.nan)
    w = weights[tuple(cells.position.T)]
    errors = w @ cells.within @ w + ((w @ cells.shared) ** 2).sum()
    time = np.append(0.0, np.cumsum(design.step_scale**2))
    walk = np.minimum(time[:, None], time[None, :])
    each = compared.weights
    changing = float(np.einsum("cfw,wv,cfv->", each, walk, each))
    z = np.random.default_rng([seed, group]).standard_normal(own.shape)
    found: xr.DataArray = w @ cells.mean + np.sqrt(errors + changing * own**2) * z
    return found.transpose(CHAIN, DRAW)
