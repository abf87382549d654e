"""Texts of a chart, broken or cut to the room there is for them."""

from collections.abc import Iterable
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from cips_models.charts.settings import letters

_MEASURE = TextToPath()
_HARD_SPACE = "\N{NO-BREAK SPACE}"


def _inches(text: str, size: float | None, bold: bool) -> float:
    """Width of a line of text; no size is that of the letters of the drawing."""
    return _measured(text, letters() if size is None else size, bold)


@lru_cache(maxsize=4096)
def _measured(text: str, size: float, bold: bool) -> float:
    font = FontProperties(size=size, weight="bold" if bold else "normal")
    points, *__ = _MEASURE.get_text_width_height_descent(text, font, ismath=False)
    return float(points) / 72


def widest(labels: Iterable[str]) -> float:
    """Inches of the widest of some labels, in letters of the drawing."""
    return max((_inches(label, None, bold=False) for label in labels), default=0.0)


def shortened(
    text: str, inches: float, *, lines: int = 1, size: float | None = None, bold: bool = False
) -> str:
    """Text in at most so many lines no wider than ``inches``, cut off with an ellipsis.

    Labels are the user's own: without it one of two hundred characters leaves a chart no room.
    """

    def fits(broken: str) -> bool:
        found = broken.split("\n")
        return len(found) <= lines and all(_inches(line, size, bold) <= inches for line in found)

    def broken(kept: int) -> str:
        cut = text if kept == len(text) else text[:kept].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
        return wrapped(cut, inches, size=size, bold=bold) if lines > 1 else cut

    if fits(whole := broken(len(text))):
        return whole
    least, most = 1, len(text)  # the longest that fits lies in [least, most)
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if fits(broken(middle)) else (least, middle)
    return broken(least)


def wrapped(text: str, inches: float, *, size: float | None = None, bold: bool = False) -> str:
    """Text broken at plain spaces into lines no wider than ``inches``."""
    lines: list[str] = []
    for word in text.replace(" %", _HARD_SPACE + "%").split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _inches(longer, size, bold) <= inches:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def row_label(label: str, inches: float, whole: float = 0.0) -> str:
    """A label beside its row, in the lines that it came in; one may become two.

    One that is not wider than ``whole`` stays one line.
    """
    lines = label.split("\n")
    if len(lines) == 1 and _inches(label, None, bold=False) <= whole:
        return label
    return "\n".join(shortened(line, inches, lines=2 if len(lines) == 1 else 1) for line in lines)
