"""Starting points of supported and other cells: how support was chosen."""

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import select, style
from cips_models.charts.findings import RULES, Rule, interval, rule
from cips_models.charts.labels import capital, short_unit, word
from cips_models.charts.numbers import amount, span
from cips_models.names import GROUP, LATENT, PERCENT
from cips_models.wording import N_, _

_HARD_SPACE = "\N{NO-BREAK SPACE}"
_KINDS = ("supported", "unsupported")
_ROW = 0.85  # inches
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
        unit=short_unit(row["scale"]),
        interval=interval(row).replace(" ", _HARD_SPACE),
        span=span(row["lower"], row["upper"], digits=digits).replace(" ", _HARD_SPACE),
    )


@style.styled
def selection(table: pd.DataFrame, *, source: str = "", synthetic: bool = False) -> Figure:
    """Draw the starting point of every cell, supported cells above the others.

    Parameters
    ----------
    table : pandas.DataFrame
        The selection table.
    source : str
        Name of the survey and of the fit.
    synthetic : bool
        The data were simulated; the chart then says so.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    IdentificationError
        The table holds no starting points.
    """
    cells = select.rows(table, estimand="net baseline", scale=LATENT)
    groups = select.labels(cells, GROUP)
    differences = select.rows(table, estimand="baseline difference", scale=PERCENT)
    findings = [
        _("{group}: {finding}").format(group=capital(row[GROUP]), finding=started(row))
        for _index, row in differences.iterrows()
    ]
    figure = style.canvas(
        10.5 if len(groups) > 1 else 7.0,
        2 * _ROW + 0.7,
        findings=findings,
        reading=_(
            "A dot is one country × factor cell at its first wave: posterior mean of its latent "
            "level, less the means of its country and of its factor. Bar: mean of the cells. "
            "Intervals are equal-tailed."
        ),
        source=source,
        synthetic=synthetic,
    )
    panels = figure.subplots(1, len(groups), sharex=True, squeeze=False)[0]
    for i, (axes, group) in enumerate(zip(panels, groups, strict=True)):
        _panel(axes, i, cells[cells[GROUP] == group])
        if i:
            axes.set_yticklabels([])
        axes.set_title(capital(group))
        axes.set_xlabel(_("Logits above what country and factor make expected"))
    return figure


def _panel(axes: Axes, position: int, cells: pd.DataFrame) -> None:
    style.rows_down(axes, [capital(word(kind)) for kind in _KINDS])
    style.zero_line(axes)
    colour, marker = style.look(position)
    for y, kind in enumerate(_KINDS):
        own = cells[cells["supported"] == kind]["mean"].sort_values()
        # Neighbours in rank lie far apart in height, so that dots do not hide one another.
        height = [y + _SPREAD * ((k * _GOLDEN) % 1 - 0.5) for k in range(len(own))]
        axes.scatter(
            own,
            height,
            s=14,
            marker=marker,
            facecolors=colour if kind == _KINDS[0] else "white",
            edgecolors=colour,
            linewidths=0.8,
            zorder=3,
        )
        axes.vlines(own.mean(), y - 0.42, y + 0.42, color=style.INK, linewidth=2.4, zorder=4)
