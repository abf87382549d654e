"""Result tables as files: written and read by what is declared of their columns."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from cips_models.errors import OutputError
from cips_models.files import new_file, refuse_to_replace
from cips_models.tables.columns import Kind
from cips_models.tables.declared import EVERY_TABLE

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
    declared = [column.name for column in EVERY_TABLE[name]]
    if list(table.columns) != declared:
        raise ValueError(f"{name}: columns {list(table.columns)}; described are {declared}")
    path = folder / f"{name}.csv"
    with new_file(path) as draft:
        table.to_csv(draft, index=False, float_format="%.6g")
    return path


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
    if not path.exists():
        raise OutputError(f"{path} is not there. `cips run STUDY --out {folder}` writes it.")
    text = pd.read_csv(path, dtype="str", keep_default_na=False)
    declared = [column.name for column in EVERY_TABLE[name]]
    if list(text.columns) != declared:
        raise OutputError(f"{path}: found columns {list(text.columns)}; expected {declared}")
    return pd.DataFrame({c.name: _typed(text[c.name], c.kind) for c in EVERY_TABLE[name]})


def _typed(text: pd.Series, kind: Kind) -> pd.Series:
    if kind == "text":
        return text
    if kind == "flag":
        return text.map({"True": True, "False": False}).astype("boolean")
    return pd.to_numeric(text.where(text != ""), errors="raise").astype(_DTYPES[kind])


def empty_table(name: str) -> pd.DataFrame:
    """A table without rows, its columns as declared."""
    return pd.DataFrame({c.name: pd.Series(dtype=_DTYPES[c.kind]) for c in EVERY_TABLE[name]})
