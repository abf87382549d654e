"""The marks that all interval charts share: dots, gradients and ridges."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb

from cips_models.charts.labels import capital
from cips_models.charts.palette import INK, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Key
from cips_models.errors import IdentificationError
from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE
from cips_models.wording import _

#: Distance of two groups within a row, in rows.
_SPREAD: Final = 0.42

DOTS, GRADIENTS, RIDGES = MARKS = ("dots", "gradients", "ridges")

#: Share of colour below which a bar is as white as the paper.
_SEEN: Final = 0.02

#: Columns by which a density is that of an estimate.
_SAME: Final = (COUNTRY, FACTOR, GROUP, WAVE, "from", "to", "estimand", "scale")


def dodge(position: int, n: int) -> float:
    """Shift of one of ``n`` marks that share a row, in rows, centred on the row."""
    return 0.0 if n == 1 else _SPREAD * (position / (n - 1) - 0.5)


def dots(
    axes: Axes,
    table: pd.DataFrame,
    y: Sequence[float],
    *,
    colour: str,
    marker: str,
    filled: bool | Sequence[bool] = True,
    size: float = 22,
    inner: bool = True,
) -> None:
    """Draw rows of a table as interval dots at heights ``y``.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``mean, lower, upper, inner_lower, inner_upper``.
    y : sequence of float
        One height a row.
    colour, marker : str
    filled : bool or sequence of bool
        Hollow dots are filled with white.
    size : float
        Area of a dot in square points, on a page.
    inner : bool
        Draw the inner interval, too.
    """
    axes.hlines(y, table["lower"], table["upper"], color=colour, linewidth=0.9 * weight(), zorder=2)
    if inner:
        axes.hlines(
            y, table["inner_lower"], table["inner_upper"], color=colour,
            linewidth=2.4 * weight(), zorder=3,
        )  # fmt: skip
    solid = [filled] * len(table) if isinstance(filled, bool) else list(filled)
    axes.scatter(
        table["mean"],
        y,
        s=size * weight() ** 2,
        marker=marker,
        facecolors=[colour if each else "white" for each in solid],
        edgecolors=colour,
        linewidths=1.1 * weight(),
        zorder=4,
    )


def gradients(
    axes: Axes, densities: Iterable[pd.DataFrame], y: Sequence[float], *, colour: str, height: float
) -> None:
    """Bars of one colour that fade with the distance from the median.

    The share of colour at a value is that of draws that lie farther from the median, on
    either side: 1 - abs(2 F - 1), F the distribution function (after Correll & Gleicher 2014).
    """
    hue = np.array(to_rgb(colour))
    for own, at in zip(densities, y, strict=True):
        x, cumulative = own["x"].to_numpy(), own["cumulative"].to_numpy()
        middle = (cumulative[1:] + cumulative[:-1]) / 2
        share = (1 - np.abs(2 * middle - 1))[:, None]
        seen = share[:, 0] > _SEEN
        shades = share * hue + (1 - share) * np.ones(3)
        low, high = at - height / 2, at + height / 2
        bars = [[(a, low), (b, low), (b, high), (a, high)] for a, b in pairwise(x)]
        axes.add_collection(
            PolyCollection(
                [bar for bar, told in zip(bars, seen, strict=True) if told],
                facecolors=shades[seen], edgecolors=shades[seen], linewidths=0.3, zorder=1.2,
            )
        )  # fmt: skip


def ridges(
    axes: Axes,
    densities: Iterable[pd.DataFrame],
    table: pd.DataFrame,
    y: Sequence[float],
    *,
    colour: str,
    height: float,
) -> None:
    """Densities on their rows, all on one scale: dark inside the interval, faint outside it.

    Parameters
    ----------
    height : float
        Rows that a density of one unit is high.
    """
    for own, (_index, row), at in zip(densities, table.iterrows(), y, strict=True):
        x, top = own["x"].to_numpy(), at - height * own["density"].to_numpy()
        axes.fill_between(x, at, top, color=colour, alpha=0.18, linewidth=0, zorder=2)
        inside = np.linspace(row["lower"], row["upper"], 60)
        axes.fill_between(
            inside, at, np.interp(inside, x, top), color=colour, alpha=0.5, linewidth=0, zorder=2
        )
        axes.plot(x, top, color=colour, linewidth=0.9 * weight(), zorder=3)
        mean = np.interp(row["mean"], x, top)
        axes.vlines(row["mean"], mean, at, color=INK, linewidth=1.2 * weight(), zorder=4)


def of_rows(densities: pd.DataFrame | None, table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The density of every row of a table of estimates.

    Raises
    ------
    IdentificationError
        There is none of a row.
    """
    for _index, row in table.iterrows():
        labels = {name: row[name] for name in _SAME if name in row}
        own = pd.DataFrame() if densities is None else densities
        for name, value in labels.items():
            own = own[own[name].astype(str) == str(value)] if len(own) else own
        if own.empty:
            raise IdentificationError(
                f"densities: found none of {' '.join(str(v) for v in labels.values() if v)}; "
                "expected one of every estimate. `cips_models.densities` makes them of draws; "
                "the results folder has those of pooled estimates."
            )
        yield own


def key(groups: Sequence[str]) -> list[Key]:
    """Key entries of the groups, for :meth:`cips_models.charts.sheet.Sheet.figure`."""
    return [(capital(group), *look(i), True) for i, group in enumerate(groups)]


def mass_and_kind(interval: str) -> dict[str, str]:
    """Mass and kind of an interval: {"mass": "95", "kind": "equal-tailed"}."""
    mass, __, kind = str(interval).partition("%")
    kinds = {"ETI": _("equal-tailed"), "HDI": _("highest density")}
    return {"mass": mass, "kind": kinds.get(kind.strip(), kind.strip())}


def how_to_read(interval: str, marks: str = DOTS) -> str:
    """Say what the marks are, with kind and mass of the interval."""
    said = {
        DOTS: _("Dot: posterior mean. Thin line: {mass} % interval ({kind}), thick line: 50 %."),
        GRADIENTS: _(
            "Dot: posterior mean. Line: {mass} % interval ({kind}). Bar: the fainter, the farther "
            "from the posterior median."
        ),
        RIDGES: _(
            "Curve: posterior density, dark inside the {mass} % interval ({kind}). Black line: "
            "posterior mean."
        ),
    }
    return said[marks].format(**mass_and_kind(interval))
