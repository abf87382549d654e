"""Calibration: where observed cell means lie in their predictive distributions."""

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import panels, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital
from cips_models.charts.palette import INK, RULE, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
from cips_models.names import GROUP
from cips_models.wording import _

#: Tails of a 95 % interval.
_TAIL: Final = 0.025


@chart("predictive")
def calibration(table: pd.DataFrame, sheet: Sheet) -> Figure:
    """Draw the distribution of predictive probabilities over cells, one panel a group."""
    table = table.dropna(subset="p")  # withheld where few answered
    groups = select.labels(table, GROUP)
    select.rows(table, group=groups[0] if groups else "")
    figure = sheet.figure(
        22,
        findings=[_finding(group, table[table[GROUP] == group]["p"]) for group in groups],
        reading=_(
            "Share of country × factor cells whose probability of a higher mean score, by the "
            "model, is at most so large. On the diagonal every probability is as frequent as it "
            "says. The same answers fitted the model: a curve steeper in the middle than the "
            "diagonal is to be expected. Shaded: outside the 95 % predictive interval "
            "(equal-tailed)."
        ),
    )
    drawn = panels.for_groups(figure, len(groups), stacked=False, sharey=True)
    for i, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        _panel(axes, table[table[GROUP] == group]["p"], look(i)[0])
        axes.set_title(capital(group))
        axes.set_xlabel(_("Predictive probability"))
    drawn[0].set_ylabel(_("Share of cells"))
    return figure


def _finding(group: str, p: "pd.Series[float]") -> str:
    """How many cells are in the tails, and how many would be were the probabilities right."""
    return _(
        "{group}: {outside} of {n} cell means in the outer 5 % of what the model predicts"
    ).format(group=capital(group), outside=int(((p < _TAIL) | (p > 1 - _TAIL)).sum()), n=len(p))


def _panel(axes: Axes, p: "pd.Series[float]", colour: str) -> None:
    for low, high in ((0, _TAIL), (1 - _TAIL, 1)):
        axes.axvspan(low, high, color=RULE, alpha=0.5, linewidth=0)
    axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8 * weight())
    axes.ecdf(p, color=colour, linewidth=1.8 * weight())
    panels.grid(axes, "y")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
