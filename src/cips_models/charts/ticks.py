"""Numbers at ticks, and direction of texts, as the language has them."""

from typing import Any

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter, PercentFormatter, ScalarFormatter

from cips_models.numerals import from_right, local, per_cent
from cips_models.wording import direction


class _Numbers(ScalarFormatter):
    """Numbers as the language writes them."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return local(super().__call__(x, pos))


class _PerCent(PercentFormatter):
    """Shares in per cent, as the language writes them."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return per_cent(x / self.xmax)


def in_the_language(figure: Figure) -> None:
    """Write numbers at ticks anew, and begin texts at the side where they begin."""
    for axis in figure.findobj(Axis):
        assert isinstance(axis, Axis)
        _renumbered(axis)
    if direction() == "rtl":
        for text in figure.findobj(Text):
            assert isinstance(text, Text)
            text.set_text(from_right(text.get_text()))


def _renumbered(axis: Axis) -> None:
    formatter: Any = axis.get_major_formatter()
    if type(formatter) is ScalarFormatter:
        axis.set_major_formatter(_Numbers())
    elif type(formatter) is PercentFormatter:
        axis.set_major_formatter(_PerCent(formatter.xmax, formatter.decimals))
    elif isinstance(formatter, FixedFormatter | FuncFormatter) and direction() == "rtl":  # labels
        axis.set_major_formatter(FuncFormatter(lambda x, pos: from_right(str(formatter(x, pos)))))
