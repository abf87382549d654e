"""The effect of support, overall and where it differs: by country and by factor."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import findings, marks, panels, rows, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, unit, word
from cips_models.charts.palette import RULE, look
from cips_models.charts.sheet import Sheet
from cips_models.did.estimand import in_one_line, of_rows
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.wording import _, listed

ATT, BY_COUNTRY, BY_FACTOR = "ATT", "ATT by country", "ATT by factor"
NEW_COUNTRY = "ATT in a new country"


@chart("effects", says_fit=True)
def effect(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
    specification: str = "did",
    route: str = "joint",
    parallel_trends: str = "latent",
) -> Figure:
    """Draw the effect on supported cells: average, by country, by factor, in a new country."""
    chosen = select.rows(
        table,
        scale=scale,
        specification=specification,
        route=route,
        parallel_trends=parallel_trends,
    )
    overall = select.rows(chosen, estimand=ATT)
    groups = select.labels(overall, GROUP)
    top = {_("All supported cells"): overall}
    if not (new := chosen[chosen["estimand"] == NEW_COUNTRY]).empty:
        top[_("A new country")] = new
    by = {
        FACTOR: chosen[chosen["estimand"] == BY_FACTOR],
        COUNTRY: chosen[chosen["estimand"] == BY_COUNTRY],
    }
    number = [
        len(top) + len(select.labels(by[FACTOR], FACTOR)),
        len(select.labels(by[COUNTRY], COUNTRY)),
    ]
    ways = [
        word(specification),
        _("{route} route").format(route=word(route)),
        word(parallel_trends),
    ]
    names = [*top, *(name for dim, own in by.items() for name in select.labels(own, dim))]
    tall = rows.lines(
        max(number) if sheet.wide else sum(number), len(groups),
        named=panels.deepest(names, sheet.size.width),
    )  # fmt: skip
    figure = sheet.figure(
        tall + (5 if sheet.wide else 8),
        findings=[findings.titled(row, findings.effect(row)) for _index, row in overall.iterrows()],
        reading=_("Effect of support in {unit}; {ways}.").format(
            unit=unit(scale), ways=listed(ways)
        )
        + " "
        + marks.how_to_read(overall["interval"].iloc[0]),
        key=marks.key(groups),
        notes=in_one_line(of_rows(overall)),
    )
    left, right = panels.by_rows(figure, number, stacked=not sheet.wide)
    _panel(left, FACTOR, by[FACTOR], top, groups)
    left.set_title(_("By factor") if len(by[FACTOR]) else "")
    if right is None or sheet.wide:
        left.set_xlabel(capital(unit(scale)))
    if right is not None:
        _panel(right, COUNTRY, by[COUNTRY], {}, groups)
        right.set_title(_("By country"))
        right.set_xlabel(capital(unit(scale)))
    return figure


def _panel(
    axes: Axes,
    dim: str,
    cells: pd.DataFrame,
    first: dict[str, pd.DataFrame],
    groups: Sequence[str],
) -> None:
    labels = select.labels(cells, dim)
    panels.rows_down(axes, [*first, *labels])
    panels.zero_line(axes)
    for label in axes.get_yticklabels()[: len(first)]:
        label.set_fontweight("bold")
    if first and labels:
        axes.axhline(len(first) - 0.5, color=RULE, linewidth=0.8)
    for i, group in enumerate(groups):
        colour, marker = look(i)
        shift = marks.dodge(i, len(groups))
        for y, table in enumerate(first.values()):
            own = table[table[GROUP] == group]
            marks.dots(axes, own, [y + shift] * len(own), colour=colour, marker=marker, size=34)
        own = cells[cells[GROUP] == group]
        heights = [len(first) + labels.index(label) + shift for label in own[dim]]
        marks.dots(axes, own, heights, colour=colour, marker=marker, size=22)
