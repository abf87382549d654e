"""Excel files: cells arrive as a person sees them; what cannot is named with row and column."""

import datetime
import re
import zipfile

import openpyxl
import pytest

import cips_models as cips
from cips_models.errors import SurveyError
from cips_models.survey.study import CsvFormat
from cips_models.survey.table_file import read_table

DAY = datetime.date(2023, 5, 31)


@pytest.fixture
def excel(tiny):
    """Tiny survey whose responses are the first sheet of an open workbook."""
    tiny.edit("study", '"responses.csv"', '"responses.xlsx"')
    tiny.book = openpyxl.Workbook()
    tiny.sheet = tiny.book.active
    tiny.sheet.title = "Données, 1"
    tiny.sheet.append(list(tiny.responses))
    for row in tiny.responses.to_numpy():
        # what a keyboard makes of it: digits become numbers
        tiny.sheet.append([int(c) if c.isdecimal() else c or None for c in row])
    return tiny


def save(tiny):
    tiny.book.save(tiny.folder / "responses.xlsx")
    return tiny


def read(book, folder, **options):
    book.save(folder / "a.xlsx")
    problems = []
    table = read_table(folder / "a.xlsx", CsvFormat(), problems, **options)
    return table, problems


def sheet_of(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def test_the_same_survey_as_from_text(tiny, excel):
    survey = save(excel).read()
    tiny.edit("study", '"responses.xlsx"', '"responses.csv"')
    assert tiny.read().fingerprint == survey.fingerprint


def test_the_study_names_the_sheets(excel):
    excel.book.create_sheet("Appui")
    for line in [line.split(",") for line in excel.support.replace('"', "").splitlines()]:
        *factor, supported = line[1:]
        excel.book["Appui"].append([line[0], ",".join(factor), supported])
    excel.edit("study", '"support.csv"', '"responses.xlsx"')
    excel.edit("study", "[columns]", '[sheets]\nsupport = "Appui"\n\n[columns]')
    problem = save(excel).problem()
    assert problem.found == 'sheets "Données, 1", "Appui"'
    assert "[sheets]" in problem.next_step
    excel.edit("study", "[sheets]", '[sheets]\nresponses = "Données, 1"')
    assert excel.read().supported.sel(country="تونس").to_numpy().tolist() == [False, True]
    excel.edit("study", '"Données, 1"', '"Donnees, 1"')
    assert excel.problem().next_step == 'Did you mean "Données, 1"?'


def test_a_hidden_sheet_may_be_named(tmp_path):
    book = sheet_of([["a", "b"], [1, 2]])
    book.create_sheet("other")
    book.active.sheet_state = "hidden"
    table, problems = read(book, tmp_path, sheet="Sheet")
    assert problems == []
    assert table.to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_cells_arrive_as_seen(tmp_path):
    book = sheet_of(
        [
            ["code", 2021, "day", "time", "mixed", "yes", "part"],
            [1, 7, DAY, datetime.datetime(2023, 5, 31, 14, 5), "3", True, 0.1 + 0.2],
            [1.0, "007", None, datetime.time(9, 30), 3, False, 1e6],
            ["08", None, "n/a", "", "Été, نعم", "", -2.5],
        ]
    )
    book.active["B2"].number_format = "0000"
    table, problems = read(book, tmp_path)
    assert problems == []
    assert table.index.tolist() == [2, 3, 4]
    assert table.to_dict("list") == {
        "code": ["1", "1", "08"],
        "2021": ["0007", "007", ""],
        "day": ["2023-05-31", "", "n/a"],
        "time": ["2023-05-31 14:05:00", "09:30:00", ""],
        "mixed": ["3", "3", "Été, نعم"],
        "yes": ["TRUE", "FALSE", ""],
        "part": ["0.3", "1000000", "-2.5"],
    }


def test_blank_rows_columns_and_sheets_are_passed_over(tmp_path):
    book = sheet_of([[], [None, "a", "b"], [None, 1, 2], [], [None, 3]])
    book.create_sheet("empty")
    hidden = book.create_sheet("hidden")
    hidden["A1"] = "x"
    hidden.sheet_state = "hidden"
    table, problems = read(book, tmp_path)
    assert problems == []
    assert table.to_dict("index") == {3: {"a": "1", "b": "2"}, 5: {"a": "3", "b": ""}}


def test_error_cells_and_formulas_are_named_with_row_and_column(excel):
    excel.sheet["G3"] = "#N/A"
    excel.sheet["G5"] = "#N/A"
    excel.sheet["I4"] = "=1+1"  # no program has computed it
    problems = save(excel).problems()
    assert [(p.where, p.found) for p in problems[:2]] == [
        ("responses.xlsx, rows 3, 5, column T1", "#N/A (2 rows)"),
        ("responses.xlsx, row 4, column M1", "formula =1+1 without a value"),
    ]
    assert all("Excel" in p.next_step for p in problems[:2])


def test_a_formula_whose_value_is_stored(tmp_path):
    book = sheet_of([["a", "b"], ["=1+1", '=""'], [5, "x"]])
    book.save(tmp_path / "raw.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "raw.xlsx") as raw,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as computed,
    ):
        for name in raw.namelist():
            text = raw.read(name)
            if name == "xl/worksheets/sheet1.xml":
                # With or without lxml an empty element is written in one way or another.
                text = re.sub(rb"<f>1\+1</f><v *(/>|></v>)", b"<f>1+1</f><v>2</v>", text)
                text = text.replace(b'<c r="B2"><f>', b'<c r="B2" t="str"><f>')
                assert b"<v>2</v>" in text
                assert b't="str"' in text
            computed.writestr(name, text)
    problems = []
    table = read_table(tmp_path / "a.xlsx", CsvFormat(), problems)
    assert problems == []
    assert table.to_dict("list") == {"a": ["2", "5"], "b": ["", "x"]}


def test_what_is_no_table(tmp_path):
    book = sheet_of([["a", "b"], [1, 2, "a note"], [3, 4]])
    book.active.merge_cells("A2:A3")
    _, problems = read(book, tmp_path)
    assert [(p.where, p.found) for p in problems] == [
        ("a.xlsx, sheet Sheet", "merged cells A2:A3"),
        ("a.xlsx, row 2, column C", '"a note" under no heading'),
    ]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], "an empty sheet"),
        ([["a", "b"]], "a header and no rows"),
        ([["a", "b", "a"], [1, 2, 3]], 'column "a" 2 times'),
    ],
)
def test_a_sheet_that_cannot_be_read(tmp_path, rows, found):
    table, problems = read(sheet_of(rows), tmp_path)
    assert table is None
    assert [p.found for p in problems] == [found]


