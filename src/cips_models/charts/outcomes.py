"""One effect on several outcomes, side by side: on every scale, within countries and between."""

import pandas as pd
from matplotlib.figure import Figure

from cips_models.charts import findings, marks, select, style
from cips_models.charts.labels import capital, outcome, unit
from cips_models.did.estimand import in_words, of_rows
from cips_models.names import GROUP, LATENT, PERCENT
from cips_models.wording import _

_ROW = 0.32  # inches


@style.styled
def outcomes(
    table: pd.DataFrame,
    *,
    source: str = "",
    synthetic: bool = False,
) -> Figure:
    """Draw the average effect on every outcome, one row an outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        The outcomes table; shares of single levels of the answer are not drawn.
    source : str
        Name of the survey.
    synthetic : bool
        The data were simulated; the chart then says so.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    IdentificationError
        The table holds no effect.
    """
    effects = select.rows(table, estimand="ATT")
    groups = select.labels(effects, GROUP)
    latent = effects[effects["scale"] == LATENT]
    in_points = effects[effects["scale"] != LATENT]
    rows = [list(dict.fromkeys(_ways(part))) for part in (in_points, latent)]
    figure = style.canvas(
        9.0,
        _ROW * (sum(map(len, rows)) + 4),
        findings=[_finding(group, effects[effects[GROUP] == group]) for group in groups],
        reading=_("Average effect of support on supported cells, by outcome.")
        + " "
        + marks.how_to_read(effects["interval"].iloc[0]),
        key=marks.key(groups),
        notes=in_words(of_rows(effects)),
        source=source,
        synthetic=synthetic,
    )
    drawn = [(part, ways) for part, ways in zip((in_points, latent), rows, strict=True) if ways]
    panels = figure.subplots(
        len(drawn), 1, height_ratios=[len(ways) for _, ways in drawn], squeeze=False
    )[:, 0]
    for axes, (part, ways) in zip(panels, drawn, strict=True):
        style.rows_down(axes, [outcome(*way) for way in ways])
        style.zero_line(axes)
        for i, group in enumerate(groups):
            own = part[part[GROUP] == group]
            shift = marks.dodge(i, len(groups))
            colour, marker = style.look(i)
            heights = [ways.index(way) + shift for way in _ways(own)]
            marks.dots(axes, own, heights, colour=colour, marker=marker)
        axes.set_xlabel(_("Points of 100") if part is in_points else capital(unit(LATENT)))
    return figure


def _ways(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(table["scale"], table["parallel_trends"], strict=True))


def _finding(group: str, effects: pd.DataFrame) -> str:
    """How many outcomes have a direction that is clear or probable."""
    signs = [findings.rule(p).sign for p in effects["p_positive"]]
    return _(
        "{group}: by {up} of {n} outcomes supported cells gained more, by {down} less, "
        "{none} have no clear direction"
    ).format(
        group=capital(group),
        n=len(signs),
        up=signs.count(1),
        down=signs.count(-1),
        none=signs.count(0),
    )


@style.styled
def effect_path(
    table: pd.DataFrame,
    *,
    scale: str = PERCENT,
    source: str = "",
    synthetic: bool = False,
) -> Figure:
    """Draw the average effect by time since support began.

    Parameters
    ----------
    table : pandas.DataFrame
        The table of effect paths.
    scale : {"percent", "latent"}
    source : str
        Name of the survey.
    synthetic : bool
        The data were simulated; the chart then says so.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    IdentificationError
        The table holds no effect by time.
    """
    effects = select.rows(table, estimand="ATT by time since support", scale=scale)
    groups = select.labels(effects, GROUP)
    times = sorted(set(effects["since"]))
    figure = style.canvas(
        8.0,
        _ROW * (len(times) + 3),
        findings=[
            line for group in groups for line in _by_time(group, effects[effects[GROUP] == group])
        ],
        reading=_("Average effect of support in {unit}, by years since it began.").format(
            unit=unit(scale)
        )
        + " "
        + marks.how_to_read(effects["interval"].iloc[0]),
        key=marks.key(groups),
        notes=in_words(of_rows(effects)),
        source=source,
        synthetic=synthetic,
    )
    axes = figure.subplots()
    style.rows_down(axes, [_("{years} years").format(years=f"{time:g}") for time in times])
    style.zero_line(axes)
    for i, group in enumerate(groups):
        own = effects[effects[GROUP] == group]
        shift = marks.dodge(i, len(groups))
        colour, marker = style.look(i)
        heights = [times.index(time) + shift for time in own["since"]]
        marks.dots(axes, own, heights, colour=colour, marker=marker)
    axes.set_xlabel(capital(unit(scale)))
    return figure


def _by_time(group: str, effects: pd.DataFrame) -> list[str]:
    """The effect at the first and the last time."""
    ends = effects.sort_values("since").iloc[[0, -1]].drop_duplicates("since")
    return [
        _("{group}, after {years} years: {finding}").format(
            group=capital(group), years=f"{row['since']:g}", finding=findings.effect(row)
        )
        for _index, row in ends.iterrows()
    ]
