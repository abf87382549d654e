"""How support went with starting points, and what noise in these alone would show as an effect.

Everything is within countries and net of factors: a level less the mean of its country and of its
factor.  With y such levels at the first wave, s the indicator of support treated alike, and r the
share of the variance of y, as it was read, that is not sampling noise:

    difference of starting points       D = s'y / s's
    log odds of support, a sd lower     -D / sd(y given support)         (Efron 1975, section 1)
    regression to the mean              -(1 - r) D as it was read        (Davis 1976)

The last is what a two-way difference in differences of observed means gains where nothing
changes, if support went by what was read: a reading that differs from the mean by y is expected to
differ by r y when it is taken again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.contrast import Comparison
from cips_models.did.on_cells import compared
from cips_models.did.refusals import effect_refusals
from cips_models.errors import IdentificationError
from cips_models.estimands.improved import SUPPORTED, UNSUPPORTED
from cips_models.estimands.intervals import summarise
from cips_models.estimands.scales import on_scales
from cips_models.inference.fit import Fit
from cips_models.model.build import CellEstimates
from cips_models.model.design import Design
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, LATENT, PERCENT, WAVE
from cips_models.tables import TABLES

#: Beyond such odds, starting points tell supported cells from others, and more is no more certain.
MOST_ODDS: Final = 1e6

_DRAWS = (CHAIN, DRAW)


@dataclass(frozen=True)
class StartingCells:
    """Cells of one group that the effect rests on, at the first wave in which they were seen.

    Attributes
    ----------
    place : (cell, 3) int array
        Followed country, factor and wave.
    supported : (cell,) bool array
    net : (cell, cell) array
        Takes the means of countries and factors out: the residual maker of their indicators.
    """

    place: np.ndarray
    supported: np.ndarray
    net: np.ndarray

    @classmethod
    def of(cls, found: Comparison, design: Design, group: int) -> "StartingCells":
        """The supported cells of a comparison and those that they are compared with."""
        cell = np.argwhere(found.treated | found.control)
        seen = design.observed[design.followed][cell[:, 0], cell[:, 1], group]
        place = np.column_stack([cell, seen.argmax(axis=1)])
        fixed = np.column_stack([cell[:, [d]] == np.unique(cell[:, d]) for d in (0, 1)])
        net = np.eye(len(cell)) - fixed @ np.linalg.pinv(fixed.astype(float))
        return cls(place, found.treated[tuple(cell.T)], net)

    @property
    def treatment(self) -> np.ndarray:
        """(cell,) support net of countries and factors."""
        return np.asarray(self.net @ self.supported)

    @property
    def weights(self) -> np.ndarray:
        """(cell,) weights of levels in the difference of supported and other cells."""
        return np.asarray(self.treatment / (self.treatment @ self.treatment))

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the net levels."""
        return float(np.trace(self.net))

    def odds_ratio(self, levels: np.ndarray) -> np.ndarray:
        """(...) factor by which the odds of support grow with levels (..., cell) one sd lower.

        At most :data:`MOST_ODDS`, and at least one over it: beyond, starts tell which cells were
        supported.  NaN where too few cells are left for an sd among cells of a kind.
        """
        net, difference = levels @ self.net, levels @ self.weights
        if round(self.freedom) < 2:
            return np.full(difference.shape, np.nan)
        explained = difference**2 * (self.treatment**2).sum()
        left = np.maximum((net**2).sum(axis=-1) - explained, 0.0)
        within = np.sqrt(left / (self.freedom - 1))
        most = np.log(MOST_ODDS)
        # Divided only where the ratio is below the most: there may be next to nothing within.
        certain = np.abs(difference) >= most * within
        bound = np.asarray(-np.sign(difference) * most)
        log_odds = np.divide(-difference, within, out=bound, where=~certain)
        return np.asarray(np.exp(log_odds))

    def levels(self, values: xr.DataArray) -> np.ndarray:
        """(chain, draw, cell) of values (chain, draw, country, factor, wave) of the followed."""
        ordered = values.transpose(*_DRAWS, COUNTRY, FACTOR, WAVE).to_numpy()
        return np.asarray(ordered[:, :, *self.place.T])

    def read(self, cells: CellEstimates, design: Design, group: int) -> tuple[np.ndarray, float]:
        """What was read of each cell (cell,), and the noise's variance in net readings."""
        place = np.column_stack([design.followed[self.place[:, 0]], self.place[:, 1:]])
        wanted = np.insert(place, 2, group, axis=1)
        known = {tuple(each): k for k, each in enumerate(cells.position.tolist())}
        rows = [known[tuple(each)] for each in wanted.tolist()]
        covariance = cells.within[np.ix_(rows, rows)] + cells.shared[rows] @ cells.shared[rows].T
        return cells.mean[rows], float((self.net * covariance).sum() / self.freedom)


