"""Before and after: two levels and the way between, by factor or by country."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import findings, panels, rows, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, level_unit, quantity, short_unit
from cips_models.charts.levels import OF
from cips_models.charts.numbers import points
from cips_models.charts.palette import INK, RULE, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT, WAVE
from cips_models.wording import _

#: Points that nobody sees.
_ROUNDING = 0.05

#: Changes that belong to the levels.
_CHANGE = {FACTOR: "pooled change", COUNTRY: "country change"}


@chart("levels", "changes")
def dumbbells(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    changes: pd.DataFrame,
    scale: str = PERCENT,
    between: Sequence[str] | None = None,
    by: str = FACTOR,
) -> Figure:
    """Draw levels before and after, joined, one row a factor or a country."""
    rows.checked("by", by, tuple(OF))
    rows.comparable(scale)
    changed = select.rows(changes, estimand=_CHANGE[by], scale=scale)
    changed = select.waves_compared(changed, between)
    first, last = changed["from"].iloc[0], changed["to"].iloc[0]
    levels = select.rows(table, estimand=OF[by], scale=scale)
    groups, labels = select.labels(changed, GROUP), select.labels(changed, by)
    reading = (
        _("Level of {quantity} in {unit}, countries pooled: hollow {first}, filled {last}.")
        if by == FACTOR
        else _("Level of {quantity} in {unit}, mean over factors: hollow {first}, filled {last}.")
    ).format(quantity=quantity(scale), unit=level_unit(scale), first=first, last=last)
    reading += " " + _(
        "Posterior means; a coloured bar where the {interval} (equal-tailed) of the change "
        "excludes zero, a grey one where not. Number: change in {unit}."
    ).format(interval=findings.interval(changed.iloc[0]), unit=short_unit(scale))
    if _apart(levels, changed, by, (first, last)):
        reading += " " + _(
            "The number is of countries and questions that both waves have, an end of all that its "
            "wave has: where one is missing they do not agree."
        )
    named = panels.deepest(labels, sheet.size.width)
    figure = sheet.figure(
        (1 if sheet.wide else len(groups)) * (max(1.4, named) * len(labels) + 2.5) + 2,
        findings=findings.overall_changes(changes, scale, (first, last)),
        reading=reading,
    )
    drawn = panels.for_groups(figure, len(groups), stacked=not sheet.wide)
    for i, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        panels.rows_down(axes, labels if i == 0 or not sheet.wide else [""] * len(labels))
        panels.grid(axes, "x")
        level, change = (each[each[GROUP] == group].set_index(by) for each in (levels, changed))
        _panel(axes, level, change, (first, last), labels, look(i))
        axes.set_title(capital(group))
    for axes in drawn if sheet.wide else drawn[-1:]:
        axes.set_xlabel(capital(level_unit(scale)))
    return figure


def _apart(levels: pd.DataFrame, changed: pd.DataFrame, by: str, waves: tuple[str, str]) -> bool:
    """Whether a change is not the difference of its ends: of other countries, or questions."""
    before, after = (levels[levels[WAVE] == wave].set_index([GROUP, by])["mean"] for wave in waves)
    difference = after - before - changed.set_index([GROUP, by])["mean"]
    return bool((difference.abs() > _ROUNDING).any())


def _panel(
    axes: Axes,
    levels: pd.DataFrame,
    changed: pd.DataFrame,
    waves: tuple[str, str],
    labels: Sequence[str],
    look_of: tuple[str, str],
) -> None:
    colour, marker = look_of
    before, after = (levels[levels[WAVE] == wave]["mean"] for wave in waves)
    for y, label in enumerate(labels):
        if label not in changed.index:
            continue
        change = changed.loc[label]
        ends = [before[label], after[label]]
        clear = change["lower"] > 0 or change["upper"] < 0
        axes.plot(
            ends, [y, y], color=colour if clear else RULE, linewidth=2.6 * weight(), zorder=2,
            solid_capstyle="butt",
        )  # fmt: skip
        for x, fill in zip(ends, ("white", colour), strict=True):
            axes.scatter(
                [x], [y], s=30 * weight() ** 2, marker=marker, facecolors=fill, edgecolors=colour,
                linewidths=1.2 * weight(), zorder=3,
            )  # fmt: skip
        axes.annotate(
            points(change["mean"]), (max(ends), y), (7 * weight(), 0),
            textcoords="offset points", va="center", color=INK,
        )  # fmt: skip
    axes.margins(x=0.12)
