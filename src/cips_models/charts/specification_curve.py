"""The specification curve: one effect under every specification of a multiverse, sorted.

After Simonsohn, Simmons & Nelson (2020): estimates on top, the choices behind each below.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import panels, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, unit, unit_of, word
from cips_models.charts.marks import mass_and_kind
from cips_models.charts.numbers import plain, span
from cips_models.charts.palette import RULE, SOFT, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
from cips_models.did.multiverse.declaration import WITHOUT
from cips_models.names import GROUP, PERCENT
from cips_models.terms import named
from cips_models.wording import N_, _, pgettext

_CURVE, _ROW = 17.0, 1.15  # lines of text

#: Columns of choices, in the order of the matrix, and their names.
CHOICES = {
    "bracket": N_("starting points"),
    "parallel_trends": N_("trends"),
    "drift": N_("drift of questions"),
    "priors": N_("priors of the effect"),
    "countries": N_("countries"),
    "general_factor": N_("general outlook"),
    "strata": N_("strata"),
    "dont_know": N_("don't know"),
}


@chart("multiverse", says_fit=True)
def specification_curve(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
) -> Figure:
    """Draw every specification's estimate with its interval, sorted, and its choices below."""
    chosen = select.rows(table, scale=scale)
    estimates = select.rows(chosen.assign(there=chosen["mean"].notna().map(str)), there="True")
    groups = select.labels(estimates, GROUP)
    rows = _rows(estimates)
    figure = sheet.figure(
        _CURVE + _ROW * len(rows) + 3,
        findings=[finding(chosen[chosen[GROUP] == group]) for group in groups],
        reading=_(
            "Average effect of support in {unit} under every specification of the multiverse, "
            "sorted. Dot: posterior mean, line: {mass} % interval ({kind}); dark where that is "
            "above or below zero, hollow where diagnostics failed. Below: what each one chose. "
            "The specifications are no sample: their share is no probability."
        ).format(unit=unit(scale), **mass_and_kind(estimates["interval"].iloc[0])),
    )
    grid = figure.subplots(
        2, len(groups), squeeze=False, sharex="col", sharey="row",
        height_ratios=[_CURVE, _ROW * len(rows)],
    )  # fmt: skip
    for position, group in enumerate(groups):
        own = estimates[estimates[GROUP] == group].sort_values("mean", kind="stable")
        colour, marker = look(position)
        _curve(grid[0, position], own, colour, marker)
        _matrix(grid[1, position], own, rows, colour)
        grid[0, position].set_title(capital(group))
    grid[0, 0].set_ylabel(capital(unit(scale)))
    return figure


def finding(rows: pd.DataFrame) -> str:
    """Say of one group's rows how many intervals exclude zero, and the range of the estimates."""
    there = rows[rows["mean"].notna()]
    group, scale = str(rows[GROUP].iloc[0]), str(rows["scale"].iloc[0])
    digits = 2 if scale == "latent" else 1
    said = _(
        "{group}: {above} of {n} specifications have an interval above zero, {below} below; "
        "estimates {span} {unit}"
    ).format(
        group=capital(group),
        above=int((there["lower"] > 0).sum()),
        below=int((there["upper"] < 0).sum()),
        n=len(there),
        span=span(there["mean"].min(), there["mean"].max(), digits=digits),
        unit=unit_of(scale, there["mean"].max(), digits),
    )
    failed = len(rows) - len(there)
    return said + (_("; {n} gave no estimate").format(n=failed) if failed else "")


def _rows(estimates: pd.DataFrame) -> list[tuple[str, str]]:
    """Dimension and choice of every row of the matrix: dimensions of which something varies."""
    rows = []
    for name in CHOICES:
        values = list(dict.fromkeys(map(_text, estimates[name])))
        if len(values) > 1:
            rows += [(name, value) for value in (sorted(values) if name == "drift" else values)]
    return rows


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def choice(name: str, value: object) -> str:
    """What a specification chose, in words."""
    text = _text(value)
    if name == "drift":
        return f"{plain(float(text))} ×"
    if name == "countries" and text.startswith(WITHOUT):
        left_out = named(text.removeprefix(WITHOUT))
        return pgettext("specification", "without {country}").format(country=left_out)
    return word(text)


def _curve(axes: Axes, own: pd.DataFrame, colour: str, marker: str) -> None:
    clear = ((own["lower"] > 0) | (own["upper"] < 0)).to_numpy()
    passed = own["passed"].fillna(False).astype(bool).to_numpy()
    x = np.arange(len(own))
    shade = np.where(clear, colour, RULE)
    panels.zero_line(axes, level=True)
    axes.vlines(x, own["lower"], own["upper"], colors=shade, linewidth=0.9 * weight(), zorder=2)
    edge = np.where(clear, colour, SOFT)
    axes.scatter(
        x,
        own["mean"],
        s=8 * weight() ** 2,
        marker=marker,
        facecolors=np.where(passed, edge, "white"),
        edgecolors=edge,
        linewidths=0.8,
        zorder=3,
    )
    axes.tick_params(axis="x", length=0, labelbottom=False)


def _matrix(axes: Axes, own: pd.DataFrame, rows: Sequence[tuple[str, str]], colour: str) -> None:
    labels = []
    for y, (name, value) in enumerate(rows):
        new = y == 0 or rows[y - 1][0] != name
        if new and y:
            axes.axhline(y - 0.5, color=RULE, linewidth=0.6)
        text = choice(name, value)
        labels.append(
            _("{choice}:  {value}").format(choice=capital(_(CHOICES[name])), value=text)
            if new
            else text
        )
        at = np.flatnonzero(own[name].map(_text) == value)
        axes.vlines(at, y - 0.32, y + 0.32, colors=colour, linewidth=1.1 * weight())
    panels.rows_down(axes, labels)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
