"""Posterior predictive check: observed cell means against what the model expects."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import select, style
from cips_models.charts.labels import capital
from cips_models.charts.lettering import shortened
from cips_models.names import GROUP, WAVE
from cips_models.wording import _

_SIDE = 3.0  # inches


@style.styled
def predictive(
    table: pd.DataFrame,
    *,
    source: str = "",
    synthetic: bool = False,
) -> Figure:
    """Draw observed against predicted mean scores, one panel a group and wave.

    Parameters
    ----------
    table : pandas.DataFrame
        The predictive table, one row a country × factor × group × wave.
    source : str
        Name of the survey (and fit).
    synthetic : bool
        The data were simulated; the chart then says so.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    IdentificationError
        The table is empty.
    """
    waves, groups = select.labels(table, WAVE), select.labels(table, GROUP)
    first = select.rows(table, group=groups[0] if groups else "").iloc[0]
    mass = str(first["interval"]).split("%")[0]
    outside = _outside(table)
    figure = style.canvas(
        max(_SIDE * len(waves) + 0.9, 7.0),
        _SIDE * len(groups) + 0.5,
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
        source=source,
        synthetic=synthetic,
    )
    panels = figure.subplots(len(groups), len(waves), sharex=True, sharey=True, squeeze=False)
    ends = (
        float(min(table["observed"].min(), table["lower"].min())),
        float(max(table["observed"].max(), table["upper"].max())),
    )
    for line, group in zip(panels, groups, strict=True):
        for axes, wave in zip(line, waves, strict=True):
            _panel(axes, table[(table[GROUP] == group) & (table[WAVE].astype(str) == wave)], ends)
            axes.set_title(shortened(f"{capital(group)}, {wave}", 3.0, lines=2, bold=True))
    for axes in panels[-1]:
        axes.set_xlabel(_("Predicted mean score"))
    for axes in panels[:, 0]:
        axes.set_ylabel(_("Observed mean score"))
    return figure


def _outside(table: pd.DataFrame) -> "pd.Series[bool]":
    return (table["observed"] < table["lower"]) | (table["observed"] > table["upper"])


def _panel(axes: Axes, cells: pd.DataFrame, ends: tuple[float, float]) -> None:
    axes.axline((ends[0], ends[0]), slope=1, color=style.RULE, linewidth=0.9, zorder=1)
    for chosen, (colour, marker), above in (
        (cells[~_outside(cells)], style.look(0), 3),
        (cells[_outside(cells)], style.look(1), 5),
    ):
        # The interval is drawn along the predicted axis, so that the diagonal crosses it
        # exactly when the observed mean lies inside.
        axes.hlines(
            chosen["observed"],
            chosen["lower"],
            chosen["upper"],
            color=colour,
            linewidth=0.5,
            alpha=0.45,
            zorder=above - 1,
        )
        axes.scatter(
            chosen["mean"], chosen["observed"], s=9, marker=marker, color=colour, zorder=above
        )
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)
    axes.set_aspect("equal")
