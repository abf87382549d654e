"""Rows of estimates, groups beside one another in a row: what levels and changes share."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
from matplotlib.axes import Axes

from cips_models.charts import marks
from cips_models.charts.lettering import shortened
from cips_models.charts.palette import RULE, look
from cips_models.charts.settings import letters
from cips_models.errors import IdentificationError
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT
from cips_models.wording import _

#: Lines of text that a row takes, by the number of its groups.
_LINES: Final = {1: 1.1, 2: 1.2}


def lines(rows: int, groups: int, kind: str = marks.DOTS, *, named: int = 1) -> float:
    """Lines of text that so many rows take, of which a name takes ``named`` at most."""
    each = _LINES.get(groups, 0.55 * groups)
    return rows * max(1.8 * each if kind == marks.RIDGES else each, named)


def checked(what: str, found: str, expected: Sequence[str]) -> None:
    """Refuse a choice that there is not.

    Raises
    ------
    ValueError
        ``found`` is not expected.
    """
    if found not in expected:
        raise ValueError(f"{what}: found {found!r}; expected one of {', '.join(expected)}")


def comparable(scale: str) -> None:
    """Refuse to set levels of different factors beside one another on the latent scale.

    Raises
    ------
    IdentificationError
        Its origin is another in every factor.
    """
    if scale == LATENT:
        raise IdentificationError(
            "levels: found scale 'latent', whose origin is another in every factor; expected "
            "'percent' or 'score' for levels of several factors."
        )


def draw(
    axes: Axes,
    table: pd.DataFrame,
    place: Sequence[int],
    groups: Sequence[str],
    *,
    kind: str = marks.DOTS,
    densities: pd.DataFrame | None = None,
    tallest: float | None = None,
    position: int | None = None,
    size: float = 22,
) -> None:
    """Draw estimates in their rows.

    Parameters
    ----------
    table : pandas.DataFrame
        Estimates, several groups to a row; cells that were not supported are hollow.
    place : sequence of int
        Row of each.
    groups : sequence of str
        Groups of the panel.
    kind : {"dots", "gradients", "ridges"}
    tallest : float, optional
        Highest density of all panels, which becomes one row.
    position : int, optional
        Which group of the chart this is, where a panel has one.
    """
    at = pd.Series(list(place), index=table.index)
    for i, group in enumerate(groups):
        own = table[table[GROUP] == group]
        colour, marker = look(i if position is None else position)
        shift = 0.0 if kind == marks.RIDGES else marks.dodge(i, len(groups))
        y = [row + shift for row in at[own.index]]
        if kind == marks.RIDGES:
            found = list(marks.of_rows(densities, own))
            marks.ridges(
                axes, found, own, [row + 0.42 for row in y], colour=colour,
                height=0.95 / (tallest or max(float(each["density"].max()) for each in found)),
            )  # fmt: skip
            continue
        if kind == marks.GRADIENTS:
            found = list(marks.of_rows(densities, own))
            marks.gradients(axes, found, y, colour=colour, height=0.62 / len(groups))
        marks.dots(
            axes, own, y, colour=colour, marker=marker, size=size, inner=kind == marks.DOTS,
            filled=[value != "unsupported" for value in own["supported"]]
            if "supported" in own else True,
        )  # fmt: skip


def tallest(densities: pd.DataFrame | None, table: pd.DataFrame, kind: str) -> float | None:
    """Highest of the densities of a table's rows; none where no ridges are drawn."""
    if kind != marks.RIDGES:
        return None
    return max(float(each["density"].max()) for each in marks.of_rows(densities, table))


def emphasised(axes: Axes, row: int, *, above: bool) -> None:
    """Set one row apart: its name in bold, a line between it and the others."""
    axes.axhline(row - 0.5 if above else row + 0.5, color=RULE, linewidth=0.8)
    for label in axes.get_yticklabels()[row : row + 1]:
        label.set_fontweight("bold")


def headings(drawn: Sequence[Axes], names: Sequence[str], inches: float) -> None:
    """Name small panels in up to three lines, in letters small enough for the longest name."""
    size, least = letters(), 0.7 * letters()

    def whole(text: str) -> bool:
        return shortened(text, inches, lines=3, size=size, bold=True).replace("\n", " ") == text

    while size > least and not all(map(whole, names)):
        size -= 0.2
    for axes, name in zip(drawn, names, strict=False):
        axes.set_title(shortened(name, inches, lines=3, size=size, bold=True), size=size)


def pooled_name(dim: str) -> str:
    """Name of the row that is about all of a dimension."""
    return {COUNTRY: _("All countries"), FACTOR: _("All factors")}[dim]
