"""What a bias of trends would do to the effect: its interval as the bias grows."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import select, style
from cips_models.charts.labels import capital, unit, word
from cips_models.charts.numbers import amount
from cips_models.did.estimand import in_words, of_rows
from cips_models.names import GROUP, PERCENT
from cips_models.wording import _

BIASED = "ATT under a bias"
COMMON, BY_COUNTRY = "common", "by country"


@style.styled
def trends(
    table: pd.DataFrame,
    *,
    scale: str = PERCENT,
    specification: str = "did",
    route: str = "joint",
    source: str = "",
    synthetic: bool = False,
) -> Figure:
    """Draw the interval of each group's average effect against M, the size of the bias.

    Parameters
    ----------
    table : pandas.DataFrame
        The trends table.
    scale : {"percent", "latent"}
    specification, route : str
    source : str
        Name of the survey and fit.
    synthetic : bool
        The data were simulated; the chart then says so.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    IdentificationError
        The table holds no such effect.
    """
    estimates = select.rows(
        table, estimand=BIASED, scale=scale, specification=specification, route=route
    )
    groups = select.labels(estimates, GROUP)
    common = estimates[estimates["bias"] == COMMON]
    mass = str(estimates["interval"].iloc[0]).split("%")[0]
    figure = style.canvas(
        10.0 if len(groups) > 1 else 6.5,
        3.1,
        findings=[_finding(group, common[common[GROUP] == group]) for group in groups],
        reading=_(
            "Average effect of support in {unit}, {specification}, {route} route. Line: posterior "
            "mean. Shaded: {mass} % interval (equal-tailed) with one bias common to all supported "
            "cells, whose standard deviation is M times the spread of other cells' own changes. "
            "Dashed: with independent biases by country."
        ).format(unit=unit(scale), specification=word(specification), route=word(route), mass=mass),
        notes=in_words(of_rows(common)),
        source=source,
        synthetic=synthetic,
    )
    style.apart(figure)
    panels = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
    for i, (axes, group) in enumerate(zip(panels, groups, strict=True)):
        own = estimates[estimates[GROUP] == group]
        _panel(axes, i, own[own["bias"] == COMMON], own[own["bias"] == BY_COUNTRY])
        axes.set_title(capital(group))
        axes.set_xlabel(_("M: size of the bias"))
    panels[0].set_ylabel(capital(unit(scale)))
    return figure


def _finding(group: str, common: pd.DataFrame) -> str:
    """Say how large a common bias makes the interval hold zero, by the breakdown value."""
    least, most = common["breakdown"].iloc[0], common["times"].max()
    if pd.isna(least):
        said = _("{group}: no bias up to M = {most} makes the interval of the effect hold zero")
    elif least == 0:
        said = _("{group}: the interval of the effect holds zero without any bias")
    else:
        said = _("{group}: from a bias of M = {least} on the interval of the effect holds zero")
    return said.format(group=capital(group), least=amount(least, 2), most=f"{most:g}")


def _panel(axes: Axes, position: int, common: pd.DataFrame, apart: pd.DataFrame) -> None:
    colour, _marker = style.look(position)
    times = common["times"].to_numpy()
    axes.fill_between(times, common["lower"], common["upper"], color=colour, alpha=0.2, linewidth=0)
    for end in ("lower", "upper"):
        axes.plot(times, common[end], color=colour, linewidth=0.9)
        axes.plot(apart["times"], apart[end], color=style.INK, linewidth=1.1, linestyle="--")
    axes.plot(times, common["mean"], color=colour, linewidth=1.8)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.grid(axis="y", color=style.GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlim(0, times.max())
    axes.set_xticks(np.linspace(0, times.max(), 5))
    least = common["breakdown"].iloc[0]
    if pd.notna(least) and least > 0:
        axes.axvline(least, color=style.INK, linewidth=0.9, linestyle=":")
        axes.annotate(
            _("M = {least}").format(least=amount(least, 2)),
            (least, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4, -2),
            textcoords="offset points",
            va="top",
            fontsize=8.5,
        )
