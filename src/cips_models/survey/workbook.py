"""Excel files: one sheet as a table of texts, or every reason why it is none."""

import re
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

import pandas as pd

from cips_models.errors import Problem
from cips_models.survey.cells import as_seen, at, check_header
from cips_models.survey.document import did_you_mean, quoted
from cips_models.survey.source import MOST_BYTES, unreadable

_DAMAGED = (OSError, BadZipFile, ParseError, KeyError, ValueError, EOFError)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z0-9:]+)"')
_ZEROS = re.compile(r"0{2,}")  # a number format that shows leading zeros

type Cells = dict[int, list[str]]  # texts by row number
type Wrong = dict[tuple[int, int], str]  # what is wrong by row number and position


def sheets_with_cells(path: Path, problems: list[Problem]) -> tuple[str, ...]:
    """Names of the visible sheets that hold anything; none where the file cannot be read."""
    try:
        with _opened(path) as book:
            return tuple(_filled(book))
    except _DAMAGED as error:
        problems.append(unreadable(path, error))
        return ()


def read_sheet(path: Path, sheet: str | None, problems: list[Problem]) -> pd.DataFrame | None:
    """Read a sheet of an .xlsx file.

    The header is the first row that is not blank.  Blank rows, and columns with neither
    heading nor content, are passed over.

    Parameters
    ----------
    path : Path
    sheet : str or None
        Its name; None for the only sheet that holds anything.
    problems : list of Problem
        Collector; errors such as #N/A are added, formulas whose value was never stored,
        merged cells, and content under no heading.

    Returns
    -------
    pandas.DataFrame or None
        As :func:`cips_models.survey.table_file.read_table`.
    """
    try:
        with _opened(path) as book:
            name = _choose(book, sheet, path.name, problems)
            if name is None:
                return None
            raw = book._archive.read(book[name]._worksheet_path)
            cells, wrong = _read_cells(book[name])
        if _FORMULA.search(raw):
            wrong |= _without_value(path, name, cells)
    except _DAMAGED as error:
        problems.append(unreadable(path, error))
        return None
    merged = [area.decode() for area in _MERGED.findall(raw)]
    if merged:
        found = f"merged cells {quoted(merged, 5)}".replace('"', "")
        hint = "Unmerge them, and write the value into each cell that it holds for."
        problems.append(Problem(f"{path.name}, sheet {name}", found, "one cell a value", hint))
    return _as_table(cells, wrong, path.name, problems)


@contextmanager
def _opened(path: Path, *, formulas: bool = False) -> Iterator[Any]:
    """Open a workbook for the time of reading: stored values, or the formulas behind them."""
    import openpyxl

    with ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES:,} bytes, uncompressed")
    # The file is opened here, for a workbook that cannot be loaded would leave it open.
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are about styles and validation
        book = openpyxl.load_workbook(file, read_only=True, data_only=not formulas)
        for sheet in book.worksheets:
            # What a program wrote about the size of a sheet may be wrong, and cut it off.
            sheet.reset_dimensions()
        yield book


def _filled(book: Any) -> list[str]:
    """Visible sheets with a cell that holds something."""
    return [
        sheet.title
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
        and any(cell.value is not None for row in sheet.iter_rows() for cell in row)
    ]


def _choose(book: Any, sheet: str | None, source: str, problems: list[Problem]) -> str | None:
    """Return the sheet to read; None, and a problem, where that is not plain."""
    if sheet is None:
        filled = _filled(book)
        if len(filled) > 1:
            found = f"sheets {quoted(filled)}"
            hint = "Name the one to read in [sheets] of the study file."
            problems.append(Problem(source, found, "one sheet that is not empty", hint))
            return None
        return filled[0] if filled else book.worksheets[0].title
    known = [found.title for found in book.worksheets]
    if sheet not in known:
        hint = did_you_mean(sheet, known) or "Correct [sheets] of the study file."
        expected = f"one of the sheets {quoted(known)}"
        problems.append(Problem(source, f'no sheet "{sheet}"', expected, hint))
        return None
    return sheet


def _read_cells(sheet: Any) -> tuple[Cells, Wrong]:
    cells: Cells = {}
    wrong: Wrong = {}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = [_text(cell) for cell in row]
        if any(texts):
            cells[number] = texts
        for position, cell in enumerate(row):
            if cell.value is not None and cell.data_type == "e":
                wrong[number, position] = str(cell.value)
    return cells, wrong


def _text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, str) or value is None:
        return value or ""
    shown = cell.number_format if isinstance(value, int | float) else ""
    return as_seen(value, len(shown) if _ZEROS.fullmatch(shown) else 0)


def _without_value(path: Path, name: str, cells: Cells) -> Wrong:
    """Formulas whose value no program has stored: they look like blank cells."""
    wrong: Wrong = {}
    with _opened(path, formulas=True) as book, _opened(path) as values:
        pairs = zip(book[name].iter_rows(), values[name].iter_rows(), strict=True)
        for number, (formulas, stored) in enumerate(pairs, start=1):
            for position, (formula, value) in enumerate(zip(formulas, stored, strict=True)):
                # A formula whose result is an empty text has a type although it has no value.
                blank = value.value is None and value.data_type != "str"
                if blank and formula.value is not None and formula.data_type == "f":
                    wrong[number, position] = f"formula {_written(formula.value)} without a value"
                    texts = cells.setdefault(number, [])
                    texts += [""] * (position + 1 - len(texts))
    return wrong


def _written(formula: Any) -> str:
    return str(getattr(formula, "text", formula))


def _as_table(
    cells: Cells, wrong: Wrong, source: str, problems: list[Problem]
) -> pd.DataFrame | None:
    if not cells:
        problems.append(Problem(source, "an empty sheet", "a header and one row or more"))
        return None
    top, *numbers = sorted(cells)
    width = max(map(len, cells.values()))
    table = pd.DataFrame(
        [cells[number] + [""] * (width - len(cells[number])) for number in numbers],
        index=pd.Index(numbers, dtype=int),
        columns=range(width),
        dtype=object,
    )
    header = [text.strip() for text in cells[top]] + [""] * (width - len(cells[top]))
    _report_wrong(wrong, header, source, problems)
    for position, name in enumerate(header):
        rows = table.index[table[position] != ""]
        if not name and len(rows):
            from openpyxl.utils import get_column_letter

            where = at(source, rows, get_column_letter(position + 1))
            found = f"{quoted(table.loc[rows, position].unique(), 3)} under no heading"
            hint = "Give the column a heading, or remove it."
            problems.append(Problem(where, found, f"a heading in row {top}", hint))
    named = [position for position, name in enumerate(header) if name]
    names = [header[position] for position in named]
    if not check_header(names, f"{source}, row {top}", problems):
        return None
    if not numbers:
        problems.append(Problem(source, "a header and no rows", "one row or more"))
        return None
    return table[named].set_axis(names, axis="columns")


def _report_wrong(wrong: Wrong, header: list[str], source: str, problems: list[Problem]) -> None:
    rows = defaultdict(list)
    for (row, position), found in sorted(wrong.items()):
        rows[position, found].append(row)
    for (position, found), numbers in rows.items():
        where = at(source, numbers, header[position] or f"number {position + 1}")
        hint = "Correct it in Excel, let Excel compute it, and save; or blank the cell."
        count = f" ({len(numbers)} rows)" if len(numbers) > 1 else ""
        problems.append(Problem(where, found + count, "a value", hint))
