"""What is judged of a fit, by name: the estimands that are reported, as draws."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import xarray as xr

import cips_models as cips
from cips_models.did.on_cells import LATENT_TRENDS, POINT_TRENDS, effects_on_cells
from cips_models.did.weighting import averaged, weights_of
from cips_models.estimands.changes import pooled_changes
from cips_models.estimands.improved import SUPPORT, SUPPORTED, UNSUPPORTED
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, LATENT, PERCENT

CELLS: Final = (COUNTRY, FACTOR)

#: Quantities of a group, all of them numbers.
EFFECT, EFFECT_PERCENT = "effect, logits", "effect, points"
EFFECT_POINTS = "effect, trends in points"
CHANGE, CHANGE_PERCENT = "mean change, logits", "mean change, points"
SHARE, OTHER_SHARE = "share improved, supported", "share improved, not supported"
DIFFERENCE = "difference in shares"

#: Quantities of single cells.
CELL_CHANGE, CELL_EFFECT = "change of a cell, points", "effect on a cell, logits"


def quantities(fit: cips.Fit) -> xr.Dataset:
    """Everything that is judged of a fit, each (chain, draw, group), of cells with their dims."""
    effect = effects_on_cells(fit, (LATENT, PERCENT))
    counted = effect[LATENT, LATENT_TRENDS].isel(chain=0, draw=0, drop=True).notnull()
    share = weights_of(fit, "cells", counted)
    change = cips.changes(fit)
    pooled = pooled_changes(change, *CELLS)
    improved = cips.improved(fit, changes=change)
    found = {
        EFFECT: averaged(effect[LATENT, LATENT_TRENDS], share, *CELLS),
        EFFECT_PERCENT: averaged(effect[PERCENT, LATENT_TRENDS], share, *CELLS),
        EFFECT_POINTS: averaged(effect[PERCENT, POINT_TRENDS], share, *CELLS),
        CHANGE: pooled[LATENT],
        CHANGE_PERCENT: pooled[PERCENT],
        SHARE: improved["share"].sel({SUPPORT: SUPPORTED}, drop=True),
        OTHER_SHARE: improved["share"].sel({SUPPORT: UNSUPPORTED}, drop=True),
        DIFFERENCE: improved["difference"],
        CELL_CHANGE: change[PERCENT],
        CELL_EFFECT: effect[LATENT, LATENT_TRENDS],
    }
    return xr.Dataset({name: draws.reset_coords(drop=True) for name, draws in found.items()})


def position(draws: np.ndarray, truth: float, rng: np.random.Generator) -> float:
    """Where the truth is among the draws, 0-1; ties are ranked at random."""
    below, tied = np.mean(draws < truth), np.mean(draws == truth)
    return float(below + rng.uniform() * tied)


def judged(
    found: xr.Dataset, truth: xr.Dataset, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """One row a quantity and group; single cells are judged one by one and averaged.

    Parameters
    ----------
    found : xarray.Dataset
        From :func:`quantities`.
    truth : xarray.Dataset
        The same names without chain and draw.
    """
    for name, group in ((n, str(g)) for n in found for g in found[GROUP].to_numpy()):
        draws = found[name].sel({GROUP: group}).stack(sample=(CHAIN, DRAW))
        cells = [d for d in CELLS if d in draws.dims]
        known = truth[name].sel({GROUP: group} | {d: draws[d] for d in cells})
        flat = draws.transpose(*cells, "sample").to_numpy().reshape(-1, draws.sizes["sample"])
        each = zip(flat, known.transpose(*cells).to_numpy().ravel(), strict=True)
        pairs = [(own, t) for own, t in each if np.isfinite(own).all() and np.isfinite(t)]
        places = np.array([position(own, t, rng) for own, t in pairs])
        values = np.array([(t, own.mean(), own.std(ddof=1)) for own, t in pairs])
        row = dict(zip(("truth", "mean", "sd"), values.mean(axis=0), strict=True))
        yield {"group": group, "quantity": name, **row, **insides(places)} | (
            {}
            if cells
            else {"position": places[0], "above": float(np.quantile(pairs[0][0], 0.025) > 0)}
        )


def insides(places: np.ndarray) -> dict[str, float]:
    """Shares of central intervals that hold the truth."""
    return {
        f"inside{mass}": float(np.mean(np.abs(places - 0.5) <= mass / 200)) for mass in (50, 90, 95)
    }
