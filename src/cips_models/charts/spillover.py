"""How whole countries changed, against how much of them was supported."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from cips_models.charts import findings, panels, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, unit
from cips_models.charts.numbers import points, span
from cips_models.charts.palette import RULE, SOFT, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
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
    return _("{said}, π\N{NO-BREAK SPACE}{number} ({span})").format(
        said=_(_SLOPES[findings.rule(slope["p_positive"]).sign]),
        number=points(slope["mean"], 2),
        span=span(slope["lower"], slope["upper"], digits=2).replace(" ", "\N{NO-BREAK SPACE}"),
    )


@chart("spillover")
def spillover(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
) -> Figure:
    """Draw the change of every country against the share of its factors that was supported."""
    slopes = select.rows(table, estimand=SLOPE, scale=LATENT)
    countries = select.rows(table, estimand=SHIFT, scale=scale)
    line = select.rows(table, estimand=LINE, scale=scale)
    groups = select.labels(countries, GROUP)
    slopes = slopes[slopes[GROUP].isin(groups)]
    mass = str(countries["interval"].iloc[0]).split("%")[0]
    figure = sheet.figure(
        20,
        findings=[findings.titled(row, slope_words(row)) for _index, row in slopes.iterrows()],
        reading=_(
            "Change of whole countries in {unit}, mean over factors, the effect on supported "
            "factors taken out. Dot: posterior mean of a country; line: {mass} % interval "
            "(equal-tailed), thick: 50 %. Shaded: {mass} % interval of the mean change had every "
            "country had that much support. π: its slope in logits, from no support to one unit on "
            "every factor."
        ).format(unit=unit(scale), mass=mass),
    )
    drawn = panels.for_groups(figure, len(groups), stacked=False, sharey=True)
    for i, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        _panel(axes, i, countries[countries[GROUP] == group], line[line[GROUP] == group])
        axes.set_title(capital(group))
        axes.set_xlabel(_("Support, mean over factors"))
    drawn[0].set_ylabel(capital(unit(scale)))
    return figure


def _panel(axes: Axes, position: int, countries: pd.DataFrame, line: pd.DataFrame) -> None:
    colour, marker = look(position)
    axes.fill_between(
        line["share"], line["lower"], line["upper"], color=RULE, alpha=0.5, linewidth=0
    )
    axes.plot(line["share"], line["mean"], color=SOFT, linewidth=1.2 * weight())
    x = _beside(countries["share"])
    axes.vlines(x, countries["lower"], countries["upper"], color=colour, linewidth=0.9 * weight())
    axes.vlines(
        x, countries["inner_lower"], countries["inner_upper"], color=colour,
        linewidth=2.4 * weight(),
    )  # fmt: skip
    axes.scatter(x, countries["mean"], s=20 * weight() ** 2, marker=marker, color=colour, zorder=4)
    panels.zero_line(axes, level=True)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol="\N{NO-BREAK SPACE}%"))


def _beside(share: pd.Series) -> pd.Series:
    """Places of countries, those with equal shares side by side within a tenth of the range."""
    rank = share.groupby(share).cumcount() - (share.groupby(share).transform("size") - 1) / 2
    room = 0.1 * (share.max() - share.min()) / max(1, share.value_counts().max() - 1)
    return share + rank * room
