"""Probability that a cell improved: a heat map of factor by country, one panel a group."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cips_models.charts import select, style
from cips_models.charts.labels import capital
from cips_models.charts.lettering import row_label, shortened
from cips_models.charts.numbers import amount
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.wording import _

# One hue from white to dark: reads the same in grey, and the numbers are printed anyway.
_COLOURS = LinearSegmentedColormap.from_list("improved", ["#FFFFFF", "#A9C4E0", "#12436D"])
_SURE, _UNSURE = 0.975, 0.025
_PLACE = 1.6  # inches of a country's name, which stands aslant


@style.styled
def improved(
    table: pd.DataFrame,
    *,
    scale: str = PERCENT,
    between: Sequence[str] | None = None,
    source: str = "",
    synthetic: bool = False,
) -> Figure:
    """Draw P(change > margin) of every country × factor, one panel a group.

    Parameters
    ----------
    table : pandas.DataFrame
        The improved table; rows with the estimand "improved", probabilities in ``mean``.
    scale : {"percent", "score", "latent"}
        Scale on which the change is judged.
    between : pair of str, optional
        The two waves compared; default the first pair of the table.
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
        The table holds no such probabilities.
    """
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
        margin=_("zero") if margin == 0 else _("{n} points").format(n=amount(margin)),
    )
    if (cells["supported"] == "supported").any():
        reading += " " + _("Framed: factor supported in that country.")
    figure = style.canvas(
        max(2.9 + 0.43 * len(countries), 7.0),
        len(groups) * (0.29 * len(factors) + 0.32) + 1.25,
        findings=[_finding(group, cells[cells[GROUP] == group]) for group in groups],
        reading=reading,
        source=source,
        synthetic=synthetic,
    )
    panels = figure.subplots(len(groups), 1, sharex=True, squeeze=False)[:, 0]
    for axes, group in zip(panels, groups, strict=True):
        _panel(axes, cells[cells[GROUP] == group], countries, factors)
        axes.set_title(shortened(capital(group), 4.5, bold=True))
    panels[-1].tick_params(axis="x", rotation=40)
    for label in panels[-1].get_xticklabels():
        label.set(ha="right", rotation_mode="anchor")
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
        high=_SURE,
        low=_UNSURE,
    )


def _panel(
    axes: Axes, cells: pd.DataFrame, countries: Sequence[str], factors: Sequence[str]
) -> None:
    grid = cells.pivot_table(index=FACTOR, columns=COUNTRY, values="mean", observed=True)
    grid = grid.reindex(index=list(factors), columns=list(countries))
    axes.pcolormesh(
        grid.to_numpy(), cmap=_COLOURS, vmin=0, vmax=1, edgecolors="white", linewidth=1.5
    )
    axes.set_ylim(len(factors), 0)
    axes.set_yticks([i + 0.5 for i in range(len(factors))], [*map(row_label, factors)])
    places = [shortened(country, _PLACE, size=8.5) for country in countries]
    axes.set_xticks([i + 0.5 for i in range(len(countries))], places)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for row in cells.itertuples():
        x, y = countries.index(row.country), factors.index(row.factor)
        ink = _ink(_COLOURS(row.mean))
        axes.text(
            x + 0.5, y + 0.52, _per_cent(row.mean), ha="center", va="center", size=8, color=ink
        )
        if row.supported == "supported":
            axes.add_patch(
                Rectangle((x + 0.09, y + 0.1), 0.82, 0.8, fill=False, edgecolor=ink, linewidth=1.1)
            )


def _ink(colour: Sequence[float]) -> str:
    """Black or white, whichever has the higher contrast (relative luminance of WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def _per_cent(probability: float) -> str:
    """Whole per cent, never 0 or 100: "<1", "97", ">99"."""
    if probability < 0.01:
        return "<1"
    return ">99" if probability > 0.99 else f"{100 * probability:.0f}"
