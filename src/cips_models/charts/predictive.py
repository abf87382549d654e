"""Posterior predictive check: observed cell means against what the model expects."""

from itertools import product

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital
from cips_models.charts.lettering import shortened
from cips_models.charts.palette import RULE, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
from cips_models.names import GROUP, WAVE
from cips_models.wording import _, listed


@chart("predictive")
def predictive(
    table: pd.DataFrame,
    sheet: Sheet,
) -> Figure:
    """Draw observed against predicted mean scores, one panel a group and wave."""
    table = table.dropna(subset="observed")  # withheld where few answered
    waves, groups = select.labels(table, WAVE), select.labels(table, GROUP)
    first = select.rows(table, group=groups[0] if groups else "").iloc[0]
    mass = str(first["interval"]).split("%")[0]
    outside = _outside(table)
    figure = sheet.figure(
        22 if sheet.wide else 3 + (39 / len(waves) + 2) * len(groups),
        findings=[
            _(
                "{inside} of {n} cell means lie inside the model's {mass} % predictive interval"
            ).format(inside=int((~outside).sum()), n=len(table), mass=mass)
        ],
        reading=_(
            "Mean score (0–100) of a country × factor cell: observed, and predicted with its "
            "{mass} % predictive interval. On the diagonal they agree; orange squares lie "
            "outside their interval."
        ).format(mass=mass),
    )
    shape = (1, len(groups) * len(waves)) if sheet.wide else (len(groups), len(waves))
    drawn = figure.subplots(*shape, sharex=True, sharey=True, squeeze=False)
    ends = (
        float(min(table["observed"].min(), table["lower"].min())),
        float(max(table["observed"].max(), table["upper"].max())),
    )
    inches = 0.8 * figure.get_figwidth() / shape[1]
    for axes, (group, wave) in zip(drawn.flat, product(groups, waves), strict=True):
        _panel(
            axes,
            table[(table[GROUP] == group) & (table[WAVE].astype(str) == wave)],
            ends,
            wide=sheet.wide,
        )
        axes.set_title(shortened(listed((capital(group), wave)), inches, lines=2, bold=True))
    for axes in drawn[-1]:
        axes.set_xlabel(_("Predicted mean score"))
    for axes in drawn[:, 0]:
        axes.set_ylabel(_("Observed mean score"))
    return figure


def _outside(table: pd.DataFrame) -> "pd.Series[bool]":
    return (table["observed"] < table["lower"]) | (table["observed"] > table["upper"])


def _panel(axes: Axes, cells: pd.DataFrame, ends: tuple[float, float], *, wide: bool) -> None:
    axes.axline((ends[0], ends[0]), slope=1, color=RULE, linewidth=0.9, zorder=1)
    for chosen, (colour, marker), above in (
        (cells[~_outside(cells)], look(0), 3),
        (cells[_outside(cells)], look(1), 5),
    ):
        # The interval is drawn along the predicted axis, so that the diagonal crosses it
        # exactly when the observed mean lies inside.
        axes.hlines(
            chosen["observed"],
            chosen["lower"],
            chosen["upper"],
            color=colour,
            linewidth=0.5 * weight(),
            alpha=0.45,
            zorder=above - 1,
        )
        axes.scatter(
            chosen["mean"],
            chosen["observed"],
            s=8 * weight() ** 2,
            marker=marker,
            color=colour,
            zorder=above,
        )
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)
    if not wide:
        axes.set_aspect("equal")
