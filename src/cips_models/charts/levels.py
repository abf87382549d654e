"""Levels at one wave, pooled by factor or by country, one panel a group."""

import pandas as pd
from matplotlib.figure import Figure

from cips_models.charts import findings, panels, rows, select
from cips_models.charts import marks as shapes
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, level_unit, quantity
from cips_models.charts.sheet import Sheet
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.wording import _

#: Pooled estimands by what their rows are.
OF = {FACTOR: "pooled level", COUNTRY: "country level"}


@chart("levels", "densities")
def levels(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
    wave: str | None = None,
    by: str = FACTOR,
    marks: str = shapes.DOTS,
    densities: pd.DataFrame | None = None,
) -> Figure:
    """Draw the level of every factor or country at one wave, one panel a group.

    Levels of groups that were asked different questions have no common scale.
    """
    rows.checked("by", by, tuple(OF))
    rows.comparable(scale)
    rows.checked("marks", marks, shapes.MARKS)
    every = select.rows(table, estimand=OF[by], scale=scale)
    last = select.waves(every)[-1] if wave is None else wave
    shown = select.rows(every, wave=last)
    groups, labels = select.labels(shown, GROUP), select.labels(shown, by)
    reading = (
        _("Level of {quantity} in {wave}, in {unit}, countries pooled.")
        if by == FACTOR
        else _("Level of {quantity} in {wave}, in {unit}, mean over factors.")
    ).format(quantity=quantity(scale), wave=last, unit=level_unit(scale))
    tall = rows.lines(len(labels), 1, marks, named=panels.deepest(labels, sheet.size.width))
    figure = sheet.figure(
        (1 if sheet.wide else len(groups)) * (tall + 2.5) + 2,
        findings=[findings.extremes(shown[shown[GROUP] == group], by) for group in groups],
        reading=f"{reading} {shapes.how_to_read(shown['interval'].iloc[0], marks)}",
    )
    tallest = rows.tallest(densities, shown, marks)
    drawn = panels.for_groups(figure, len(groups), stacked=not sheet.wide)
    for i, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        own = shown[shown[GROUP] == group]
        panels.rows_down(axes, labels if i == 0 or not sheet.wide else [""] * len(labels))
        panels.grid(axes, "x")
        rows.draw(
            axes, own, [labels.index(label) for label in own[by]], [group], kind=marks,
            densities=densities, tallest=tallest, position=i, size=30,
        )  # fmt: skip
        axes.set_title(capital(group))
    for axes in drawn if sheet.wide else drawn[-1:]:
        axes.set_xlabel(capital(level_unit(scale)))
    return figure
