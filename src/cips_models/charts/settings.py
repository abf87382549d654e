"""Matplotlib's settings while a chart is drawn, and its sizes: slide and page."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

import matplotlib as mpl
import matplotlib.style
from matplotlib.figure import Figure

from cips_models.charts.palette import INK, RULE
from cips_models.charts.ticks import in_the_language
from cips_models.wording import SOURCE_LANGUAGE, direction, language


@dataclass(frozen=True)
class Size:
    """How large a chart is, and how large its letters are.

    Attributes
    ----------
    name : str
    width : float
        Inches.
    height : float or None
        Inches; None where a chart is as high as what it shows. A chart of fixed height that
        needs more room grows in proportion.
    title, text, label, small, least : float
        Points: findings; how to read; everything in the drawing; notes and source; and what
        labels in the drawing may shrink to where rows are many.
    """

    name: str
    width: float
    height: float | None
    title: float
    text: float
    label: float
    small: float
    least: float


#: A column of a portrait page, and a 16:9 slide of the usual 13.33 x 7.5 inches.
SIZES: Final = MappingProxyType(
    {
        "page": Size("page", 6.5, None, 11.0, 8.5, 8.0, 7.5, 7.0),
        "slide": Size("slide", 40 / 3, 7.5, 18.0, 12.5, 12.0, 10.0, 9.0),
    }
)

_COMMON: Final[dict[str, Any]] = {
    "font.family": "DejaVu Sans",  # comes with Matplotlib: the same everywhere
    "text.color": INK,
    "text.parse_math": False,  # a label may hold dollars: it is no formula
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.fonttype": "path",
    "svg.hashsalt": "cips-models",
    "pdf.fonttype": 42,  # letters that can be searched and read aloud
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


def settings(label: float = 8.0) -> AbstractContextManager[None]:
    """Matplotlib's defaults and these settings, whatever the user's are."""
    letters = dict.fromkeys(
        ("font.size", "axes.labelsize", "axes.titlesize", "xtick.labelsize", "ytick.labelsize",
         "legend.fontsize"), label,
    )  # fmt: skip
    chosen: AbstractContextManager[None] = mpl.style.context(
        {**_COMMON, "axes.titlelocation": start(), **letters}, after_reset=True
    )
    return chosen


def start() -> Literal["left", "right"]:
    """The side on which lines of text begin."""
    return "left" if direction() == "ltr" else "right"


def letters() -> float:
    """Points of the letters in the drawing that is being made."""
    return float(mpl.rcParams["font.size"])


def weight() -> float:
    """How much heavier lines and marks are than on a page."""
    return letters() / SIZES["page"].label


def settle(figure: Figure) -> None:
    """Lay a figure out once and fix the places.

    The solver of the layout depends on memory addresses in its last digits; rounded, equal
    charts are equal to the byte.  ``figure.set_layout_engine("constrained")`` lays it out
    anew after changes.
    """
    for axes in figure.axes:
        axes.tick_params(labelsize=letters())  # also of ticks that come later
    if language() != SOURCE_LANGUAGE:
        in_the_language(figure)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        box = axes.get_position(original=True)
        left, bottom, width, height = (round(float(each), 5) for each in box.bounds)
        axes.set_position((left, bottom, width, height), which="original")
        axes.set_in_layout(True)