def selection(fit: Fit, cells: CellEstimates | None = None) -> xr.Dataset:
    """How support relates to starting points, by group.

    Parameters
    ----------
    fit : Fit
        Of either route, under any of the bracket: what it takes for true of starting points.
    cells : CellEstimates, optional
        Cells as they were read, from stage 1 of the same survey (``stage.cells``); without them
        nothing is said of noise.

    Returns
    -------
    xarray.Dataset
        ``difference`` (chain, draw, scale, group): supported less other cells, in logits and
        points. ``odds_ratio`` (chain, draw, group): by which factor the odds of support grow for
        a start that is one sd lower. ``baseline`` (chain, draw, country, factor, group): net
        starting points in logits. With ``cells`` ``read`` (country, factor, group) and
        ``read_difference`` (group), the same as they were read; ``reliability`` (chain, draw,
        group), the share of the variance of readings that is not noise; and
        ``regression_to_mean`` (chain, draw, scale, group). NaN in groups without a comparison.

    Raises
    ------
    IdentificationError
        No group has supported cells with others to be compared with.
    """
    each, design = compared(fit), fit.design
    if not any(one.identified for one in each):
        raise IdentificationError("\n".join(map(str, effect_refusals(fit))))
    starts = {g: StartingCells.of(one, design, g) for g, one in enumerate(each) if one.identified}
    until = 1 + max(int(start.place[:, 2].max()) for start in starts.values())
    level = fit.posterior["level"].isel({COUNTRY: design.followed, WAVE: slice(until)})
    scaled = on_scales(level, fit, (LATENT, PERCENT))
    parts = []
    for g, start in starts.items():
        values = {name: start.levels(scaled[name].isel({GROUP: g})) for name in (LATENT, PERCENT)}
        read = None if cells is None else start.read(cells, design, g)
        own = _of_group(start, values, read, fit)
        parts.append(own.assign_coords({GROUP: design.groups[g]}))
    return xr.concat(parts, GROUP, join="outer").reindex({GROUP: list(design.groups)})


