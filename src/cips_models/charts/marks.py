"""The mark that all interval charts share: dot, thick 50 % line, thin 95 % line."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from cips_models.charts.labels import capital
from cips_models.charts.style import look
from cips_models.wording import _

#: Distance of two groups within a row, in rows.
_SPREAD = 0.42


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
    size: float = 26,
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
        Area of a dot in square points.
    """
    axes.hlines(y, table["lower"], table["upper"], color=colour, linewidth=0.9, zorder=2)
    axes.hlines(
        y, table["inner_lower"], table["inner_upper"], color=colour, linewidth=2.6, zorder=3
    )
    solid = [filled] * len(table) if isinstance(filled, bool) else list(filled)
    axes.scatter(
        table["mean"],
        y,
        s=size,
        marker=marker,
        facecolors=[colour if each else "white" for each in solid],
        edgecolors=colour,
        linewidths=1.2,
        zorder=4,
    )


def key(groups: Sequence[str]) -> list[tuple[str, str, str, bool]]:
    """Key entries of the groups, for :func:`cips_models.charts.style.canvas`."""
    return [(capital(group), *look(i), True) for i, group in enumerate(groups)]


def how_to_read(interval: str) -> str:
    """Say what dots and lines are, with kind and mass of the interval."""
    mass, __, kind = interval.partition("%")
    kinds = {"ETI": _("equal-tailed"), "HDI": _("highest density")}
    return _(
        "Dot: posterior mean. Thin line: {mass} % interval ({kind}), thick line: 50 %."
    ).format(mass=mass, kind=kinds.get(kind.strip(), kind.strip()))
