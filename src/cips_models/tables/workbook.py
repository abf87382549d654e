"""All result tables as one Excel workbook: contents, formats, frozen headers, notes on columns.

Written by XlsxWriter, which writes the same bytes for the same content once the date of creation
is fixed.  Texts are written as texts, so that none is run as a formula, and marked as in CSV files
(:mod:`cips_models.tables.spreadsheet`) for programs that would convert them.
"""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cips_models.files import new_file
from cips_models.numerals import bare
from cips_models.tables.columns import Column, Kind
from cips_models.tables.declared import EVERY_TABLE
from cips_models.tables.spreadsheet import as_cell
from cips_models.tables.titles import TITLES
from cips_models.wording import N_, _, direction

#: Any date would do: it must only be the same.
_CREATED: Final = datetime(2000, 1, 1)
_FONT: Final = {"font_name": "Arial", "font_size": 10}
_FORMATS: Final[Mapping[Kind, Mapping[str, Any]]] = {
    "text": {},
    "number": {"num_format": "0.00"},
    "count": {"num_format": "#,##0"},
    "flag": {"align": "left"},
}
#: Probabilities and rates from 0 to 1 need a third decimal, errors of means a fourth.
_FINE: Final = {
    "p_positive": "0.000",
    "p": "0.000",
    "p_greater": "0.000",
    "p_less": "0.000",
    "p_odd": "0.000",
    "mcse": "0.0000",
}
_WIDEST: Final = 46  # characters of a column
_CONTENTS, _COLUMNS = N_("Contents"), N_("Columns")
_KINDS: Final[Mapping[Kind, str]] = {
    "text": N_("text"), "number": N_("number"), "count": N_("count"), "flag": N_("flag"),
}  # fmt: skip
_A4: Final = 9  # as Excel numbers papers
_LONGEST_NAME: Final = 31  # of a sheet, as Excel has it


def write_workbook(
    path: Path, tables: Mapping[str, pd.DataFrame], *, about: Sequence[tuple[str, str]] = ()
) -> Path:
    """Write tables into one workbook, a sheet each, contents first and the dictionary last.

    Parameters
    ----------
    path : Path
        File to write; replaced at once when the workbook is complete.
    tables : mapping of str to pandas.DataFrame
        Tables as declared in :mod:`cips_models.tables`, by name.
    about : sequence of (str, str)
        Names and values that stand above the contents.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    import xlsxwriter

    with new_file(path) as draft:
        book = xlsxwriter.Workbook(draft, {"in_memory": True})
        book.set_properties({"created": _CREATED, "title": about[0][1] if about else ""})
        style = {
            "head": book.add_format({**_FONT, "bold": True, "bottom": 1, "text_wrap": True,
                                     "valign": "top", "bg_color": "#E9EEF4"}),
            "title": book.add_format({**_FONT, "bold": True, "font_size": 14}),
            "link": book.add_format({**_FONT, "font_color": "#12436D", "underline": 1}),
            "plain": book.add_format(_FONT),
            "wrapped": book.add_format({**_FONT, "text_wrap": True, "valign": "top"}),
            "kinds": {
                kind: book.add_format({**_FONT, **more}) for kind, more in _FORMATS.items()
            },
            "fine": {
                shown: book.add_format({**_FONT, "num_format": shown})
                for shown in dict.fromkeys(_FINE.values())
            },
        }  # fmt: skip
        contents = book.add_worksheet(_sheet_name(_CONTENTS))
        for name, table in tables.items():
            _sheet(book.add_worksheet(name), table, EVERY_TABLE[name], style)
        _dictionary(book.add_worksheet(_sheet_name(_COLUMNS)), tables, style)
        _contents(contents, tables, about, style)
        for sheet in book.worksheets():
            _on_paper(sheet, headed=sheet is not contents)
            if direction() == "rtl":
                sheet.right_to_left()
        book.close()
    return path


def _on_paper(sheet: Any, *, headed: bool) -> None:
    """Print a sheet as wide as a page lies, with page numbers, and its head on every page."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
    if headed:
        sheet.repeat_rows(0)


