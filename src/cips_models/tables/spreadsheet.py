"""Labels in files that people open in a spreadsheet: none of them is a formula there.

A program that opens a CSV file takes a cell that begins with one of a few characters for a formula,
and runs it (OWASP, "CSV injection").  Labels are the user's own, or whoever's wrote the
responses, so such a label is written with an apostrophe in front, which spreadsheets take for the
mark of a text, and read without it.  Numbers stay numbers.
"""

import re
from typing import Final

#: What begins a formula, after any apostrophes; full-width forms too, which some programs convert.
_FORMULA: Final = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_MARK: Final = "'"


def as_cell(label: str) -> str:
    """Label as it is written: with an apostrophe in front where it might be run."""
    return _MARK + label if _FORMULA.match(label) and not _NUMBER.fullmatch(label) else label


def as_label(cell: str) -> str:
    """Inverse of :func:`as_cell`."""
    return cell[1:] if cell.startswith(_MARK) and _FORMULA.match(cell) else cell
