"""Result tables as files: written and read by what is declared of their columns."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from cips_models.errors import OutputError
from cips_models.files import new_file, refuse_to_replace
from cips_models.tables.columns import Kind
from cips_models.tables.declared import TABLES
from cips_models.tables.spreadsheet import as_cell, as_label

_DTYPES: Final[Mapping[Kind, str]] = {
    "text": "str",
    "number": "float64",
    "count": "Int64",
    "flag": "boolean",
}


def write_table(folder: Path, name: str, table: pd.DataFrame) -> Path:
    """Write a table as ``NAME.csv``.

    Raises
    ------
    ValueError
        The columns are not those that are described here.
    """
    declared = [column.name for column in TABLES[name]]
    if list(table.columns) != declared:
        raise ValueError(f"{name}: columns {list(table.columns)}; described are {declared}")
    path = folder / f"{name}.csv"
    texts = [column.name for column in TABLES[name] if column.kind == "text"]
    cells = {text: [_cell(value) for value in table[text]] for text in texts}
    with new_file(path) as draft:
        table.assign(**cells).to_csv(draft, index=False, float_format="%.6g")
    return path


def _cell(value: object) -> object:
    return as_cell(value) if isinstance(value, str) else value


def write_tables(
    folder: Path, tables: Mapping[str, pd.DataFrame], *, overwrite: bool = False
) -> list[Path]:
    """Write several tables, or none when one is there already.

    Raises
    ------
    OutputError
        A file exists and ``overwrite`` is not set.
    """
    refuse_to_replace([folder / f"{name}.csv" for name in tables], overwrite=overwrite)
    return [write_table(folder, name, table) for name, table in tables.items()]


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read a table of a results folder.

    Raises
    ------
    OutputError
        The table is not there, or is not one of this version.
    """
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise OutputError(f"{path} is not there. `cips run STUDY --out {folder}` writes it.")
    header, rows = _rows(path)
    declared = [column.name for column in TABLES[name]]
    if header != declared:
        raise OutputError(f"{path}: found columns {header}; expected {declared}")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise OutputError(
                f"{path}, row {number}: found {len(row)} cells; expected {len(header)}"
            )
    table = pd.DataFrame(rows, columns=header, dtype="str")
    return pd.DataFrame({c.name: _typed(table[c.name], c.kind, path) for c in TABLES[name]})


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header of a file and its other rows, every cell a text."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        if "\0" in text:
            raise csv.Error("a zero byte")
        cells = csv.reader(io.StringIO(text, newline=""), strict=True)
        header, *rows = [row for row in cells if row] or [[]]
    except (OSError, UnicodeError, csv.Error) as error:
        raise OutputError(
            f"{path}: found a file that cannot be read ({error}); expected a table of results. "
            "--overwrite writes it anew."
        ) from error
    return header, rows


def _typed(text: pd.Series, kind: Kind, path: Path) -> pd.Series:
    """A column of its kind.

    Raises
    ------
    OutputError
        A cell is not of the kind.
    """
    if kind == "text":
        return text.map(as_label).astype(_DTYPES[kind])
    if kind == "flag":
        values = text.map({"True": True, "False": False, "": None}).astype("boolean")
    else:
        values = pd.to_numeric(text.where(text != ""), errors="coerce")
    told = text != ""
    wrong = told & values.isna()
    if kind == "count":
        wrong |= told & (values % 1 != 0)
    if wrong.any():
        row = int(wrong.argmax())
        raise OutputError(
            f"{path}, row {row + 2}, column {text.name}: found {text.iloc[row]!r}; expected a "
            f"{kind}. --overwrite writes the table anew."
        )
    return values.astype(_DTYPES[kind])


def empty_table(name: str) -> pd.DataFrame:
    """A table without rows, its columns as declared."""
    return pd.DataFrame({c.name: pd.Series(dtype=_DTYPES[c.kind]) for c in TABLES[name]})