def _sheet_name(message: str) -> str:
    """A message as the name of a sheet, without what no name may hold."""
    return re.sub(r"[\[\]:*?/\\']", " ", _(message))[:_LONGEST_NAME].strip()


def _sheet(
    sheet: Any, table: pd.DataFrame, columns: Sequence[Column], style: Mapping[str, Any]
) -> None:
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, style["head"])
        sheet.write_comment(0, place, _(column.meaning), {"x_scale": 2, "font_size": 9})
        values = table[column.name]
        shown = (
            style["fine"][_FINE[column.name]]
            if column.name in _FINE
            else style["kinds"][column.kind]
        )
        sheet.set_column(place, place, _width(column, values), shown)
        _WRITERS[column.kind](sheet, place, values, shown)
    sheet.freeze_panes(1, 0)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(columns) - 1)


def _texts(sheet: Any, place: int, values: pd.Series, shown: Any) -> None:
    for row, value in enumerate(values.tolist(), start=1):
        if isinstance(value, str) and value:
            sheet.write_string(row, place, as_cell(bare(value)), shown)


def _numbers(sheet: Any, place: int, values: pd.Series, shown: Any) -> None:
    for row, value in enumerate(values.tolist(), start=1):
        if value is None or value is pd.NA or math.isnan(value):
            continue
        if math.isinf(value):
            sheet.write_string(row, place, "∞" if value > 0 else "−∞", shown)
        else:
            sheet.write_number(row, place, value, shown)


def _flags(sheet: Any, place: int, values: pd.Series, shown: Any) -> None:
    for row, value in enumerate(values.tolist(), start=1):
        if value is not None and value is not pd.NA:
            sheet.write_boolean(row, place, value, shown)


_WRITERS: Final = {"text": _texts, "number": _numbers, "count": _numbers, "flag": _flags}


def _width(column: Column, values: pd.Series) -> float:
    if column.kind != "text":
        return max(9.0, len(column.name) + 3.0)
    longest = max((len(str(each)) for each in pd.unique(values)), default=0)
    return float(min(_WIDEST, max(len(column.name) + 3, longest + 1)))


def _contents(
    sheet: Any,
    tables: Mapping[str, pd.DataFrame],
    about: Sequence[tuple[str, str]],
    style: Mapping[str, Any],
) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 72)
    sheet.set_column(2, 2, 10)
    sheet.write_string(0, 0, _("Results"), style["title"])
    for row, (name, value) in enumerate(about, start=1):
        sheet.write_string(row, 0, name, style["plain"])
        sheet.write_string(row, 1, as_cell(bare(value)), style["wrapped"])
    start = len(about) + 2
    for place, head in enumerate((_("Sheet"), _("What it holds"), _("Rows"))):
        sheet.write_string(start, place, head, style["head"])
    for row, (name, table) in enumerate(tables.items(), start=start + 1):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", style["link"], name)
        sheet.write_string(row, 1, _(TITLES.get(name, "")), style["plain"])
        sheet.write_number(row, 2, len(table), style["kinds"]["count"])
    last, columns = start + len(tables) + 1, _sheet_name(_COLUMNS)
    sheet.write_url(last, 0, f"internal:'{columns}'!A1", style["link"], columns)
    sheet.write_string(last, 1, _("What every column of every sheet holds"), style["plain"])
    sheet.freeze_panes(start + 1, 0)


def _dictionary(sheet: Any, tables: Mapping[str, pd.DataFrame], style: Mapping[str, Any]) -> None:
    heads = (_("Sheet"), _("Column"), _("Kind"), _("Meaning"))
    for place, (head, width) in enumerate(zip(heads, (26, 24, 10, 100), strict=True)):
        sheet.write_string(0, place, head, style["head"])
        sheet.set_column(place, place, width)
    row = 1
    for name in tables:
        for column in EVERY_TABLE[name]:
            for place, text in enumerate(
                (name, column.name, _(_KINDS[column.kind]), _(column.meaning))
            ):
                sheet.write_string(row, place, text, style["wrapped"])
            row += 1
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, row - 1, 3)
