"""Leaving one out: the effect without each country and without each factor."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import marks, panels, rows, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, unit, unit_of
from cips_models.charts.numbers import points, span
from cips_models.charts.palette import RULE, look
from cips_models.charts.sheet import Sheet
from cips_models.did.estimand import in_one_line, of_rows
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.wording import _


@chart("leave_one_out", says_fit=True)
def influence(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
    refitted: str = "stage 2",
) -> Figure:
    """Draw the effect without each country and each factor, beside that with all."""
    chosen = select.rows(table, scale=scale, refitted=refitted)
    groups = select.labels(chosen, GROUP)
    everything = chosen[(chosen[COUNTRY] == "") & (chosen[FACTOR] == "")]
    by = {dim: chosen[chosen[dim] != ""] for dim in (FACTOR, COUNTRY)}
    number = [1 + len(select.labels(own, dim)) for dim, own in by.items()]
    names = [name for dim, own in by.items() for name in select.labels(own, dim)]
    tall = rows.lines(
        max(number) if sheet.wide else sum(number), len(groups),
        named=panels.deepest(names, sheet.size.width),
    )  # fmt: skip
    figure = sheet.figure(
        tall + (5 if sheet.wide else 8),
        findings=[_finding(group, chosen[chosen[GROUP] == group], everything) for group in groups],
        reading=_(
            "Average effect of support in {unit}, cut route, without one factor or country at "
            "a time; dashed: with all."
        ).format(unit=unit(scale))
        + " "
        + marks.how_to_read(chosen["interval"].iloc[0]),
        key=marks.key(groups),
        notes=in_one_line(of_rows(everything)),
    )
    titles = {FACTOR: _("Without a factor"), COUNTRY: _("Without a country")}
    drawn = panels.by_rows(figure, number, stacked=not sheet.wide)
    for axes, (dim, own) in zip(drawn, by.items(), strict=True):
        assert axes is not None  # "with all" is a row of both
        _panel(axes, own, everything, dim, groups)
        axes.set_title(titles[dim])
        if sheet.wide or axes is drawn[1]:
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
        unit=unit_of(whole["scale"], whole["mean"]),
        span=span(without["mean"].min(), without["mean"].max()),
        n=holds,
        all=len(without),
    )


def _panel(
    axes: Axes, left_out: pd.DataFrame, everything: pd.DataFrame, dim: str, groups: Sequence[str]
) -> None:
    labels = select.labels(left_out, dim)
    panels.rows_down(axes, [_("With all"), *labels])
    panels.zero_line(axes)
    axes.get_yticklabels()[0].set_fontweight("bold")
    axes.axhline(0.5, color=RULE, linewidth=0.8)
    for i, group in enumerate(groups):
        colour, marker = look(i)
        shift = marks.dodge(i, len(groups))
        whole, own = (each[each[GROUP] == group] for each in (everything, left_out))
        for mean in whole["mean"]:
            axes.axvline(mean, color=colour, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1.5)
        marks.dots(axes, whole, [shift] * len(whole), colour=colour, marker=marker, size=34)
        heights = [1 + labels.index(label) + shift for label in own[dim]]
        marks.dots(axes, own, heights, colour=colour, marker=marker, size=20)
