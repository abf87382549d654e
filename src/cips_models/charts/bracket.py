"""The bracket: one effect under every specification, route and parallel-trends assumption."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import marks, panels, rows, select
from cips_models.charts.chart import chart
from cips_models.charts.effect import ATT
from cips_models.charts.labels import capital, unit, unit_of, word
from cips_models.charts.lettering import shortened
from cips_models.charts.numbers import span, with_span
from cips_models.charts.palette import RULE, look
from cips_models.charts.sheet import Sheet
from cips_models.did.estimand import in_one_line, of_rows
from cips_models.names import GROUP, PERCENT
from cips_models.wording import _, listed

_WAY = ("specification", "route", "parallel_trends")


@chart("effects", says_fit=True)
def bracket(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
) -> Figure:
    """Draw every estimate of each group's average effect, one row an estimate."""
    estimates = select.rows(table, estimand=ATT, scale=scale)
    groups = select.labels(estimates, GROUP)
    ways = estimates[list(_WAY)].drop_duplicates()
    keys = [tuple(way) for way in ways.itertuples(index=False)]
    order = list(dict.fromkeys(way[0] for way in keys))
    keys.sort(key=lambda way: order.index(way[0]))
    labels = list(dict.fromkeys(each for way in keys for each in ((way[0],), way)))
    figure = sheet.figure(
        (1 if sheet.wide else len(groups)) * (rows.lines(len(labels), 1) + 2) + 3,
        findings=[_finding(group, estimates[estimates[GROUP] == group]) for group in groups],
        reading=_(
            "Average effect of support in {unit}, by specification, route and scale of the "
            "parallel trends. Filled: joint route; hollow: cut route."
        ).format(unit=unit(scale))
        + " "
        + marks.how_to_read(estimates["interval"].iloc[0]),
        notes=in_one_line(of_rows(estimates)),
    )
    drawn = panels.for_groups(figure, len(groups), stacked=not sheet.wide)
    # Names of rows stand to the left of the panels, numbers to the right.
    room = (0.25 if sheet.wide else 0.5) * figure.get_figwidth()
    for i, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        _panel(axes, i, estimates[estimates[GROUP] == group], labels)
        if i and sheet.wide:
            axes.set_yticklabels([])
        axes.set_title(shortened(capital(group), room, bold=True))
        if sheet.wide or i == len(groups) - 1:
            axes.set_xlabel(capital(unit(scale)))
    return figure


def _finding(group: str, estimates: pd.DataFrame) -> str:
    """Range of the estimates, and how many intervals exclude zero on either side."""
    return _(
        "{group}: {n} estimates from {span} {unit}; "
        "{above} with an interval above zero, {below} below"
    ).format(
        group=capital(group),
        n=len(estimates),
        unit=unit_of(estimates["scale"].iloc[0], estimates["mean"].max()),
        span=span(estimates["mean"].min(), estimates["mean"].max()),
        above=int((estimates["lower"] > 0).sum()),
        below=int((estimates["upper"] < 0).sum()),
    )


def _panel(
    axes: Axes, position: int, estimates: pd.DataFrame, labels: list[tuple[str, ...]]
) -> None:
    ways = list(zip(*(estimates[name] for name in _WAY), strict=True))
    numbers = [""] * len(labels)
    for way, (_index, row) in zip(ways, estimates.iterrows(), strict=True):
        numbers[labels.index(way)] = with_span(row["mean"], row["lower"], row["upper"])
    panels.rows_down(axes, [_name(*each) for each in labels])
    panels.zero_line(axes)
    for y, (each, label) in enumerate(zip(labels, axes.get_yticklabels(), strict=True)):
        if len(each) == 1:
            label.set_fontweight("bold")
            if y:
                axes.axhline(y - 0.5, color=RULE, linewidth=0.8)
    colour, marker = look(position)
    marks.dots(
        axes,
        estimates,
        [labels.index(way) for way in ways],
        colour=colour,
        marker=marker,
        filled=[route == "joint" for route in estimates["route"]],
    )
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(labels)), numbers)
    right.tick_params(length=0)
    right.spines[:].set_visible(False)


def _name(specification: str, route: str = "", trends: str = "") -> str:
    """Name of a row: a specification, or a way of estimating by it."""
    return listed((word(route), word(trends))) if route else capital(word(specification))
