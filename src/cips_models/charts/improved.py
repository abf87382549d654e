"""Probability that a cell improved: a heat map of country by factor, one panel a group."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from cips_models.charts import panels, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital
from cips_models.charts.lettering import row_label, shortened
from cips_models.charts.numbers import in_points, plain
from cips_models.charts.palette import ink_on
from cips_models.charts.people import in_cells
from cips_models.charts.settings import letters
from cips_models.charts.sheet import Sheet
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.wording import _

# One hue from white to dark: reads the same in grey, and the numbers are printed anyway.
_COLOURS = LinearSegmentedColormap.from_list("improved", ["#FFFFFF", "#A9C4E0", "#12436D"])
_SURE, _UNSURE = 0.975, 0.025
_ASLANT = 21  # letters' sizes of a factor's name, which stands aslant


@chart("improved")
def improved(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
    between: Sequence[str] | None = None,
) -> Figure:
    """Draw P(change > margin) of every country × factor, one panel a group."""
    table = select.first_compared(table, between)
    cells = select.rows(table, estimand="improved", scale=scale)
    countries, factors = select.labels(cells, COUNTRY), select.labels(cells, FACTOR)
    groups = select.labels(cells, GROUP)
    margin = float(cells["margin"].iloc[0])
    reading = _(
        "Posterior probability, in per cent, that the change from {first} to {last} is above "
        "{margin}."
    ).format(
        first=cells["from"].iloc[0],
        last=cells["to"].iloc[0],
        margin=_("zero") if margin == 0 else in_points(margin),
    )
    if (cells["supported"] == "supported").any():
        reading += " " + _("Corner marked: factor supported in that country.")
    figure = sheet.figure(
        (1 if sheet.wide else len(groups)) * (1.25 * len(countries) + 1.6) + 11,
        findings=[_finding(group, cells[cells[GROUP] == group]) for group in groups],
        reading=reading,
        notes=in_cells(cells),
    )
    drawn = panels.for_groups(figure, len(groups), stacked=not sheet.wide, sharey=sheet.wide)
    for axes, group in zip(drawn, groups, strict=True):
        _panel(axes, cells[cells[GROUP] == group], countries, factors)
        axes.set_title(shortened(capital(group), 0.3 * figure.get_figwidth(), bold=True))
    for axes in drawn if sheet.wide else drawn[-1:]:
        axes.tick_params(axis="x", rotation=40)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
            # Those of a panel farther right go on in parallel to its neighbour's.
            label.set_in_layout(axes is drawn[0] or not sheet.wide)
    return figure


def _finding(group: str, cells: pd.DataFrame) -> str:
    """How many cells are nearly sure to have improved, and to have not."""
    return _(
        "{group}: in {up} of {n} cells P(improved) is at least {high}, in {down} at most {low}"
    ).format(
        group=capital(group),
        up=int((cells["mean"] >= _SURE).sum()),
        down=int((cells["mean"] <= _UNSURE).sum()),
        n=len(cells),
        high=plain(_SURE),
        low=plain(_UNSURE),
    )


def _panel(
    axes: Axes, cells: pd.DataFrame, countries: Sequence[str], factors: Sequence[str]
) -> None:
    grid = cells.pivot_table(index=COUNTRY, columns=FACTOR, values="mean", observed=True)
    grid = grid.reindex(index=list(countries), columns=list(factors))
    axes.pcolormesh(
        grid.to_numpy(), cmap=_COLOURS, vmin=0, vmax=1, edgecolors="white", linewidth=1.5
    )
    axes.set_ylim(len(countries), 0)
    room = 0.2 * panels.width_of(axes)
    names = [row_label(country, room) for country in countries]
    axes.set_yticks([i + 0.5 for i in range(len(countries))], names)
    places = [shortened(factor, _ASLANT * letters() / 72) for factor in factors]
    axes.set_xticks([i + 0.5 for i in range(len(factors))], places)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for row in cells.itertuples():
        x, y = factors.index(row.factor), countries.index(row.country)
        ink = ink_on(_COLOURS(row.mean)[:3])
        axes.text(x + 0.5, y + 0.52, _per_cent(row.mean), ha="center", va="center", color=ink)
        if row.supported == "supported":
            corner = [(x + 0.05, y + 0.12), (x + 0.2, y + 0.12), (x + 0.05, y + 0.55)]
            axes.add_patch(Polygon(corner, facecolor=ink, linewidth=0))


def _per_cent(probability: float) -> str:
    """Whole per cent, never 0 or 100: "<1", "97", ">99"."""
    if probability < 0.01:
        return "<1"
    return ">99" if probability > 0.99 else f"{100 * probability:.0f}"
