"""Colours and markers of charts, and the two measures by which they were chosen.

The first two are dark blue and orange of the UK Government Analysis Function's categorical
palette (2022).  Its other colours have the greys of these two; the turquoise and the dark pink
are therefore darkened until any two of the four differ by 1.75:1 in grey.  Each has a contrast of
at least 3:1 with white, and every group has a marker of its own as well.
"""

from collections.abc import Sequence
from typing import Final

from matplotlib.colors import to_rgb

COLOURS: Final = ("#12436D", "#F46A25", "#1C746D", "#2A0A1B")
MARKERS: Final = ("o", "s", "D", "^", "v")
INK: Final = "#262626"
SOFT: Final = "#595959"  # secondary text: 7:1 on white
RULE: Final = "#BFBFBF"
GRID: Final = "#E6E6E6"


def look(position: int) -> tuple[str, str]:
    """Colour and marker of the group in that position."""
    return COLOURS[position % len(COLOURS)], MARKERS[position % len(MARKERS)]


def luminance(colour: str | Sequence[float]) -> float:
    """Relative luminance of a colour, 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str | Sequence[float], other: str | Sequence[float] = "white") -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, success criterion 1.4.11)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str | Sequence[float]) -> str:
    """Black or white, whichever can be read better on a colour."""
    return max(("white", "black"), key=lambda ink: contrast(ink, colour))
