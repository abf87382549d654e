"""From a posterior to what is done with it: margins, equivalence, and the risk of naming cells."""

from collections.abc import Sequence
from typing import Final

import xarray as xr

from cips_models.did.on_cells import cell_effects
from cips_models.estimands.improved import exceeds
from cips_models.inference.fit import Fit
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, PERCENT

#: Where nobody states a margin: effects in points of which the probability is shown.
MARGINS: Final = (0.0, 1.0, 2.0, 3.0)

#: Half the width of the region of practical equivalence where nobody states it, in points.
EQUIVALENT: Final = 1.0

#: Probabilities of having improved from which on a cell might be named.
THRESHOLDS: Final = (0.5, 0.8, 0.9, 0.95, 0.975, 0.99)

PARTS: Final = ("below", "within", "above")

_CELLS = (COUNTRY, FACTOR)


def average_effect(fit: Fit) -> xr.DataArray:
    """Average effect on supported cells in points of positive answers, (chain, draw, group)."""
    return cell_effects(fit, PERCENT).mean(_CELLS)


def beyond(effect: xr.DataArray, margins: Sequence[float]) -> xr.DataArray:
    """1 in draws in which an effect exceeds a margin, 0 in others; dim ``margin`` comes first."""
    each = [exceeds(effect, margin) for margin in margins]
    return xr.concat(each, xr.Variable("margin", list(margins)))


def in_parts(effect: xr.DataArray, equivalent: float) -> xr.DataArray:
    """Draws below, within and above the region of practical equivalence.

    Within is from -``equivalent`` to ``equivalent``, both ends included.

    Returns
    -------
    xarray.DataArray
        1 or 0, NaN where there is no effect; dim ``part`` first. Exactly one part in each draw.
    """
    above, below = exceeds(effect, equivalent), exceeds(-effect, equivalent)
    within = 1.0 - above - below
    return xr.concat([below, within, above], xr.Variable("part", list(PARTS)))


def local_false_sign_rate(change: xr.DataArray, margin: float = 0.0) -> xr.DataArray:
    """Probability that the direction which is the more probable one is wrong.

    min(P(change > margin), P(change <= margin)); Stephens 2017.

    Parameters
    ----------
    change : xarray.DataArray
        Dims chain, draw and any others.
    margin : float

    Returns
    -------
    xarray.DataArray
        Of the other dims, 0-0.5; NaN where there is no change.
    """
    better = exceeds(change, margin).mean((CHAIN, DRAW), skipna=False)
    found: xr.DataArray = xr.ufuncs.minimum(better, 1.0 - better)
    return found


def naming(better: xr.DataArray, thresholds: Sequence[float] = THRESHOLDS) -> xr.Dataset:
    """What becomes of the rule to name a cell improved if its probability is t or more.

    Which cells are named the data have settled; which of them did not improve differs from draw
    to draw.  The mean share of them is the mean of 1 - P(improved) over named cells, a Bayesian
    false discovery rate (Newton et al. 2004; with signs Stephens 2017); here with its posterior.

    Parameters
    ----------
    better : xarray.DataArray
        1 where a cell improved in a draw, 0 where it did not, NaN for cells that are not
        counted; dims chain, draw, country, factor and any others.
    thresholds : sequence of float

    Returns
    -------
    xarray.Dataset
        Dims threshold and the others: ``named``, how many; with chain, draw: ``wrong``, how many
        of them did not improve; ``risk``, the same in per cent of the named, NaN where none is;
        ``missed``, how many cells improved and are not named.
    """
    counted = better.notnull().all((CHAIN, DRAW))
    probable = better.mean((CHAIN, DRAW)).where(counted)
    bar = xr.DataArray(list(thresholds), {"threshold": list(thresholds)}, ("threshold",))
    chosen = probable >= bar - 1e-12  # a mean of ones is one up to rounding
    named = chosen.sum(_CELLS)
    each = [
        ((1.0 - better).where(chosen.sel(threshold=t, drop=True), 0.0).sum(_CELLS),
         better.where(~chosen.sel(threshold=t, drop=True) & counted, 0.0).sum(_CELLS))
        for t in thresholds
    ]  # fmt: skip
    wrong, missed = (xr.concat(part, bar["threshold"]) for part in zip(*each, strict=True))
    risk = 100.0 * wrong / named.where(named > 0)
    return xr.Dataset({"named": named, "wrong": wrong, "risk": risk, "missed": missed})
