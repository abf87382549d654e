"""The sheet on which a chart is drawn: its words on top and below, and room between."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cips_models.charts.lettering import shortened, wrapped
from cips_models.charts.palette import INK, SOFT
from cips_models.charts.settings import Size, start
from cips_models.wording import _

_LEADING: Final = 1.35 / 72  # inches of a line, a point of type
_SPACING: Final = 1.25

#: Label, colour, marker, filled.
type Key = tuple[str, str, str, bool]


@dataclass(frozen=True)
class _Block:
    """Text of the sheet, broken into lines."""

    text: str
    points: float
    below: float  # inches of room below it
    colour: str = SOFT
    bold: bool = False
    gid: str | None = None

    @property
    def height(self) -> float:
        return (self.text.count("\n") + 1) * self.points * _LEADING + self.below


@dataclass(frozen=True)
class Sheet:
    """What every chart is told: how large it is, and where its numbers come from.

    Attributes
    ----------
    size : Size
    source : str
        Name of the survey and of the fit.
    synthetic : bool
        The data were simulated.
    """

    size: Size
    source: str = ""
    synthetic: bool = False

    @property
    def wide(self) -> bool:
        """Whether there is more room to the right than downwards."""
        return self.size.height is not None

    def figure(
        self,
        lines: float,
        *,
        findings: Sequence[str],
        reading: str,
        key: Sequence[Key] = (),
        notes: Sequence[str] = (),
    ) -> Figure:
        """Empty figure with its words: findings, how to read it, key, notes, source.

        Parameters
        ----------
        lines : float
            Height that the drawing needs, in lines of its labels.
        findings : sequence of str
            The title, one paragraph a finding; they are also the beginning of the alt text.
        reading : str
            What the chart shows: quantity, unit, kind and mass of the interval.
        key : sequence of (label, colour, marker, filled)
        notes : sequence of str
            What stands in small type below the drawing: what effects are effects of.
        """
        size, label = self.size, self.size.label
        head, foot = self._words(size, findings, reading, notes)
        words = _height(head, size) + _height(foot, size) + _key_height(size, key)
        drawing = lines * label * _LEADING
        if size.height is not None and words + drawing > size.height:
            # Letters of the drawing shrink first, then the sheet grows in proportion.
            label = max(size.least, label * (size.height - words) / drawing)
            drawing = lines * label * _LEADING
            if (grown := max(1.0, (words + drawing) / size.height)) > 1:
                size = replace(size, width=size.width * grown, height=size.height * grown)
                head, foot = self._words(size, findings, reading, notes)
                words = _height(head, size) + _height(foot, size) + _key_height(size, key)
        for name in ("font.size", "xtick.labelsize", "ytick.labelsize", "axes.labelsize",
                     "axes.titlesize", "legend.fontsize"):  # fmt: skip
            mpl.rcParams[name] = label  # until the chart is drawn
        total = size.height or words + drawing
        figure = Figure(figsize=(size.width, total))
        margin, top = _margin(size), _height(head, size) + _key_height(size, key)
        bottom = _height(foot, size)
        figure.set_layout_engine(
            "constrained",
            rect=(margin / size.width, bottom / total, 1 - 2 * margin / size.width,
                  (total - top - bottom) / total),
        )  # fmt: skip
        _write(figure, head, margin, total - margin)
        if key:
            _draw_key(figure, key, size, total - _height(head, size))
        _write(figure, foot, margin, bottom - margin / 2)
        origin = self._origin()
        said = [*(f"{line}." for line in findings), reading, *notes, origin]
        figure.set_label(" ".join(said).strip())
        return figure

    def _words(
        self, size: Size, findings: Sequence[str], reading: str, notes: Sequence[str]
    ) -> tuple[list[_Block], list[_Block]]:
        """Blocks above the drawing, and below it."""
        room = 0.97 * (size.width - 2 * _margin(size))  # letters on screen are a little wider
        gap = size.label * 0.006
        head = [
            _Block(wrapped(line, room, size=size.title, bold=True), size.title, gap / 2, INK, True,
                   f"finding-{k}")
            for k, line in enumerate(findings, 1)
        ]  # fmt: skip
        head.append(_Block(wrapped(reading, room, size=size.text), size.text, gap))
        below = [*notes, *filter(None, [self._origin()])]
        return head, [
            _Block(wrapped(line, room, size=size.small), size.small, gap / 2) for line in below
        ]

    def _origin(self) -> str:
        parts = [_("Source: {name}.").format(name=self.source)] if self.source else []
        if self.synthetic:
            parts.append(_("Synthetic data: simulated, not a real survey."))
        return " ".join(parts)


def _margin(size: Size) -> float:
    return 0.015 * size.label


def _height(blocks: Sequence[_Block], size: Size) -> float:
    return _margin(size) + sum(block.height for block in blocks)


def _key_height(size: Size, key: Sequence[Key]) -> float:
    return size.text * _LEADING + 0.012 * size.label if key else 0.0


def _write(figure: Figure, blocks: Sequence[_Block], margin: float, top: float) -> None:
    """Write blocks one below the other; places in inches."""
    width, height = figure.get_size_inches()
    side = start()
    edge = margin if side == "left" else width - margin
    for block in blocks:
        figure.text(
            edge / width, top / height, block.text, size=block.points, va="top", gid=block.gid,
            color=block.colour, weight="bold" if block.bold else "normal",
            linespacing=_SPACING, ha=side,
        )  # fmt: skip
        top -= block.height


def _draw_key(figure: Figure, key: Sequence[Key], size: Size, top: float) -> None:
    width, height = figure.get_size_inches()
    side, margin = start(), _margin(size)
    edge = margin if side == "left" else width - margin
    in_order = key if side == "left" else key[::-1]
    room = (size.width - 2 * _margin(size)) / len(key) - 4 * size.text / 72
    handles = [
        Line2D(
            [], [], linestyle="none", marker=marker, color=colour,
            markerfacecolor=colour if filled else "white", markersize=0.75 * size.text,
            label=shortened(label, room, size=size.text),
        )
        for label, colour, marker, filled in in_order
    ]  # fmt: skip
    figure.legend(
        handles=handles, loc=f"upper {side}", bbox_to_anchor=(edge / width, top / height),
        ncols=len(handles), frameon=False, fontsize=size.text, borderaxespad=0, borderpad=0,
        handletextpad=0.2, columnspacing=1.6, markerfirst=side == "left",
    )  # fmt: skip
