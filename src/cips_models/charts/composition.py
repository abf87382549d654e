"""Change of one composition of people, beside change as the waves were composed, and raw."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
from matplotlib.figure import Figure

from cips_models.charts import marks, panels, rows, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, quantity, unit, unit_of
from cips_models.charts.numbers import points
from cips_models.charts.palette import INK, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.tables.estimates import AS_COMPOSED, RAW_CHANGE
from cips_models.wording import _

_ONE: Final = "pooled change"
_OWN: Final = f"{_ONE}{AS_COMPOSED}"


@chart("changes")
def composition(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
    between: Sequence[str] | None = None,
) -> Figure:
    """Draw pooled changes of one composition and of each wave's own, by factor."""
    shown = select.rows(table, scale=scale)
    shown = shown[(shown[COUNTRY] == "") & shown["estimand"].isin((_ONE, _OWN, RAW_CHANGE))]
    select.rows(shown, estimand=_OWN)  # where no strata are told apart there is none
    shown = select.first_compared(shown, between)
    groups, factors = select.labels(shown, GROUP), select.labels(shown, FACTOR)
    first = select.rows(shown, estimand=_ONE).iloc[0]
    tall = rows.lines(len(factors) + 1, 2, named=panels.deepest(factors, sheet.size.width))
    figure = sheet.figure(
        (1 if sheet.wide else len(groups)) * (tall + 2.5) + 2,
        findings=[_finding(group, shown[shown[GROUP] == group], scale) for group in groups],
        reading=_(
            "Change in {quantity} from {first} to {last}, in {unit}, countries pooled. Filled: the "
            "same composition of people at both waves. Hollow: respondents of each wave as they "
            "were. Cross: raw answers, no model."
        ).format(quantity=quantity(scale), first=first["from"], last=first["to"], unit=unit(scale))
        + " "
        + marks.how_to_read(first["interval"]),
    )
    drawn = panels.for_groups(figure, len(groups), stacked=not sheet.wide)
    place = {"": 0} | {factor: 1 + i for i, factor in enumerate(factors)}
    for i, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        named = i == 0 or not sheet.wide
        labels = [rows.pooled_name(FACTOR), *factors]
        panels.rows_down(axes, labels if named else [""] * len(labels))
        panels.zero_line(axes)
        rows.emphasised(axes, 0, above=False)
        colour, marker = look(i)
        own = shown[shown[GROUP] == group]
        for k, estimand in enumerate((_ONE, _OWN)):
            some = own[own["estimand"] == estimand]
            y = [place[factor] + marks.dodge(k, 2) for factor in some[FACTOR]]
            marks.dots(axes, some, y, colour=colour, marker=marker, filled=k == 0)
        raw = own[own["estimand"] == RAW_CHANGE]
        axes.scatter(
            raw["mean"], [place[factor] for factor in raw[FACTOR]], marker="x", color=INK,
            s=24 * weight() ** 2, linewidths=1.2 * weight(), zorder=5,
        )  # fmt: skip
        axes.set_title(capital(group))
    for axes in drawn if sheet.wide else drawn[-1:]:
        axes.set_xlabel(capital(unit(scale)))
    return figure


def _finding(group: str, own: pd.DataFrame, scale: str) -> str:
    """The mean change of one composition and of each wave's own, over all factors."""
    overall = own[own[FACTOR] == ""].set_index("estimand")["mean"]
    digits = 2 if scale == "latent" else 1
    return _(
        "{group}: {one} {unit} with one composition of people, {own} as the waves were composed"
    ).format(
        group=capital(group),
        one=points(overall[_ONE], digits),
        own=points(overall[_OWN], digits),
        unit=unit_of(scale, overall[_ONE], digits),
    )
