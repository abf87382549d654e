"""One effect on several outcomes, side by side: on every scale, within countries and between."""

import pandas as pd
from matplotlib.figure import Figure

from cips_models.charts import findings, marks, panels, rows, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, outcome, unit
from cips_models.charts.numbers import plain
from cips_models.charts.palette import look
from cips_models.charts.sheet import Sheet
from cips_models.did.estimand import in_one_line, of_rows
from cips_models.names import GROUP, LATENT, PERCENT
from cips_models.wording import _


@chart("outcomes", says_fit=True)
def outcomes(
    table: pd.DataFrame,
    sheet: Sheet,
) -> Figure:
    """Draw the average effect on every outcome, one row an outcome."""
    effects = select.rows(table, estimand="ATT")
    groups = select.labels(effects, GROUP)
    latent = effects[effects["scale"] == LATENT]
    in_points = effects[effects["scale"] != LATENT]
    listed = [list(dict.fromkeys(_ways(part))) for part in (in_points, latent)]
    figure = sheet.figure(
        2.2 * sum(map(len, listed)) + 6,
        findings=[_finding(group, effects[effects[GROUP] == group]) for group in groups],
        reading=_("Average effect of support on supported cells, by outcome.")
        + " "
        + marks.how_to_read(effects["interval"].iloc[0]),
        key=marks.key(groups),
        notes=in_one_line(of_rows(effects)),
    )
    drawn = [(part, ways) for part, ways in zip((in_points, latent), listed, strict=True) if ways]
    parts = figure.subplots(
        len(drawn), 1, height_ratios=[len(ways) for _, ways in drawn], squeeze=False
    )[:, 0]
    for axes, (part, ways) in zip(parts, drawn, strict=True):
        panels.rows_down(axes, [outcome(*way) for way in ways])
        panels.zero_line(axes)
        for i, group in enumerate(groups):
            own = part[part[GROUP] == group]
            shift = marks.dodge(i, len(groups))
            colour, marker = look(i)
            heights = [ways.index(way) + shift for way in _ways(own)]
            marks.dots(axes, own, heights, colour=colour, marker=marker)
        axes.set_xlabel(_("Points of 100") if part is in_points else capital(unit(LATENT)))
    return figure


def _ways(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(table["scale"], table["parallel_trends"], strict=True))


def _finding(group: str, effects: pd.DataFrame) -> str:
    """How many outcomes have a direction that is clear or probable."""
    signs = [findings.rule(p).sign for p in effects["p_positive"]]
    return _("{group}: supported cells gained more by {up} of {n} outcomes, less by {down}").format(
        group=capital(group),
        n=len(signs),
        up=signs.count(1),
        down=signs.count(-1),
    )


@chart("effect_paths", says_fit=True)
def effect_path(
    table: pd.DataFrame,
    sheet: Sheet,
    *,
    scale: str = PERCENT,
) -> Figure:
    """Draw the average effect by time since support began."""
    effects = select.rows(table, estimand="ATT by time since support", scale=scale)
    groups = select.labels(effects, GROUP)
    times = sorted(set(effects["since"]))
    figure = sheet.figure(
        rows.lines(len(times), len(groups)) + 4,
        findings=[
            line for group in groups for line in _by_time(group, effects[effects[GROUP] == group])
        ],
        reading=_(
            "Average effect of support in {unit}, by years since it began; 0 years: at the first "
            "wave with support."
        ).format(unit=unit(scale))
        + " "
        + marks.how_to_read(effects["interval"].iloc[0]),
        key=marks.key(groups),
        notes=in_one_line(of_rows(effects)),
    )
    axes = figure.subplots()
    panels.rows_down(axes, [_("{years} years").format(years=plain(time)) for time in times])
    panels.zero_line(axes)
    for i, group in enumerate(groups):
        own = effects[effects[GROUP] == group]
        shift = marks.dodge(i, len(groups))
        colour, marker = look(i)
        heights = [times.index(time) + shift for time in own["since"]]
        marks.dots(axes, own, heights, colour=colour, marker=marker)
    axes.set_xlabel(capital(unit(scale)))
    return figure


def _by_time(group: str, effects: pd.DataFrame) -> list[str]:
    """The effect at the first and the last time."""
    ends = effects.sort_values("since").iloc[[0, -1]].drop_duplicates("since")
    return [
        _("{group}, after {years} years: {finding}").format(
            group=capital(group), years=plain(row["since"]), finding=findings.effect(row)
        )
        for _index, row in ends.iterrows()
    ]
