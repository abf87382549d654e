"""How whole countries changed, against how much of them was supported."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from cips_models.charts import findings, select, style
from cips_models.charts.labels import capital, unit
from cips_models.charts.numbers import points, span
from cips_models.names import GROUP, LATENT, PERCENT
from cips_models.wording import N_, _

SLOPE, SHIFT, LINE = "spillover slope", "country shift", "shift by share"

#: Words for the sign that the rules of :mod:`findings` give to the slope.
_SLOPES = {
    1: N_("countries with more support changed more"),
    -1: N_("countries with more support changed less"),
    0: N_("no clear link between a country's support and its change"),
}


def slope_words(slope: pd.Series) -> str:
    """Say the slope over countries in words, by the rules of :mod:`findings`."""
    return _("{said}, π {number} ({span})").format(
        said=_(_SLOPES[findings.rule(slope["p_positive"]).sign]),
        number=points(slope["mean"], 2),
        span=span(slope["lower"], slope["upper"], digits=2),
    )


@style.styled
def spillover(
    table: pd.DataFrame, *, scale: str = PERCENT, source: str = "", synthetic: bool = False
) -> Figure:
    """Draw the change of every country against the share of its factors that was supported.

    Parameters
    ----------
    table : pandas.DataFrame
        The spillover table.
    scale : {"percent", "latent"}
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
        The table holds no slope.
    """
    slopes = select.rows(table, estimand=SLOPE, scale=LATENT)
    countries = select.rows(table, estimand=SHIFT, scale=scale)
    line = select.rows(table, estimand=LINE, scale=scale)
    groups = select.labels(countries, GROUP)
    slopes = slopes[slopes[GROUP].isin(groups)]
    mass = str(countries["interval"].iloc[0]).split("%")[0]
    figure = style.canvas(
        10.0 if len(groups) > 1 else 6.5,
        3.3,
        findings=[findings.titled(row, slope_words(row)) for _index, row in slopes.iterrows()],
        reading=_(
            "Change of whole countries in {unit}, mean over factors, the effect on supported "
            "factors taken out. Dot: posterior mean of a country; line: {mass} % interval "
            "(equal-tailed), thick: 50 %. Shaded: {mass} % interval of the mean change had every "
            "country had that much support. π: its slope in logits, from no support to one unit on "
            "every factor."
        ).format(unit=unit(scale), mass=mass),
        source=source,
        synthetic=synthetic,
    )
    style.apart(figure)
    panels = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
    for i, (axes, group) in enumerate(zip(panels, groups, strict=True)):
        _panel(axes, i, countries[countries[GROUP] == group], line[line[GROUP] == group])
        axes.set_title(capital(group))
        axes.set_xlabel(_("Support: mean over the country's factors"))
    panels[0].set_ylabel(capital(unit(scale)))
    return figure


def _panel(axes: Axes, position: int, countries: pd.DataFrame, line: pd.DataFrame) -> None:
    colour, marker = style.look(position)
    axes.fill_between(
        line["share"], line["lower"], line["upper"], color=style.RULE, alpha=0.5, linewidth=0
    )
    axes.plot(line["share"], line["mean"], color=style.SOFT, linewidth=1.2)
    x = _beside(countries["share"])
    axes.vlines(x, countries["lower"], countries["upper"], color=colour, linewidth=0.9)
    axes.vlines(x, countries["inner_lower"], countries["inner_upper"], color=colour, linewidth=2.6)
    axes.scatter(x, countries["mean"], s=24, marker=marker, color=colour, zorder=4)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.grid(axis="y", color=style.GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def _beside(share: pd.Series) -> pd.Series:
    """Places of countries, those with equal shares side by side within a tenth of the range."""
    rank = share.groupby(share).cumcount() - (share.groupby(share).transform("size") - 1) / 2
    room = 0.1 * (share.max() - share.min()) / max(1, share.value_counts().max() - 1)
    return share + rank * room
