"""Change by country and factor: interval dots, one panel a factor."""

import math
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import findings, marks, select, style
from cips_models.charts.labels import capital, quantity, unit
from cips_models.charts.lettering import shortened
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.wording import _

_COLUMNS = 5
_ROW = 0.235  # inches


@style.styled
def changes(
    table: pd.DataFrame,
    *,
    scale: str = PERCENT,
    between: Sequence[str] | None = None,
    source: str = "",
    synthetic: bool = False,
) -> Figure:
    """Draw the change of every country × factor × group, with the pooled change below.

    Parameters
    ----------
    table : pandas.DataFrame
        The changes table.
    scale : {"percent", "score", "latent"}
    between : pair of str, optional
        The two waves compared; default the comparison that most cells have.
    source : str
        Name of the survey (and fit), for the source line.
    synthetic : bool
        The data were simulated; the chart then says so.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    IdentificationError
        The table holds no such changes.
    """
    shown = table[table["estimand"].isin(("change", "pooled change"))]
    shown = select.waves_compared(select.rows(shown, scale=scale), between)
    cells = select.rows(shown, estimand="change")
    pooled = select.rows(shown, estimand="pooled change")
    countries, factors = select.labels(cells, COUNTRY), select.labels(cells, FACTOR)
    groups = select.labels(cells, GROUP)
    support = set(cells["supported"]) - {""}
    first = cells.iloc[0]

    reading = _("Change in {quantity} from {first} to {last}, in {unit}.").format(
        quantity=quantity(scale), first=first["from"], last=first["to"], unit=unit(scale)
    )
    reading += " " + marks.how_to_read(first["interval"])
    if support:
        reading += " " + _("Filled: factor supported in that country; hollow: not supported.")
    columns = min(_COLUMNS, len(factors))
    lines = math.ceil(len(factors) / columns)
    rows = [*countries, _("All countries")]
    figure = style.canvas(
        max(2.05 * columns + 1.2, 7.5),
        lines * (_ROW * (0.55 + 0.45 * len(groups)) * len(rows) + 0.55) + 0.3,
        findings=[findings.titled(row, findings.change(row)) for row in _overall(pooled)],
        reading=reading,
        key=marks.key(groups),
        source=source,
        synthetic=synthetic,
    )
    axes = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    for axis, factor in zip(axes.flat, factors, strict=False):
        _panel(
            axis,
            rows=rows,
            groups=groups,
            cells=cells[cells[FACTOR] == factor],
            pooled=pooled[pooled[FACTOR] == factor],
        )
        axis.set_title(shortened(factor, 1.75, lines=3, size=8.5, bold=True), size=8.5)
        axis.tick_params(axis="x", labelbottom=True)
    for axis in axes.flat[len(factors) :]:
        axis.set_visible(False)
    for axis in axes.flat[max(len(factors) - columns, 0) : len(factors)]:
        axis.set_xlabel(capital(unit(scale)), size=8.5)
    return figure


def _overall(pooled: pd.DataFrame) -> list[pd.Series]:
    """Rows for the title: each group's mean over factors."""
    overall = select.rows(pooled, factor="")
    return [row for _index, row in overall.iterrows()]


def _panel(
    axes: Axes,
    *,
    rows: Sequence[str],
    groups: Sequence[str],
    cells: pd.DataFrame,
    pooled: pd.DataFrame,
) -> None:
    style.rows_down(axes, rows)
    style.zero_line(axes)
    axes.axhline(len(rows) - 1.5, color=style.RULE, linewidth=0.8)
    for label in axes.get_yticklabels()[-1:]:  # none but in the first column
        label.set_fontweight("bold")
    place = {country: i for i, country in enumerate(rows)}
    for i, group in enumerate(groups):
        colour, marker = style.look(i)
        own = cells[cells[GROUP] == group]
        shift = marks.dodge(i, len(groups))
        marks.dots(
            axes,
            own,
            [place[country] + shift for country in own[COUNTRY]],
            colour=colour,
            marker=marker,
            filled=[value != "unsupported" for value in own["supported"]],
            size=16,
        )
        mean = pooled[pooled[GROUP] == group]
        marks.dots(
            axes,
            mean,
            [len(rows) - 1 + shift] * len(mean),
            colour=colour,
            marker=marker,
            size=26,
        )
