"""Tables of a results folder: what is written is described, and reads back the same."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cips_models.errors import OutputError
from cips_models.tables import TABLES, read_table, write_table, write_tables
from cips_models.tables.spreadsheet import as_cell
from hostile import ATTACKS

#: Labels that have the mark of a text already, or nearly.
TWICE = (
    "=x",
    "'=x",
    "''=x",
    "'x",
    "'",
    "''",
    "-1",
    "'-1",
    "''-1",
    "- 1",
    "=",
    "\t=x",
    "\r",
    "a\nb",
)


def one_row(name: str) -> pd.DataFrame:
    """A row with a value of its own in every column, and a row with what does not apply."""
    values = {"text": ("Côte d'Ivoire", ""), "number": (1.25, np.nan), "count": (7, None)}
    values["flag"] = (True, False)
    kinds = {"text": "str", "number": "float64", "count": "Int64", "flag": "boolean"}
    return pd.DataFrame(
        {c.name: pd.array(values[c.kind], dtype=kinds[c.kind]) for c in TABLES[name]}
    )


@pytest.mark.parametrize("name", TABLES)
def test_tables_read_back_as_written(tmp_path: Path, name: str) -> None:
    table = one_row(name)
    write_table(tmp_path, name, table)
    pd.testing.assert_frame_equal(read_table(tmp_path, name), table)


def test_undescribed_column_is_refused(tmp_path: Path) -> None:
    table = one_row("respondents").assign(surprise=1)
    with pytest.raises(ValueError, match="surprise"):
        write_table(tmp_path, "respondents", table)
    assert list(tmp_path.iterdir()) == []


def test_missing_table_says_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"levels\.csv is not there.*cips run"):
        read_table(tmp_path, "levels")


def test_table_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "support.csv").write_text("country,factor\n")
    with pytest.raises(OutputError, match=r"support\.csv: found columns"):
        read_table(tmp_path, "support")


def test_nothing_is_written_when_one_of_several_exists(tmp_path: Path) -> None:
    tables = {name: one_row(name) for name in ("respondents", "support")}
    (tmp_path / "support.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"support\.csv exists already"):
        write_tables(tmp_path, tables)
    assert [path.name for path in tmp_path.iterdir()] == ["support.csv"]
    assert len(write_tables(tmp_path, tables, overwrite=True)) == 2


def of_labels(labels: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "country": pd.array(labels, dtype="str"),
            "group": "officials",
            "wave": "2021",
            "respondents": pd.array([7] * len(labels), dtype="Int64"),
        }
    ).astype({"group": "str", "wave": "str"})


@pytest.mark.parametrize("label", [*ATTACKS.values(), *TWICE])
def test_a_label_reads_back_as_it_was(tmp_path: Path, label: str) -> None:
    table = of_labels([label])
    write_table(tmp_path, "respondents", table)
    pd.testing.assert_frame_equal(read_table(tmp_path, "respondents"), table)


@pytest.mark.parametrize("label", [*ATTACKS.values(), *TWICE])
def test_no_cell_is_a_formula_to_a_spreadsheet(tmp_path: Path, label: str) -> None:
    path = write_table(tmp_path, "respondents", of_labels([label]))
    with path.open(encoding="utf-8", newline="") as file:
        _, row = csv.reader(file)
    assert not row[0].startswith(tuple("=+-@\t\r\n")) or row[0].removeprefix("-").isdigit()
    assert row[3] == "7"


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    """Those of labels too: an excluded value may be -1."""
    table = pd.DataFrame({"column": "wave", "value": ["-1", "+2.5"], "rows": [3, 4]})
    path = write_table(tmp_path, "exclusions", table)
    assert path.read_text().splitlines()[1:] == ["wave,-1,3", "wave,+2.5,4"]
    effect = one_row("levels").assign(mean=[-1.5, np.nan])
    assert ",-1.5," in write_table(tmp_path, "levels", effect).read_text()


def test_different_labels_are_different_cells() -> None:
    labels = [*ATTACKS.values(), *TWICE]
    assert len({as_cell(label) for label in labels}) == len(set(labels))
