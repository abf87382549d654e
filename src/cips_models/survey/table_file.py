"""Table files as text: every cell as a person sees it in the file, nothing coerced."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cips_models.errors import Problem
from cips_models.survey.document import quoted
from cips_models.survey.labelled_file import read_labelled
from cips_models.survey.source import MOST_BYTES, SUFFIXES, missing, too_large, unreadable
from cips_models.survey.study import CsvFormat
from cips_models.survey.text_file import read_text
from cips_models.survey.workbook import read_sheet


def read_table(
    path: Path, form: CsvFormat, problems: list[Problem], sheet: str | None = None
) -> pd.DataFrame | None:
    """Read a table from a text file, Parquet, Excel, SPSS or Stata.

    Parameters
    ----------
    path : Path
    form : CsvFormat
        How a text file is written; other files do not need it.
    problems : list of Problem
        Collector; appended to.
    sheet : str, optional
        Sheet of an Excel file; default the only one that holds anything.

    Returns
    -------
    pandas.DataFrame or None
        Texts (dtype object; blank is ""), index = row number in the file: the header of
        a text file is row 1, its first respondent row 2, a row of a sheet has the number
        that stands beside it, and the first row of other files, which have no header, is
        row 1.  None where the file is not such a table.
    """
    name = path.name.lower()
    problem = missing(path, "a table") if name.endswith(SUFFIXES) else None
    if problem is not None:
        problems.append(problem)
        return None
    if name.endswith((".csv", ".csv.gz")):
        return read_text(path, form, problems)
    if name.endswith(".parquet"):
        return _read_parquet(path, problems)
    if name.endswith(".xlsx"):
        return read_sheet(path, sheet, problems)
    if name.endswith((".sav", ".dta")):
        labelled = read_labelled(path, problems)
        return None if labelled is None else labelled.table
    expected = f"a file that ends in {quoted(SUFFIXES)}"
    hint = "Save it as .xlsx." if name.endswith((".xls", ".xlsm", ".xlsb", ".ods")) else ""
    problems.append(Problem(str(path), f'"{path.name}"', expected, hint))
    return None


def is_typed(source: str) -> bool:
    """Say whether numbers are numbers in a file of this name, so that no decimal mark matters."""
    return not source.lower().endswith((".csv", ".csv.gz"))


def _read_parquet(path: Path, problems: list[Problem]) -> pd.DataFrame | None:
    try:
        with pq.ParquetFile(path) as file:  # not a data set, whose columns come of folders too
            sizes = (file.metadata.row_group(k) for k in range(file.num_row_groups))
            if sum(group.total_byte_size for group in sizes) > MOST_BYTES:
                problems.append(too_large(path))
                return None
            table = file.read()
    except (OSError, pa.ArrowException) as error:
        problems.append(unreadable(path, error))
        return None
    if table.num_rows == 0:
        problems.append(Problem(path.name, "no rows", "one row or more"))
        return None
    columns: dict[str, pd.Series] = {}
    for name in table.column_names:
        column = table.column(name)
        try:
            if pa.types.is_dictionary(column.type):
                column = column.cast(column.type.value_type)
            texts = column.cast(pa.string()).to_pandas().astype(object)
        except pa.ArrowException:
            expected = "texts, numbers, dates or true/false"
            where = f"{path.name}, column {name}"
            problems.append(Problem(where, f"values of type {column.type}", expected))
            continue
        columns[name] = texts.where(texts.notna() & (texts != "nan"), "")
    frame = pd.DataFrame(columns)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame
