"""Tables as one Word file, by python-docx, which is an optional package."""

import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cips_models.errors import OutputError
from cips_models.files import new_file
from cips_models.report.document import Table

#: Any date would do: it must only be the same.
_CREATED: Final = datetime(2000, 1, 1)


def write_word(tables: Iterable[Table], path: Path, *, title: str) -> Path:
    """Write tables into one Word file, each with its caption, heads repeated on every page.

    Parameters
    ----------
    tables : iterable of Table
    path : Path
    title : str
        Heading of the file.

    Raises
    ------
    OutputError
        python-docx is not installed, or the file cannot be written.
    """
    try:
        import docx
        from docx.enum.section import WD_ORIENT
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.shared import Cm, Pt
    except ImportError as error:
        raise OutputError(
            f"{path}: Word files need the package python-docx, which is not installed. "
            'Install it with `pip install "cips-models[word]"`, or leave docx out of --format.'
        ) from error
    document = docx.Document()
    document.core_properties.created = document.core_properties.modified = _CREATED
    document.core_properties.title = title
    document.core_properties.author = "cips-models"
    for section in document.sections:  # on the side: tables are wide
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
        section.left_margin = section.right_margin = Cm(1.8)
    document.styles["Normal"].font.name = "Arial"
    document.styles["Normal"].font.size = Pt(9)
    document.add_heading(title, level=0)
    for table in tables:
        document.add_heading(table.caption, level=2)
        _fill(
            document.add_table(rows=1 + len(table.rows), cols=len(table.head)),
            table,
            WD_ALIGN_PARAGRAPH.RIGHT,
            OxmlElement("w:tblHeader"),
        )
    with new_file(path) as draft:
        document.save(str(draft))
        _same_bytes(draft)
    return path


def _fill(made: Any, table: Table, right: Any, repeated: Any) -> None:
    """Fill an empty table of Word; its head is ``repeated`` on every page."""
    made.style = "Light List"
    for line, cells in enumerate((table.head, *table.rows)):
        for place, (cell, text) in enumerate(zip(made.rows[line].cells, cells, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).bold = line == 0
            if place >= table.words:
                paragraph.alignment = right
    made.rows[0]._tr.get_or_add_trPr().append(repeated)


def _same_bytes(path: Path) -> None:
    """Write the parts of the file anew with one date, so that the same tables give the same."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, _CREATED.timetuple()[:6])
            new.writestr(part, content, zipfile.ZIP_DEFLATED)
