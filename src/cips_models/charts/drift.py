"""Mean change and average effect under less drift of questions, and more."""

from typing import Final

import pandas as pd
from matplotlib.figure import Figure

from cips_models.charts import marks, panels, rows, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, unit, unit_of
from cips_models.charts.numbers import plain, points, span
from cips_models.charts.palette import look
from cips_models.charts.sheet import Sheet
from cips_models.did.estimand import in_one_line, of_rows
from cips_models.names import GROUP, PERCENT
from cips_models.wording import N_, _, listed_apart

_KINDS: Final = {"pooled change": N_("Mean change"), "ATT": N_("Effect of support")}
_TIMES: Final = {0.0: N_("no drift"), 1.0: N_("as the questions show"), 2.0: N_("twice that")}


@chart("drift", says_fit=True)
def drift(table: pd.DataFrame, sheet: Sheet, *, scale: str = PERCENT) -> Figure:
    """Draw mean change and average effect of every group by the drift that is assumed."""
    shown = select.rows(table, factor="", scale=scale)
    shown = shown[shown["estimand"].isin(list(_KINDS))]
    groups = select.labels(shown, GROUP)
    labels = [
        (kind, times)
        for kind in _KINDS
        if (shown["estimand"] == kind).any()
        for times in (None, *sorted(set(shown["drift"])))
    ]
    figure = sheet.figure(
        (1 if sheet.wide else len(groups)) * (rows.lines(len(labels), 1) + 2.5) + 2,
        findings=[_finding(group, shown[shown[GROUP] == group], scale) for group in groups],
        reading=_(
            "In {unit}, cut route, by how far questions may drift together: not at all, as far as "
            "they drift apart, or twice as far."
        ).format(unit=unit(scale))
        + " "
        + marks.how_to_read(shown["interval"].iloc[0]),
        notes=in_one_line(of_rows(shown[shown["estimand"] == "ATT"])),
    )
    drawn = panels.for_groups(figure, len(groups), stacked=not sheet.wide)
    for i, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        own = shown[shown[GROUP] == group]
        named = i == 0 or not sheet.wide
        panels.rows_down(axes, [_name(*each) if named else "" for each in labels])
        panels.zero_line(axes)
        for label, (_kind, times) in zip(axes.get_yticklabels(), labels, strict=True):
            label.set_fontweight("bold" if times is None else "normal")
        y = [labels.index(way) for way in zip(own["estimand"], own["drift"], strict=True)]
        colour, marker = look(i)
        marks.dots(axes, own, y, colour=colour, marker=marker, size=30)
        axes.set_title(capital(group))
    for axes in drawn if sheet.wide else drawn[-1:]:
        axes.set_xlabel(capital(unit(scale)))
    return figure


def _name(kind: str, times: float | None) -> str:
    if times is None:
        return _(_KINDS[kind])
    return _(_TIMES[times]) if times in _TIMES else f"{plain(times)} ×"


def _finding(group: str, own: pd.DataFrame, scale: str) -> str:
    """Range of means over the amounts of drift, and how many intervals exclude zero."""
    told = []
    for kind, words in _KINDS.items():
        some = own[own["estimand"] == kind]
        if some.empty:
            continue
        clear = int(((some["lower"] > 0) | (some["upper"] < 0)).sum())
        digits = 2 if scale == "latent" else 1
        low, high = some["mean"].min(), some["mean"].max()
        same = points(low, digits) == points(high, digits)
        told.append(
            _("{what} {range} {unit}, {clear} of {n} intervals exclude zero").format(
                what=_(words).lower(),
                range=points(low, digits) if same else span(low, high, digits=digits),
                unit=unit_of(scale, high, digits),
                clear=clear,
                n=len(some),
            )
        )
    return _("{group}: {finding}").format(group=capital(group), finding=listed_apart(told))
