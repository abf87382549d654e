"""The look of every chart: palette, canvas with title and source, files.

Colours are of the UK Government Analysis Function's categorical palette (2022), ordered
so that the first two differ most in grey; each is at least 3:1 against white, and every
group has a marker of its own as well.
"""

import io
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import matplotlib as mpl
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D

from cips_models.charts.lettering import row_label, shortened, wrapped
from cips_models.wording import _

COLOURS: Final = ("#12436D", "#F46A25", "#801650", "#28A197")
MARKERS: Final = ("o", "s", "D", "^", "v")
INK: Final = "#262626"
SOFT: Final = "#595959"  # secondary text: 7:1 on white
RULE: Final = "#BFBFBF"
GRID: Final = "#E6E6E6"

_SETTINGS: Final[dict[str, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,  # a label may hold dollars: it is no formula
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "svg.fonttype": "path",
    "svg.hashsalt": "cips-models",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}

_MARGIN = 0.12  # inches
_KEY_LABEL = 2.2
_TITLE, _TEXT, _SOURCE, _NOTE = 12, 9, 8, 7.5  # points
_LINE = 1.35 / 72  # inches a point of type, with leading


def _own_settings() -> AbstractContextManager[None]:
    """Matplotlib's defaults and the settings of this module, whatever the user's are."""
    settings: AbstractContextManager[None] = mpl.style.context(_SETTINGS, after_reset=True)
    return settings


def styled[**P](draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw with the settings of this module, and lay the figure out."""

    @wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with _own_settings():
            figure = draw(*args, **kwargs)
            _settle(figure)
            return figure

    return inside


def _settle(figure: Figure) -> None:
    """Lay a figure out once and fix the places.

    The solver of the layout depends on memory addresses in its last digits; rounded, equal
    charts are equal to the byte.  ``figure.set_layout_engine("constrained")`` lays it out
    anew after changes.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        box = axes.get_position(original=True)
        left, bottom, width, height = (round(float(each), 5) for each in box.bounds)
        axes.set_position((left, bottom, width, height), which="original")
        axes.set_in_layout(True)


def look(position: int) -> tuple[str, str]:
    """Colour and marker of the group in that position."""
    return COLOURS[position % len(COLOURS)], MARKERS[position % len(MARKERS)]


def canvas(
    width: float,
    height: float,
    *,
    findings: Sequence[str],
    reading: str,
    key: Sequence[tuple[str, str, str, bool]] = (),
    notes: Sequence[str] = (),
    source: str = "",
    synthetic: bool = False,
) -> Figure:
    """Empty figure with its words: findings on top, how to read it, key, notes, source.

    Parameters
    ----------
    width, height : float
        Inches; the height is that of the drawing and the words come on top of it.
    findings : sequence of str
        The title, one line a finding; they are also the beginning of the alt text.
    reading : str
        What the chart shows: quantity, unit, kind and mass of the interval.
    key : sequence of (label, colour, marker, filled)
    notes : sequence of str
        What stands in small type below the drawing: what effects are effects of.
    source : str
        Name of the survey and of the fit, and what they rest on.
    synthetic : bool
        The data were simulated; said on the chart.
    """
    room = width - 2 * _MARGIN
    title = "\n".join(wrapped(line, room, size=_TITLE, bold=True) for line in findings)
    under = wrapped(reading, room, size=_TEXT)
    origin = wrapped(_source_line(source, synthetic), room, size=_SOURCE)
    blocks: list[tuple[str, int, dict[str, Any]]] = [
        (title, _TITLE, {"weight": "bold", "color": INK}),
        (under, _TEXT, {"color": SOFT}),
    ]
    header = _MARGIN * 2 + sum((t.count("\n") + 1) * s * _LINE + 0.06 for t, s, _k in blocks)
    header += (_TEXT * _LINE + 0.1) if key else 0.0
    below = "\n".join(wrapped(note, room, size=_NOTE) for note in notes)
    noted = (below.count("\n") + 1) * _NOTE * _LINE + 0.06 if notes else 0.0
    sourced = (origin.count("\n") + 1) * _TEXT * _LINE if origin else 0.0
    footer = _MARGIN + sourced + noted
    total = header + height + footer
    figure = Figure(figsize=(width, total))
    figure.set_layout_engine(
        "constrained",
        rect=(_MARGIN / width, footer / total, 1 - 2 * _MARGIN / width, height / total),
    )
    top = total - _MARGIN
    for text, size, look_of in blocks:
        figure.text(
            _MARGIN / width, top / total, text, size=size, va="top", linespacing=1.25, **look_of
        )
        top -= (text.count("\n") + 1) * size * _LINE + 0.06
    if key:
        _draw_key(figure, key, (_MARGIN / width, top / total))
    if origin:
        figure.text(
            _MARGIN / width, _MARGIN / 2 / total, origin, size=_SOURCE, color=SOFT, va="bottom"
        )
    if notes:
        bottom = (_MARGIN / 2 + sourced) / total
        figure.text(
            _MARGIN / width, bottom, below, size=_NOTE, color=SOFT, va="bottom", linespacing=1.25
        )
    said = [*(f"{line}." for line in findings), reading, *notes, origin.replace("\n", " ")]
    figure.set_label(" ".join(said).strip())
    return figure


def apart(figure: Figure) -> None:
    """Leave room between panels side by side, so that their last and first tick do not meet."""
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(wspace=0.05)


def _source_line(source: str, synthetic: bool) -> str:
    parts = [_("Source: {name}.").format(name=source)] if source else []
    if synthetic:
        parts.append(_("Synthetic data: simulated, not a real survey."))
    return " ".join(parts)


def _draw_key(
    figure: Figure, key: Sequence[tuple[str, str, str, bool]], place: tuple[float, float]
) -> None:
    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=marker,
            color=colour,
            markerfacecolor=colour if filled else "white",
            markersize=6,
            label=shortened(label, _KEY_LABEL),
        )
        for label, colour, marker, filled in key
    ]
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=place,
        ncols=len(handles),
        frameon=False,
        fontsize=_TEXT,
        borderaxespad=0,
        borderpad=0,
        handletextpad=0.2,
        columnspacing=1.6,
    )


