"""What a planned wave will detect: probability against the size of the effect."""

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import numbers, panels, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital
from cips_models.charts.palette import RULE, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
from cips_models.names import GROUP
from cips_models.wording import _

#: The probability that is customarily asked of a design.
USUAL: Final = 0.8

#: Lines of fewer, of as many and of more respondents than planned, in the order of the table.
_LINES: Final = (":", "-", "--", "-.")


@chart("next_wave")
def next_wave(
    table: pd.DataFrame,
    sheet: Sheet,
) -> Figure:
    """Draw the probability that an effect is detected, one panel a group."""
    chosen = select.rows(table, measure="detected")
    groups = select.labels(chosen, GROUP)
    figure = sheet.figure(
        20,
        findings=[
            _("{group}: {finding}").format(
                group=capital(group), finding=finding(chosen[chosen[GROUP] == group])
            )
            for group in groups
        ],
        reading=_(
            "Probability that the 95 % interval (equal-tailed) of the average effect excludes zero "
            "after the next wave, by the size of the effect. Dots: computed; lines join them. "
            "Grey line: 80 %. Mean over the posterior of the scales."
        ),
    )
    drawn = panels.for_groups(figure, len(groups), stacked=False, sharey=True)
    for position, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        _panel(axes, chosen[chosen[GROUP] == group], look(position))
        axes.set_title(capital(group))
        axes.set_xlabel(_("Effect, percentage points"))
    drawn[0].set_ylabel(_("Probability of detection"))
    return figure


def finding(table: pd.DataFrame) -> str:
    """What a group's plan detects: the smallest effect shown with the usual probability."""
    planned = table[table["size"] == 1].sort_values("effect")
    reached = planned[planned["value"] >= USUAL]
    if reached.empty:
        return _("no effect up to {points} is detected with 80 % probability").format(
            points=numbers.in_points(planned["effect"].max())
        )
    first = reached.iloc[0]
    words = _("an effect of {points} is detected with probability {p}").format(
        points=numbers.in_points(first["effect"]), p=numbers.probability(first["value"])
    )
    more = table[(table["effect"] == first["effect"]) & (table["size"] > 1)]
    if more.empty:
        return words
    largest = more.loc[more["size"].idxmax()]
    return _("{finding}; with {times} × the respondents {p}").format(
        finding=words,
        times=numbers.plain(largest["size"]),
        p=numbers.probability(largest["value"]),
    )


def _panel(axes: Axes, table: pd.DataFrame, look: tuple[str, str]) -> None:
    colour, marker = look
    axes.axhline(USUAL, color=RULE, linewidth=0.9, zorder=1)
    by_size = table.sort_values("effect").groupby("size")
    for line, (size, own) in zip(_LINES, by_size, strict=False):
        respondents = numbers.count(own["respondents"].iloc[0])
        label = _("{n} respondents").format(n=respondents)
        axes.plot(
            own["effect"], own["value"], line,
            color=colour, marker=marker if size == 1 else "", markersize=4 * weight(),
            linewidth=1.4 * weight(),
            label=_("{n} respondents (planned)").format(n=respondents) if size == 1 else label,
        )  # fmt: skip
    axes.set_ylim(0, 1.02)
    panels.grid(axes, "y")
    axes.legend(loc="lower right", frameon=False, handlelength=2.6)
