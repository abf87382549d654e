"""Leaving one out: the effect without each country and without each factor."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import marks, select, style
from cips_models.charts.labels import capital, short_unit, unit
from cips_models.charts.lettering import wrapped
from cips_models.charts.numbers import points, span
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.wording import _

_ROW = 0.27  # inches


@style.styled
def influence(
    table: pd.DataFrame,
    *,
    scale: str = PERCENT,
    refitted: str = "stage 2",
    source: str = "",
    synthetic: bool = False,
) -> Figure:
    """Draw the effect without each country and each factor, beside that with all.

    Parameters
    ----------
    table : pandas.DataFrame
        The table ``leave_one_out``.
    scale : {"percent", "latent"}
    refitted : {"stage 2", "whole"}
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
        Nothing was left out.
    """
    chosen = select.rows(table, scale=scale, refitted=refitted)
    groups = select.labels(chosen, GROUP)
    everything = chosen[(chosen[COUNTRY] == "") & (chosen[FACTOR] == "")]
    by = {dim: chosen[chosen[dim] != ""] for dim in (FACTOR, COUNTRY)}
    count = [1 + len(select.labels(rows, dim)) for dim, rows in by.items()]
    tall = sum(count) + 3 if style.stacked(count) else max(count)
    figure = style.canvas(
        8.5 if style.stacked(count) else 10.5,
        _ROW * tall * (0.6 + 0.4 * len(groups)) + 0.75,
        findings=[_finding(group, chosen[chosen[GROUP] == group], everything) for group in groups],
        reading=_(
            "Average effect of support in {unit}, cut route, without one factor or country at "
            "a time; dashed: with all."
        ).format(unit=unit(scale))
        + " "
        + marks.how_to_read(chosen["interval"].iloc[0]),
        key=marks.key(groups),
        source=source,
        synthetic=synthetic,
    )
    titles = {FACTOR: _("Without a factor"), COUNTRY: _("Without a country")}
    for axes, (dim, rows) in zip(style.by_rows(figure, count), by.items(), strict=True):
        assert axes is not None  # "with all" is a row of both
        _panel(axes, rows, everything, dim, groups)
        axes.set_title(titles[dim])
        axes.set_xlabel(capital(unit(scale)))
    return figure


def _finding(group: str, own: pd.DataFrame, everything: pd.DataFrame) -> str:
    without = own.drop(everything.index, errors="ignore")
    whole = everything[everything[GROUP] == group].iloc[0]
    holds = int(((without["lower"] <= 0) & (without["upper"] >= 0)).sum())
    return _(
        "{group}: {number} {unit} with all, {span} without one; {n} of {all} intervals hold zero"
    ).format(
        group=capital(group),
        number=points(whole["mean"]),
        unit=short_unit(whole["scale"]),
        span=span(without["mean"].min(), without["mean"].max()),
        n=holds,
        all=len(without),
    )


def _panel(
    axes: Axes, rows: pd.DataFrame, everything: pd.DataFrame, dim: str, groups: Sequence[str]
) -> None:
    labels = select.labels(rows, dim)
    style.rows_down(axes, [_("With all"), *(wrapped(label, 2.3, size=8.5) for label in labels)])
    style.zero_line(axes)
    axes.get_yticklabels()[0].set_fontweight("bold")
    axes.axhline(0.5, color=style.RULE, linewidth=0.8)
    for i, group in enumerate(groups):
        colour, marker = style.look(i)
        shift = marks.dodge(i, len(groups))
        whole, own = (each[each[GROUP] == group] for each in (everything, rows))
        for mean in whole["mean"]:
            axes.axvline(mean, color=colour, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1.5)
        marks.dots(axes, whole, [shift] * len(whole), colour=colour, marker=marker, size=34)
        heights = [1 + labels.index(label) + shift for label in own[dim]]
        marks.dots(axes, own, heights, colour=colour, marker=marker, size=20)
