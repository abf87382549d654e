"""What axes of several charts have in common: rows with names, the line of zero, their places."""

from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts.lettering import row_label
from cips_models.charts.palette import GRID, INK
from cips_models.charts.settings import weight


def rows_down(axes: Axes, labels: Sequence[str]) -> None:
    """Name the rows of a chart of horizontal lines, first one on top."""
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(range(len(labels)), _names(labels, width_of(axes)))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _names(labels: Sequence[str], width: float) -> list[str]:
    """Labels in one or two lines: rather a little wider than in two."""
    return [row_label(label, 0.35 * width, 0.42 * width) for label in labels]


def deepest(labels: Sequence[str], width: float) -> int:
    """Most lines that a name of a row takes in a figure so many inches wide."""
    return max((name.count("\n") + 1 for name in _names(labels, width)), default=1)


def width_of(axes: Axes) -> float:
    """Inches of the whole figure."""
    figure = axes.get_figure(root=True)
    return 0.0 if figure is None else float(figure.get_figwidth())


def zero_line(axes: Axes, *, level: bool = False) -> None:
    """Mark zero, the line of no change; ``level`` where values go up and not to the right."""
    (axes.axhline if level else axes.axvline)(0, color=INK, linewidth=0.8 * weight(), zorder=1.5)
    grid(axes, "y" if level else "x")


def grid(axes: Axes, along: Literal["x", "y"]) -> None:
    """Faint lines at the ticks of one axis, behind everything."""
    axes.grid(axis=along, color=GRID, linewidth=0.6 * weight())
    axes.set_axisbelow(True)


def by_rows(figure: Figure, rows: Sequence[int], *, stacked: bool) -> tuple[Axes, Axes | None]:
    """Axes for two numbers of rows, of the same height in both.

    One below the other, or side by side; none for no second rows.
    """
    if not rows[1]:
        return figure.subplots(), None
    if stacked:
        first, second = figure.subplots(2, 1, sharex=True, height_ratios=rows)
        first.tick_params(axis="x", labelbottom=True)
        return first, second
    least, rest = min(rows), max(rows) - min(rows)
    ratios = [least, rest] if rest else [least]
    places = figure.add_gridspec(len(ratios), 2, height_ratios=ratios)
    left = figure.add_subplot(places[0, 0] if rows[0] == least else places[:, 0])
    right = figure.add_subplot(places[0, 1] if rows[1] == least else places[:, 1], sharex=left)
    return left, right


def for_groups(figure: Figure, n: int, *, stacked: bool, sharey: bool = False) -> Sequence[Axes]:
    """One panel a group, with one axis of values: below one another, or side by side."""
    if stacked:
        panels = figure.subplots(n, 1, sharex=True, sharey=sharey, squeeze=False)[:, 0]
    else:
        panels = figure.subplots(1, n, sharex=True, sharey=sharey, squeeze=False)[0]
    return tuple(panels)
