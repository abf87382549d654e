"""Levels from wave to wave: one line of panels a group, one panel a factor."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cips_models.charts import findings, lettering, marks, panels, rows, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, level_unit, quantity
from cips_models.charts.numbers import NONE
from cips_models.charts.palette import RULE, SOFT, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT, WAVE
from cips_models.tables.estimates import PATH
from cips_models.wording import _


@chart("levels", "changes")
def paths(
    table: pd.DataFrame, sheet: Sheet, *, changes: pd.DataFrame, scale: str = PERCENT
) -> Figure:
    """Draw the level of every factor from wave to wave, countries pooled and one by one."""
    rows.comparable(scale)
    shown = select.rows(table, scale=scale)
    cells = select.rows(shown, estimand="level")
    pooled = select.rows(shown, estimand=PATH)
    groups, factors = select.labels(pooled, GROUP), select.labels(pooled, FACTOR)
    places = _places(select.waves(cells))
    ends = select.waves(pooled)
    first, last = ends[0], ends[-1]
    columns = min(10 if sheet.wide else 5, len(factors))
    deep = math.ceil(len(factors) / columns)
    figure = sheet.figure(
        (11 if sheet.wide or deep == 1 else 9.5) * deep * len(groups) + 2,
        findings=findings.overall_changes(changes, scale, (first, last)),
        reading=_(
            "Level of {quantity}, in {unit}. Marks and bold line: posterior mean of the countries "
            "seen at every wave, pooled; band: {mass} % interval ({kind}). Thin lines: posterior "
            "means of single countries. The title is about countries seen in {first} and in "
            "{last}. Groups that were asked different questions have scales of their own."
        ).format(
            quantity=quantity(scale), unit=level_unit(scale), first=first, last=last,
            **marks.mass_and_kind(pooled["interval"].iloc[0]),
        ),
    )  # fmt: skip
    grid = figure.subplots(
        deep * len(groups), columns, sharex=True, sharey="row", squeeze=False
    ).reshape(len(groups), deep * columns)
    room = 0.82 * figure.get_figwidth() / columns
    ticks = list(places) if _fit(places, room) else _ends_alone(list(places))
    for i, group in enumerate(groups):
        for axes, factor in zip(grid[i], factors, strict=False):
            here, whole = (
                each[(each[GROUP] == group) & (each[FACTOR] == factor)] for each in (cells, pooled)
            )
            _panel(axes, here, whole, places, look(i))
            axes.set_xticks(list(places.values()), ticks)
        for axes in grid[i, len(factors) :]:
            axes.set_visible(False)
        if i == 0 or deep > 1:
            rows.headings(list(grid[i]), factors, room)
        for first in grid[i, ::columns]:
            first.set_ylabel(capital(group))
        for axes in grid[i, max(0, len(factors) - columns) : len(factors)]:
            axes.tick_params(axis="x", labelbottom=True)
    return figure


def _places(waves: Sequence[str]) -> Mapping[str, float]:
    """Where waves (in order) stand: at their years, or one after another if they are no numbers."""
    try:
        return {wave: float(wave) for wave in waves}
    except ValueError:
        return {wave: float(k) for k, wave in enumerate(waves)}


def _ends_alone(waves: Sequence[str]) -> list[str]:
    """Labels of the first wave and the last, the others empty."""
    return [wave if wave in (waves[0], waves[-1]) else "" for wave in waves]


def _fit(places: Mapping[str, float], room: float) -> bool:
    """Whether the labels of all waves stand apart below a panel so many inches wide."""
    at = sorted(places.values())
    nearest = min((b - a for a, b in pairwise(at)), default=1.0)
    share = nearest / (1.5 * ((at[-1] - at[0]) or 1.0))  # the axis is half as wide again
    return lettering.widest(places) < 0.9 * share * room


def _panel(
    axes: Axes,
    cells: pd.DataFrame,
    pooled: pd.DataFrame,
    places: Mapping[str, float],
    look_of: tuple[str, str],
) -> None:
    colour, marker = look_of
    for _country, own in cells.groupby(COUNTRY, sort=False):
        if len(own) > 1:
            at = own.assign(at=own[WAVE].map(places)).sort_values("at")
            axes.plot(at["at"], at["mean"], color=RULE, linewidth=0.6 * weight(), zorder=1.5)
    edge = 0.25 * (max(places.values()) - min(places.values()) or 1)
    axes.set_xlim(min(places.values()) - edge, max(places.values()) + edge)
    if pooled.empty:  # the group was not asked about the factor
        axes.text(0.5, 0.5, NONE, transform=axes.transAxes, ha="center", color=SOFT)
        return
    mean = pooled.assign(at=pooled[WAVE].map(places)).sort_values("at")
    axes.fill_between(
        mean["at"], mean["lower"], mean["upper"], color=colour, alpha=0.3, linewidth=0, zorder=2
    )
    axes.plot(
        mean["at"], mean["mean"], color=colour, marker=marker, markersize=4 * weight(),
        linewidth=1.8 * weight(), zorder=3,
    )  # fmt: skip
    panels.grid(axes, "y")
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
