"""The bracket: one effect under every specification, route and parallel-trends assumption."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import marks, select, style
from cips_models.charts.effect import ATT
from cips_models.charts.labels import capital, short_unit, unit, word
from cips_models.charts.lettering import shortened
from cips_models.charts.numbers import points, span
from cips_models.did.estimand import in_words, of_rows
from cips_models.names import GROUP, PERCENT
from cips_models.wording import _

_ROW = 0.27  # inches
_WAY = ("specification", "route", "parallel_trends")


@style.styled
def bracket(
    table: pd.DataFrame,
    *,
    scale: str = PERCENT,
    source: str = "",
    synthetic: bool = False,
) -> Figure:
    """Draw every estimate of each group's average effect, one row an estimate.

    Parameters
    ----------
    table : pandas.DataFrame
        The effects table.
    scale : {"percent", "score", "latent"}
    source : str
        Name of the survey.
    synthetic : bool
        The data were simulated; the chart then says so.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    IdentificationError
        The table holds no average effect.
    """
    estimates = select.rows(table, estimand=ATT, scale=scale)
    groups = select.labels(estimates, GROUP)
    ways = estimates[list(_WAY)].drop_duplicates()
    keys = [tuple(way) for way in ways.itertuples(index=False)]
    order = list(dict.fromkeys(way[0] for way in keys))
    keys.sort(key=lambda way: order.index(way[0]))
    figure = style.canvas(
        10.5 if len(groups) > 1 else 8.0,
        _ROW * len(keys) + 0.8,
        findings=[_finding(group, estimates[estimates[GROUP] == group]) for group in groups],
        reading=_(
            "Average effect of support in {unit}, by specification, route and scale of the "
            "parallel trends. Filled: joint route; hollow: cut route."
        ).format(unit=unit(scale))
        + " "
        + marks.how_to_read(estimates["interval"].iloc[0]),
        notes=in_words(of_rows(estimates)),
        source=source,
        synthetic=synthetic,
    )
    panels = figure.subplots(1, len(groups), sharex=True, squeeze=False)[0]
    for i, (axes, group) in enumerate(zip(panels, groups, strict=True)):
        _panel(axes, i, estimates[estimates[GROUP] == group], keys)
        if i:
            axes.set_yticklabels([])
        axes.set_title(shortened(capital(group), 3.0, lines=2, bold=True))
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
        unit=short_unit(estimates["scale"].iloc[0]),
        span=span(estimates["mean"].min(), estimates["mean"].max()),
        above=int((estimates["lower"] > 0).sum()),
        below=int((estimates["upper"] < 0).sum()),
    )


def _panel(axes: Axes, position: int, estimates: pd.DataFrame, keys: list[tuple[str, ...]]) -> None:
    ways = list(zip(*(estimates[name] for name in _WAY), strict=True))
    numbers = [""] * len(keys)
    for way, (_index, row) in zip(ways, estimates.iterrows(), strict=True):
        numbers[keys.index(way)] = f"{points(row['mean'])} ({span(row['lower'], row['upper'])})"
    style.rows_down(axes, _names(keys))
    style.zero_line(axes)
    for y in range(1, len(keys)):
        if keys[y][0] != keys[y - 1][0]:
            axes.axhline(y - 0.5, color=style.RULE, linewidth=0.8)
    colour, marker = style.look(position)
    marks.dots(
        axes,
        estimates,
        [keys.index(way) for way in ways],
        colour=colour,
        marker=marker,
        filled=[route == "joint" for route in estimates["route"]],
    )
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(keys)), numbers)
    right.tick_params(length=0, labelsize=8)
    right.spines[:].set_visible(False)


def _names(keys: list[tuple[str, ...]]) -> list[str]:
    """Name every row; the specification stands at the first of its rows."""
    names = []
    for y, (specification, route, trends) in enumerate(keys):
        way = f"{word(route)}, {word(trends)}"
        new = y == 0 or keys[y - 1][0] != specification
        names.append(f"{capital(word(specification))}:  {way}" if new else way)
    return names