def test_a_sheet_whose_size_was_written_wrongly(tmp_path):
    sheet_of([["a", "b"], [1, 2]]).save(tmp_path / "raw.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "raw.xlsx") as raw,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as cut,
    ):
        for name in raw.namelist():
            cut.writestr(name, raw.read(name).replace(b'ref="A1:B2"', b'ref="A1"'))
    table = read_table(tmp_path / "a.xlsx", CsvFormat(), [])
    assert table.to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_a_weight_is_a_number_whatever_the_decimal_mark_of_text_files(excel):
    excel.edit("study", "[columns]", '[csv]\ndecimal = ","\n\n[columns]\nweight = "w"')
    excel.edit("study", 'support = "support.csv"\n', "")
    excel.sheet["J1"] = "w"
    for row in range(2, excel.sheet.max_row + 1):
        excel.sheet[f"J{row}"] = 1.5
    assert save(excel).read().respondents["w"].unique().tolist() == [1.5]


def test_all_problems_of_the_file_come_together(excel):
    excel.sheet["G3"] = 7
    excel.sheet["B6"] = None
    with pytest.raises(SurveyError) as caught:
        cips.read(save(excel).write())
    assert [p.where for p in caught.value.problems] == [
        "responses.xlsx, row 6, column country",
        "responses.xlsx, row 3, column T1",
    ]
