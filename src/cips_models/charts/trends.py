"""What a bias of trends would do to the effect: its interval as the bias grows."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import panels, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, unit, word
from cips_models.charts.numbers import amount, plain
from cips_models.charts.palette import INK, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
from cips_models.did.estimand import in_one_line, of_rows
from cips_models.names import GROUP, PERCENT
from cips_models.wording import _

BIASED = "ATT under a bias"
COMMON, BY_COUNTRY = "common", "by country"


@chart("trends")
def trends(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
    specification: str = "did",
    route: str = "joint",
) -> Figure:
    """Draw the interval of each group's average effect against M, the size of the bias."""
    estimates = select.rows(
        table, estimand=BIASED, scale=scale, specification=specification, route=route
    )
    groups = select.labels(estimates, GROUP)
    common = estimates[estimates["bias"] == COMMON]
    mass = str(estimates["interval"].iloc[0]).split("%")[0]
    figure = sheet.figure(
        20,
        findings=[_finding(group, common[common[GROUP] == group]) for group in groups],
        reading=_(
            "Average effect of support in {unit}, {specification}, {route} route. Line: posterior "
            "mean. Shaded: {mass} % interval (equal-tailed) with one bias common to all supported "
            "cells, whose standard deviation is M times the spread of other cells' own changes. "
            "Dashed: with independent biases by country."
        ).format(unit=unit(scale), specification=word(specification), route=word(route), mass=mass),
        notes=in_one_line(of_rows(common)),
    )
    drawn = panels.for_groups(figure, len(groups), stacked=False, sharey=True)
    for i, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        own = estimates[estimates[GROUP] == group]
        _panel(axes, i, own[own["bias"] == COMMON], own[own["bias"] == BY_COUNTRY])
        axes.set_title(capital(group))
        axes.set_xlabel(_("M: size of the bias"))
    drawn[0].set_ylabel(capital(unit(scale)))
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
    return said.format(group=capital(group), least=amount(least, 2), most=plain(most))


def _panel(axes: Axes, position: int, common: pd.DataFrame, apart: pd.DataFrame) -> None:
    colour, _marker = look(position)
    times = common["times"].to_numpy()
    axes.fill_between(times, common["lower"], common["upper"], color=colour, alpha=0.2, linewidth=0)
    for end in ("lower", "upper"):
        axes.plot(times, common[end], color=colour, linewidth=0.9 * weight())
        axes.plot(apart["times"], apart[end], color=INK, linewidth=1.1 * weight(), linestyle="--")
    axes.plot(times, common["mean"], color=colour, linewidth=1.8 * weight())
    panels.zero_line(axes, level=True)
    axes.set_xlim(0, times.max())
    axes.set_xticks(np.linspace(0, times.max(), 5))
    least = common["breakdown"].iloc[0]
    if pd.notna(least) and least > 0:
        axes.axvline(least, color=INK, linewidth=0.9, linestyle=":")
        axes.annotate(
            _("M = {least}").format(least=amount(least, 2)),
            (least, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4, -2),
            textcoords="offset points",
            va="top",
        )
