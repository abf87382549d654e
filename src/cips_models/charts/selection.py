"""Starting points of supported and other cells: how support was chosen."""

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import panels, select
from cips_models.charts.chart import chart
from cips_models.charts.findings import RULES, Rule, interval, rule
from cips_models.charts.labels import capital, unit_of, word
from cips_models.charts.numbers import amount, span
from cips_models.charts.palette import INK, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
from cips_models.names import GROUP, LATENT, PERCENT
from cips_models.wording import N_, _

_HARD_SPACE = "\N{NO-BREAK SPACE}"
_KINDS = ("supported", "unsupported")
_SPREAD, _GOLDEN = 0.62, 0.6180339887

#: What the rules say of a difference of starting points.
_STARTED: Final[dict[Rule, str]] = dict(
    zip(
        RULES,
        (
            N_(
                "supported cells started higher than others, by {number} {unit} ({interval} {span})"
            ),
            N_("supported cells started lower than others, by {number} {unit} ({interval} {span})"),
            N_(
                "supported cells probably started higher than others, by {number} {unit} "
                "({interval} {span})"
            ),
            N_(
                "supported cells probably started lower than others, by {number} {unit} "
                "({interval} {span})"
            ),
            N_("supported cells started like others, {number} {unit} apart ({interval} {span})"),
        ),
        strict=True,
    )
)


def started(row: pd.Series) -> str:
    """Say a baseline difference of the selection table in words."""
    digits = 2 if row["scale"] == LATENT else 1
    template = _(_STARTED[rule(row["p_positive"])])
    bracket = "({interval} {span})"  # holds one unit for the eye: no line break inside
    return template.replace(bracket, bracket.replace(" ", _HARD_SPACE)).format(
        number=amount(abs(row["mean"]), digits),
        unit=unit_of(row["scale"], row["mean"], digits),
        interval=interval(row).replace(" ", _HARD_SPACE),
        span=span(row["lower"], row["upper"], digits=digits).replace(" ", _HARD_SPACE),
    )


@chart("selection")
def selection(
    table: pd.DataFrame,
    sheet: Sheet,
) -> Figure:
    """Draw the starting point of every cell, supported cells above the others."""
    cells = select.rows(table, estimand="net baseline", scale=LATENT)
    groups = select.labels(cells, GROUP)
    differences = select.rows(table, estimand="baseline difference", scale=PERCENT)
    findings = [
        _("{group}: {finding}").format(group=capital(row[GROUP]), finding=started(row))
        for _index, row in differences.iterrows()
    ]
    figure = sheet.figure(
        (1 if sheet.wide else len(groups)) * 11 + 4,
        findings=findings,
        reading=_(
            "A dot is one country × factor cell at its first wave: posterior mean of its latent "
            "level, less the means of its country and of its factor. Bar: mean of the cells. "
            "Intervals are equal-tailed."
        ),
    )
    drawn = panels.for_groups(figure, len(groups), stacked=not sheet.wide)
    for i, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        _panel(axes, i, cells[cells[GROUP] == group])
        if i and sheet.wide:
            axes.set_yticklabels([])
        axes.set_title(capital(group))
        if sheet.wide or i == len(groups) - 1:
            axes.set_xlabel(_("Logits above country and factor means"))
    return figure


def _panel(axes: Axes, position: int, cells: pd.DataFrame) -> None:
    panels.rows_down(axes, [capital(word(kind)) for kind in _KINDS])
    panels.zero_line(axes)
    colour, marker = look(position)
    for y, kind in enumerate(_KINDS):
        own = cells[cells["supported"] == kind]["mean"].sort_values()
        # Neighbours in rank lie far apart in height, so that dots do not hide one another.
        height = [y + _SPREAD * ((k * _GOLDEN) % 1 - 0.5) for k in range(len(own))]
        axes.scatter(
            own,
            height,
            s=12 * weight() ** 2,
            marker=marker,
            facecolors=colour if kind == _KINDS[0] else "white",
            edgecolors=colour,
            linewidths=0.8,
            zorder=3,
        )
        axes.vlines(own.mean(), y - 0.42, y + 0.42, color=INK, linewidth=2.4 * weight(), zorder=4)
