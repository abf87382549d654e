"""Tables that leave: one workbook of all, the main ones for LaTeX."""

import re
import time

import openpyxl
import pandas as pd
import pytest

from cips_models.report.document import Table
from cips_models.report.latex import LONG, latex
from cips_models.report.main_tables import main_tables
from cips_models.tables import TABLES
from cips_models.tables.declared import EVERY_TABLE
from cips_models.tables.titles import TITLES
from cips_models.tables.workbook import write_workbook
from hostile import ATTACKS

SAMPLE = Table("Share & <more>, 50 %", ("A_b", "n"), (("[x] {y}", "−0.1"), ("~^\\", "> 0.99")))


def declared(tables):
    return {
        name: table.reindex(columns=[column.name for column in EVERY_TABLE[name]])
        for name, table in tables.items()
        if name in TABLES and len(table)
    }


@pytest.fixture(scope="module")
def little(make_tables):
    return declared(make_tables(countries=("Angola", "=1+1"), factors=("Automation", "@SUM(A1)")))


@pytest.fixture(scope="module")
def book(little, tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "tables.xlsx"
    return openpyxl.load_workbook(write_workbook(path, little, about=[("Survey", "=name")]))


def test_every_table_has_its_title():
    assert set(TITLES) == set(TABLES)


def test_the_workbook_has_contents_every_table_and_the_dictionary(book, little):
    assert book.sheetnames == ["Contents", *little, "Columns"]
    links = [cell.hyperlink.location for (cell,) in book["Contents"]["A5:A60"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in (*little, "Columns")]
    assert book["Columns"].max_row == 1 + sum(len(EVERY_TABLE[name]) for name in little)


def test_sheets_have_frozen_heads_notes_and_formats(book, little):
    for name, table in little.items():
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        assert [cell.value for cell in sheet[1]] == list(table.columns)
        for cell, column in zip(sheet[1], EVERY_TABLE[name], strict=True):
            assert cell.comment.text == column.meaning
        assert sheet.max_row == 1 + len(table)
    row = {cell.value: place for place, cell in enumerate(book["changes"][1])}
    values = book["changes"][2]
    assert values[row["mean"]].number_format == "0.00"
    assert values[row["p_positive"]].number_format == "0.000"


def test_numbers_are_numbers_and_missing_ones_are_empty(book, little):
    head = [cell.value for cell in book["improved"][1]]
    place = head.index("lower")
    shown = [row[place] for row in book["improved"].iter_rows(min_row=2, values_only=True)]
    for cell, number in zip(shown, little["improved"]["lower"], strict=True):
        assert cell is None if pd.isna(number) else cell == pytest.approx(number)


def test_no_text_is_a_formula(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    texts = {cell.value for cell in cells if cell.data_type == "s"}
    assert {"'=1+1", "'@SUM(A1)", "'=name"} <= texts
    assert not {text for text in texts if text.startswith(("=", "@"))}


def test_the_same_tables_give_the_same_bytes(little, tmp_path, monkeypatch):
    first = write_workbook(tmp_path / "a.xlsx", little).read_bytes()
    later = time.time() + 1e6
    monkeypatch.setattr(time, "time", lambda: later)
    assert write_workbook(tmp_path / "b.xlsx", little).read_bytes() == first


def test_latex_has_the_rules_of_booktabs_and_no_command_of_the_labels():
    text = latex(SAMPLE, "share")
    assert r"\caption{Share \& \textless{}more\textgreater{}, 50 \%}\label{tab:share}" in text
    assert r"{}[x] \{y\} & $-$0.1 \\" in text
    assert r"\textasciitilde{}\textasciicircum{}\textbackslash{} & \textgreater{} 0.99 \\" in text
    rules = [line for line in text.splitlines() if "rule" in line]
    assert rules == [r"\toprule", r"\midrule", r"\bottomrule"]
    assert r"\begin{tabular}{@{}lr@{}}" in text


def test_long_tables_go_over_pages_and_sentences_break():
    long = Table("Long", ("Words", "n"), (("w " * 80, "1"),) * LONG)
    assert latex(long, "long", ["50 % of it."]).endswith("\\noindent 50 \\% of it.\\par}\n")
    assert "\\raggedright 50 \\% of it.\n" in latex(SAMPLE, "share", ["50 % of it."])
    text = latex(long, "long")
    columns = re.search(r"longtable\}\{@\{\}(.*)r@\{\}", text)[1]
    share = re.fullmatch(r">\{\\raggedright\\arraybackslash\}p\{(0\.\d+)\\linewidth\}", columns)
    assert 0.8 < float(share[1]) < 1
    assert text.count(r"\endhead") == 1


@pytest.mark.parametrize("attack", ATTACKS)
def test_braces_of_any_label_stay_balanced(attack):
    text = latex(Table(ATTACKS[attack], ("a",), ((ATTACKS[attack],),)), "attack")
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert not re.search(r"(?<!\\)[#&%]", bare.split("\\toprule")[1].replace(" & ", ""))


def test_the_main_tables_have_rows_and_names_for_files(assessment):
    found = main_tables(assessment)
    assert {"headline", "changes", "effects", "certainty-1", "refusals"} <= set(found)
    assert all(table.rows and re.fullmatch(r"[\w-]+", name) for name, table in found.items())


def test_a_sheet_is_printed_as_wide_as_a_page_with_its_head_on_every_one(book):
    for sheet in book.worksheets:
        setup = sheet.page_setup
        assert (setup.orientation, setup.fitToHeight) == ("landscape", 0)  # width: one, if unsaid
        assert setup.fitToWidth in (None, 1)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert book["effects"].print_title_rows == "$1:$1"
