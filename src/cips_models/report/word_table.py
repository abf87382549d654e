"""A table of a Word document: rules as in print, a head that every page repeats.

Its cells are made here and not by python-docx, which takes a minute for a table of 3,000.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Final

from docx.oxml.ns import qn
from docx.shared import Emu, Pt

from cips_models.report.columns import widths
from cips_models.report.document import Table
from cips_models.report.word_parts import element
from cips_models.wording import direction

#: Points that a letter of a cell takes on average.
_LETTER: Final = 4.1

#: Rows of a table that is kept on one page.
_TOGETHER: Final = 20


def add_table(file: Any, table: Table, room: Emu) -> None:
    """Append a table to a Word document.

    Parameters
    ----------
    file : docx.document.Document
        With the paragraph styles "Table head" and "Table cell".
    table : Table
    room : Emu
        Width of the page between its margins.
    """
    wide = [Pt(letters * _LETTER).twips for letters in widths(table, room.pt / _LETTER)]
    made = element("tbl")
    made.append(_properties(table.caption))
    grid = element("tblGrid")
    grid.extend([element("gridCol", w=width) for width in wide])
    made.append(grid)
    head, cell = (file.styles[name].style_id for name in ("Table head", "Table cell"))
    few = len(table.rows) <= _TOGETHER
    made.append(_row(table.head, _pattern(table, wide, head, keep=True), is_head=True))
    kept, last = (_pattern(table, wide, cell, keep=keep) for keep in (few, False))
    for line, row in enumerate(table.rows, start=1):
        made.append(_row(row, last if line == len(table.rows) else kept))
    body = file.element.body
    body.insert(len(body) - 1, made)  # the properties of the section stand last


def _properties(caption: str) -> Any:
    """Of the whole table, in the order that ISO/IEC 29500-1, 17.4.59, wants."""
    made = element("tblPr")
    if direction() == "rtl":
        made.append(element("bidiVisual"))
    made.append(element("tblW", w=0, type="auto"))
    borders = element("tblBorders")
    for side, width, colour in (
        ("top", 8, "262626"), ("bottom", 8, "262626"), ("insideH", 2, "B3B3B3"),
    ):  # fmt: skip
        borders.append(element(side, val="single", sz=width, space=0, color=colour))
    made.append(borders)
    made.append(element("tblLayout", type="fixed"))
    margins = element("tblCellMar")
    margins.extend([element(side, w=90, type="dxa") for side in ("left", "right")])
    made.append(margins)
    made.append(element("tblLook", firstRow=1, noHBand=1, noVBand=1))
    if caption:
        made.append(element("tblCaption", val=caption))
    return made


def _pattern(table: Table, wide: Sequence[int], style: str, *, keep: bool) -> list[Any]:
    """Cells of a row without their texts."""
    cells = []
    for place, width in enumerate(wide):
        cell, properties, paragraph, of_paragraph = map(element, ("tc", "tcPr", "p", "pPr"))
        properties.append(element("tcW", w=width, type="dxa"))
        of_paragraph.append(element("pStyle", val=style))
        if keep:
            of_paragraph.append(element("keepNext"))
        if place >= table.words:  # in a line from right to left, this is the left
            of_paragraph.append(element("jc", val="right"))
        paragraph.append(of_paragraph)
        cell.extend([properties, paragraph])
        cells.append(cell)
    return cells


def _row(texts: Sequence[str], pattern: Sequence[Any], *, is_head: bool = False) -> Any:
    row, properties = element("tr"), element("trPr")
    properties.append(element("cantSplit"))
    if is_head:
        properties.append(element("tblHeader"))
    row.append(properties)
    for empty, words in zip(pattern, texts, strict=True):
        cell, run, text = deepcopy(empty), element("r"), element("t")
        text.text = words
        text.set(qn("xml:space"), "preserve")
        run.append(text)
        cell[-1].append(run)
        row.append(cell)
    return row
