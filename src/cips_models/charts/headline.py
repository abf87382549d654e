"""The headline: shares of cells improved, supported and not, the model's beside the raw."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cips_models.charts import findings, marks, panels, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, word
from cips_models.charts.lettering import shortened, wrapped
from cips_models.charts.numbers import amount, count, points, span
from cips_models.charts.palette import INK, look
from cips_models.charts.settings import letters, weight
from cips_models.charts.sheet import Sheet
from cips_models.names import GROUP, PERCENT
from cips_models.wording import _, listed

SHARE, DIFFERENCE = "share improved", "difference in shares improved"
RAW_SHARE, RAW_DIFFERENCE = "raw share improved", "raw difference in shares improved"


@chart("improved")
def headline(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
    between: Sequence[str] | None = None,
) -> Figure:
    """Draw the shares of cells improved for every group, and their difference."""
    table = select.first_compared(table, between)
    shares = select.rows(table, estimand=SHARE, scale=scale)
    differences = table[(table["estimand"] == DIFFERENCE) & (table["scale"] == scale)]
    raw = table[table["estimand"].isin((RAW_SHARE, RAW_DIFFERENCE))]
    groups = select.labels(shares, GROUP)
    reading = _("Share of country × factor cells that improved, in per cent.")
    reading += " " + _("From {first} to {last}.").format(
        first=shares["from"].iloc[0], last=shares["to"].iloc[0]
    )
    reading += " " + marks.how_to_read(shares["interval"].iloc[0])
    if not raw.empty:
        reading += " " + _("Cross: raw share, by the sign of the change in the mean score.")
    figure = sheet.figure(
        4.2 * len(shares) + 4,
        findings=_findings(shares, differences),
        reading=reading,
    )
    ratios = [3, 2] if len(differences) else [1]
    drawn = figure.subplots(1, len(ratios), width_ratios=ratios, squeeze=False)[0]
    _shares(drawn[0], shares, raw[raw["estimand"] == RAW_SHARE], groups)
    if len(differences):
        _differences(drawn[1], differences, raw[raw["estimand"] == RAW_DIFFERENCE], shares, groups)
    return figure


def _findings(shares: pd.DataFrame, differences: pd.DataFrame) -> list[str]:
    if len(differences):
        return [findings.titled(row, findings.share(row)) for _index, row in differences.iterrows()]
    return [
        _("{group}: {share} % of cells improved ({interval} {span})").format(
            group=capital(row["group"]),
            share=amount(row["mean"], 0),
            interval=findings.interval(row),
            span=span(row["lower"], row["upper"], signed=False, digits=0),
        )
        for _index, row in shares.iterrows()
    ]


def _shares(axes: Axes, shares: pd.DataFrame, raw: pd.DataFrame, groups: Sequence[str]) -> None:
    labels = []
    for y, (_index, row) in enumerate(shares.iterrows()):
        same = raw[(raw[GROUP] == row[GROUP]) & (raw["supported"] == row["supported"])]
        _pair(axes, row, y, same, groups, signed=False)
        room = 20 * letters() / 72
        kind = word(row["supported"]).replace(" ", "\N{NO-BREAK SPACE}")  # breaks before it
        words = [shortened(capital(row[GROUP]), room), kind]
        cells = _("{n} cells").format(n=count(row["cells"]))
        labels.append(wrapped(listed(filter(None, words)), room) + f"\n{cells}")
    panels.rows_down(axes, labels)
    axes.set_xlim(0, 100)
    panels.grid(axes, "x")
    axes.set_title(_("Cells improved, per cent"))


def _differences(
    axes: Axes,
    table: pd.DataFrame,
    raw: pd.DataFrame,
    shares: pd.DataFrame,
    groups: Sequence[str],
) -> None:
    rows = list(shares[GROUP])
    for _index, row in table.iterrows():
        # A difference stands beside the middle of its group's shares.
        places = [y for y, group in enumerate(rows) if group == row[GROUP]]
        same = raw[raw[GROUP] == row[GROUP]]
        _pair(axes, row, sum(places) / len(places), same, groups, signed=True)
    panels.zero_line(axes)
    axes.set_yticks([])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.15)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
    axes.set_title(_("Difference, points"))


def _pair(
    axes: Axes,
    row: pd.Series,
    y: float,
    raw: pd.DataFrame,
    groups: Sequence[str],
    *,
    signed: bool,
) -> None:
    """Model above, raw below, each with its numbers."""
    colour, marker = look(groups.index(row[GROUP]))
    marks.dots(
        axes,
        row.to_frame().T,
        [y],
        colour=colour,
        marker=marker,
        filled=row["supported"] != "unsupported",
    )
    written = points if signed else amount
    ends = span(row["lower"], row["upper"], signed=signed, digits=0)
    texts = [
        (
            row["mean"],
            _("{estimate} ({span})").format(estimate=written(row["mean"], 0), span=ends),
            0.75,
            "bottom",
        )
    ]
    for value in raw["mean"]:
        axes.scatter(
            [value],
            [y],
            marker="x",
            s=30 * weight() ** 2,
            color=INK,
            linewidths=1.4 * weight(),
            zorder=5,
        )
        texts.append((value, _("raw {value}").format(value=written(value, 0)), -0.85, "top"))
    for x, text, shift, edge in texts:
        axes.annotate(
            text,
            (x, y),
            (0, shift * letters()),
            textcoords="offset points",
            ha="center",
            va=edge,
        )