def _of_group(
    start: StartingCells,
    values: dict[str, np.ndarray],
    read: tuple[np.ndarray, float] | None,
    fit: Fit,
) -> xr.Dataset:
    """The quantities of one group, from (chain, draw, cell) levels on both scales."""
    latent, points = values[LATENT], values[PERCENT]
    net, difference = latent @ start.net, latent @ start.weights
    square = (net**2).sum(axis=-1)

    def by_cell(array: np.ndarray) -> xr.DataArray:
        """(..., country, factor) of (..., cell)."""
        shape = len(fit.design.followed), len(fit.design.factors)
        laid = np.full((*array.shape[:-1], *shape), np.nan)
        laid[..., start.place[:, 0], start.place[:, 1]] = array
        labels = {COUNTRY: list(fit.design.followed_labels), FACTOR: list(fit.design.factors)}
        return xr.DataArray(laid, labels, (*_DRAWS[: array.ndim - 1], COUNTRY, FACTOR))

    def by_scale(*arrays: np.ndarray) -> xr.DataArray:
        return xr.DataArray(
            np.stack(arrays, axis=-1), {"scale": [LATENT, PERCENT]}, (*_DRAWS, "scale")
        )

    found = {
        "difference": by_scale(difference, points @ start.weights),
        "odds_ratio": xr.DataArray(start.odds_ratio(latent), dims=_DRAWS),
        "baseline": by_cell(net),
    }
    if read is not None:
        reading, noise = read
        true = square / start.freedom
        reliability = true / (true + noise)
        gain = -(1 - reliability) * (reading @ start.weights)
        # Points that a logit is worth among these cells: the slope of the one on the other.
        slope = (net * (points @ start.net)).sum(axis=-1) / square
        found |= {
            "read": by_cell(start.net @ reading),
            "read_difference": xr.DataArray(reading @ start.weights),
            "reliability": xr.DataArray(reliability, dims=_DRAWS),
            "regression_to_mean": by_scale(gain, gain * slope),
        }
    return xr.Dataset(found)


#: What the table calls the quantities, and whether their sign means anything.
_ESTIMANDS = {
    "baseline": ("net baseline", True),
    "difference": ("baseline difference", True),
    "odds_ratio": ("odds ratio of support", False),
    "reliability": ("reliability", False),
    "regression_to_mean": ("regression to the mean", False),
}


def selection_table(fit: Fit, cells: CellEstimates | None = None) -> pd.DataFrame:
    """The same with intervals, one row an estimate; columns as ``tables`` declares them.

    The mean of a ratio of odds is the geometric one: the arithmetic one is that of its few largest
    draws, and may lie beyond the interval.
    """
    found = selection(fit, cells)
    status = _status(fit)

    def rows() -> Iterator[pd.DataFrame]:
        for name, (estimand, signed) in _ESTIMANDS.items():
            if name not in found:
                continue
            draws = found[name]
            read = {"baseline": found.get("read"), "difference": found.get("read_difference")}
            scaled = "scale" in draws.dims
            for scale in draws["scale"].to_numpy() if scaled else [LATENT]:
                own = draws.sel(scale=scale, drop=True) if scaled else draws
                extra = read.get(name) if scale == LATENT else None
                ratio = name == "odds_ratio"
                yield (_summarise_ratio if ratio else summarise)(
                    own,
                    estimand=estimand,
                    scale=str(scale),
                    signed=signed,
                    read=np.nan if extra is None else extra,
                    supported=status if name == "baseline" else "",
                )

    table = pd.concat(list(rows()), ignore_index=True)
    for dim in (COUNTRY, FACTOR):
        table[dim] = table[dim].fillna("")
    table["route"] = fit.provenance["route"]
    table["specification"] = fit.provenance["specification"]
    return table[[column.name for column in TABLES["selection"]]]


def _summarise_ratio(ratios: xr.DataArray, **about: Any) -> pd.DataFrame:
    """Summarise ratios by their logarithms: every number but the sd is a ratio again."""
    table = summarise(xr.ufuncs.log(ratios), **about)
    numbers = ["mean", "lower", "upper", "inner_lower", "inner_upper"]
    table[numbers] = np.exp(table[numbers])
    table["mcse"] = table["mean"] * table["mcse"]
    return table.assign(sd=np.nan)


def _status(fit: Fit) -> xr.DataArray:
    """(country, factor, group) words: supported or unsupported."""
    design = fit.design
    treated = np.stack([one.treated for one in compared(fit)], axis=-1)
    labels = {
        COUNTRY: list(design.followed_labels),
        FACTOR: list(design.factors),
        GROUP: list(design.groups),
    }
    words = np.where(treated, SUPPORTED, UNSUPPORTED)
    return xr.DataArray(words, labels, (COUNTRY, FACTOR, GROUP))