def by_rows(figure: Figure, rows: Sequence[int]) -> tuple[Axes, Axes | None]:
    """Axes for two numbers of rows, of the same height in both.

    Side by side, or one below the other where one has few rows; none for no second rows.
    """
    if not rows[1]:
        return figure.subplots(), None
    if stacked(rows):
        first, second = figure.subplots(2, 1, sharex=True, height_ratios=rows)
        first.tick_params(axis="x", labelbottom=True)
        return first, second
    least, rest = min(rows), max(rows) - min(rows)
    ratios = [least, rest] if rest else [least]
    grid = figure.add_gridspec(len(ratios), 2, height_ratios=ratios)
    left = figure.add_subplot(grid[0, 0] if rows[0] == least else grid[:, 0])
    right = figure.add_subplot(grid[0, 1] if rows[1] == least else grid[:, 1], sharex=left)
    return left, right


def stacked(rows: Sequence[int]) -> bool:
    """Whether :func:`by_rows` puts one below the other."""
    return 2.5 * min(rows) < max(rows)


def alt_text(figure: Figure) -> str:
    """Words for who cannot see the chart: its findings, what it shows, its source."""
    return str(figure.get_label())


def rows_down(axes: Axes, labels: Sequence[str]) -> None:
    """Name the rows of a chart of horizontal lines, first one on top."""
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(range(len(labels)), [row_label(label) for label in labels])
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.spines["left"].set_visible(False)


def zero_line(axes: Axes) -> None:
    """Mark zero, the line of no change."""
    axes.axvline(0, color=INK, linewidth=0.8, zorder=1.5)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def svg(figure: Figure) -> str:
    """Figure as the text of an SVG file, with its words for who cannot see it.

    The same figure always gives the same text.
    """
    # Dates, addresses and versions would make equal charts differ.
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    written = io.StringIO()
    with _own_settings():
        figure.savefig(written, format="svg", metadata=nothing)
    head, mark, body = written.getvalue().partition("<defs>")
    return f"{head}<desc>{escape(alt_text(figure))}</desc>\n {mark}{body}"


def save(figure: Figure, directory: str | os.PathLike[str], stem: str) -> tuple[Path, Path]:
    """Write a figure as SVG and PNG; the same figure always gives the same bytes.

    Returns
    -------
    svg, png : Path
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    vector, pixels = folder / f"{stem}.svg", folder / f"{stem}.png"
    vector.write_text(svg(figure), encoding="utf-8")
    with _own_settings():
        figure.savefig(
            pixels, dpi=200, metadata={"Software": None, "Description": alt_text(figure)}
        )
    return vector, pixels
