"""How much of the posterior of the effect is as good as nothing, and how much is not."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import panels, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, word
from cips_models.charts.numbers import in_points, plain, probability
from cips_models.charts.palette import COLOURS, GRID, INK
from cips_models.charts.sheet import Sheet
from cips_models.did.estimand import in_one_line, of_rows
from cips_models.names import GROUP
from cips_models.wording import N_, _, listed

PART = "P(effect in part)"
_WAY = ("specification", "route")

#: Parts of the posterior from left to right: words, fill, hatching, colour of the number.
_PARTS = {
    "below": (N_("harm"), COLOURS[1], "///", INK),
    "within": (N_("as good as none"), GRID, "", INK),
    "above": (N_("help"), COLOURS[0], "", "white"),
}

#: Narrower parts hold no number.
_ROOM = 0.09


@chart("decision", says_fit=True)
def decision(
    table: pd.DataFrame,
    sheet: Sheet,
) -> Figure:
    """Draw the three parts of the posterior of each group's effect, one row a fit."""
    parts = select.rows(table, estimand=PART)
    groups = select.labels(parts, GROUP)
    ways = [tuple(way) for way in parts[list(_WAY)].drop_duplicates().itertuples(index=False)]
    half = plain(parts["margin"].iloc[0])
    unstated = (parts["stated"] == "default").all()
    figure = sheet.figure(
        (1 if sheet.wide else len(groups)) * (2.2 * len(ways) + 2.5) + 2,
        findings=[_finding(parts, group, ways[0]) for group in groups],
        reading=_(
            "Posterior probability of the average effect on supported cells: below −{half}, within "
            "±{half} and above +{half} percentage points of positive answers."
        ).format(half=half)
        + (" " + _("Nobody stated this margin beforehand.") if unstated else ""),
        key=[(_(words), fill, "s", True) for words, fill, *_rest in _PARTS.values()],
        notes=in_one_line(of_rows(parts)),
    )
    drawn = panels.for_groups(figure, len(groups), stacked=not sheet.wide)
    for i, (axes, group) in enumerate(zip(drawn, groups, strict=True)):
        _panel(axes, parts[parts[GROUP] == group], ways)
        if i and sheet.wide:
            axes.set_yticklabels([])
        axes.set_title(capital(group))
        if sheet.wide or i == len(groups) - 1:
            axes.set_xlabel(_("Probability"))
    return figure


def _finding(parts: pd.DataFrame, group: str, way: tuple[str, str]) -> str:
    """Probability of the part that helps, by the first fit: what its bar shows."""
    row = select.rows(parts, group=group, specification=way[0], route=way[1], part="above").iloc[0]
    return _("{group}: the effect exceeds {points} with probability {p}").format(
        group=capital(group), points=in_points(row["margin"]), p=probability(row["mean"])
    )


def _panel(axes: Axes, parts: pd.DataFrame, ways: list[tuple[str, str]]) -> None:
    own = parts.set_index([*_WAY, "part"])["mean"]
    panels.rows_down(axes, [listed((capital(word(spec)), word(route))) for spec, route in ways])
    for y, way in enumerate(ways):
        left = 0.0
        for part, (_words, fill, hatch, ink) in _PARTS.items():
            width = float(own.get((*way, part), 0.0))
            axes.barh(
                y, width, left=left, height=0.62, color=fill, hatch=hatch, edgecolor="white",
                linewidth=0.6,
            )  # fmt: skip
            if width >= _ROOM:
                axes.text(
                    left + width / 2, y, probability(width), ha="center", va="center", color=ink,
                )  # fmt: skip
            left += width
    axes.set_xlim(0, 1)
    axes.spines["bottom"].set_visible(False)
