"""Changes: cell by cell in one panel a factor, or pooled by factor or country."""

import math
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cips_models.charts import findings, lettering, panels, rows, select
from cips_models.charts import marks as shapes
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, quantity, unit
from cips_models.charts.people import in_cells
from cips_models.charts.sheet import Sheet
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.wording import _

CELLS, POOLED, OF_COUNTRIES = "change", "pooled change", "country change"
_BY = ("cell", FACTOR, COUNTRY)


@chart("changes", "densities")
def changes(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
    between: Sequence[str] | None = None,
    by: str = "cell",
    marks: str = shapes.DOTS,
    densities: pd.DataFrame | None = None,
) -> Figure:
    """Draw the change of every group: of every cell, every factor or every country."""
    rows.checked("by", by, _BY)
    rows.checked("marks", marks, shapes.MARKS)
    shown = select.rows(table[table["estimand"].isin((CELLS, POOLED, OF_COUNTRIES))], scale=scale)
    shown = select.first_compared(shown, between)
    pooled = select.rows(shown, estimand=POOLED)
    first = shown.iloc[0]
    reading = _("Change in {quantity} from {first} to {last}, in {unit}.").format(
        quantity=quantity(scale), first=first["from"], last=first["to"], unit=unit(scale)
    )
    reading += " " + shapes.how_to_read(first["interval"], marks)
    said = findings.overall_changes(table, scale, (first["from"], first["to"]))
    if by == "cell":
        cells = select.rows(shown, estimand=CELLS)
        if len(select.labels(cells, COUNTRY)) == 1:
            by_group = cells.groupby(GROUP, sort=False)
            said = [_of_one(str(group), own) for group, own in by_group]
        if marks == shapes.DOTS and set(cells["supported"]) - {""}:
            reading += " " + _("Filled: factor supported in that country; hollow: not supported.")
        return _by_cell(sheet, cells, pooled, scale, said, reading, marks, densities)
    table = pooled if by == FACTOR else pd.concat(
        [select.rows(pooled, factor=""), select.rows(shown, estimand=OF_COUNTRIES)]
    )  # fmt: skip
    groups = select.labels(table, GROUP)
    labels = [*select.labels(table, by)]
    named = panels.deepest(labels, sheet.size.width)
    figure = sheet.figure(
        rows.lines(len(labels) + 1, len(groups), marks, named=named) + 4,
        findings=said, reading=reading, key=shapes.key(groups),
    )  # fmt: skip
    axes = figure.subplots()
    panels.rows_down(axes, [rows.pooled_name(by), *labels])
    panels.zero_line(axes)
    rows.emphasised(axes, 0, above=False)
    place = {"": 0} | {label: 1 + i for i, label in enumerate(labels)}
    rows.draw(
        axes, table, [place[label] for label in table[by]], groups, kind=marks,
        densities=densities, tallest=rows.tallest(densities, table, marks), size=30,
    )  # fmt: skip
    axes.set_xlabel(capital(unit(scale)))
    return figure


def _of_one(group: str, cells: pd.DataFrame) -> str:
    """Title for a single country: how many factors' intervals exclude zero on either side."""
    return _(
        "{group}: the interval is above zero for {up} of {n} factors, below for {down}"
    ).format(
        group=capital(group), n=len(cells),
        up=int((cells["lower"] > 0).sum()), down=int((cells["upper"] < 0).sum()),
    )  # fmt: skip


def _by_cell(
    sheet: Sheet,
    cells: pd.DataFrame,
    pooled: pd.DataFrame,
    scale: str,
    said: Sequence[str],
    reading: str,
    kind: str,
    densities: pd.DataFrame | None,
) -> Figure:
    countries, factors = select.labels(cells, COUNTRY), select.labels(cells, FACTOR)
    groups = select.labels(cells, GROUP)
    columns = min(10 if sheet.wide else 5, len(factors))
    deep = math.ceil(len(factors) / columns)
    figure = sheet.figure(
        deep * (rows.lines(len(countries) + 1, len(groups), kind) + 5), findings=said,
        reading=reading, key=shapes.key(groups), notes=in_cells(cells),
    )  # fmt: skip
    grid = figure.subplots(deep, columns, sharex=True, sharey=True, squeeze=False)
    beside = lettering.widest([*countries, rows.pooled_name(COUNTRY)])
    room = figure.get_figwidth() - min(beside, 0.35 * figure.get_figwidth())
    rows.headings(list(grid.flat), factors, 0.86 * room / columns)
    tallest = rows.tallest(densities, pd.concat([cells, pooled[pooled[FACTOR] != ""]]), kind)
    for axes, factor in zip(grid.flat, factors, strict=False):
        both = pd.concat([each[each[FACTOR] == factor] for each in (cells, pooled)])
        _panel(axes, both, countries, groups, kind, densities, tallest)
        axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
        axes.tick_params(axis="x", labelbottom=True)
    for axes in grid.flat[len(factors) :]:
        axes.set_visible(False)
    grid[-1, (columns - 1) // 2].set_xlabel(capital(unit(scale)))
    return figure


def _panel(
    axes: Axes,
    both: pd.DataFrame,
    countries: Sequence[str],
    groups: Sequence[str],
    kind: str,
    densities: pd.DataFrame | None,
    tallest: float | None,
) -> None:
    panels.rows_down(axes, [*countries, rows.pooled_name(COUNTRY)])
    panels.zero_line(axes)
    rows.emphasised(axes, len(countries), above=True)
    place = {country: i for i, country in enumerate(countries)} | {"": len(countries)}
    rows.draw(
        axes, both, [place[country] for country in both[COUNTRY]], groups, kind=kind,
        densities=densities, tallest=tallest, size=14,
    )  # fmt: skip
