"""SPSS and Stata files: codes arrive as a person sees them, none of them hidden."""

import datetime

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import cips_models as cips
from cips_models.errors import SurveyError
from cips_models.survey.labelled_file import read_labelled
from cips_models.survey.study import CsvFormat
from cips_models.survey.table_file import read_table


@pytest.fixture
def numeric(tiny):
    """The tiny survey with answers as numbers: blank is system-missing, 8 and 9 are codes."""
    table = tiny.responses.copy()
    table.loc[5, "T1"] = "8"
    tiny.responses = table.copy()
    for name in ("wave", "T1", "T2", "M1"):
        table[name] = pd.to_numeric(table[name].replace({"": None}))
    return table


def read(path):
    problems = []
    table = read_table(path, CsvFormat(), problems)
    assert problems == []
    return table


def test_spss_user_missing_codes_are_codes(tiny, numeric):
    before = tiny.read()
    assert {1, 2, 3} <= set(before.reasons.data.ravel())  # don't know, refused, not asked
    path = tiny.folder / "responses.sav"
    ranges = {"T1": [{"lo": 8, "hi": 9}], "T2": [9]}
    labels = {"T1": {1: "Strongly disagree", 9: "Don't know"}}
    pyreadstat.write_sav(numeric, path, missing_ranges=ranges, variable_value_labels=labels)
    assert cips.read(tiny.folder / "study.toml", responses=path).fingerprint == before.fingerprint


def test_stata_user_missing_codes_are_codes(tiny, numeric):
    before = tiny.read()
    codes = {8: "r", 9: "d"}
    stata = numeric.assign(
        **{
            name: pd.Series(
                [codes.get(v, int(v)) if v == v else None for v in numeric[name]], dtype=object
            )
            for name in ("T1", "T2")
        }
    )
    path = tiny.folder / "responses.dta"
    pyreadstat.write_dta(stata, path, missing_user_values={"T1": ["d", "r"], "T2": ["d"]})
    tiny.edit("codebook", 'dont_know = ["9"]', 'dont_know = [".d"]')
    tiny.edit("codebook", 'refused = ["8"]', 'refused = [".r"]')
    tiny.responses = tiny.responses.replace({"9": ".d", "8": ".r"})
    after = cips.read(tiny.write(), responses=path)
    assert after.answers.equals(before.answers)
    assert after.reasons.equals(before.reasons)


def test_system_missing_beside_user_missing_is_blank_not_zero(tmp_path):
    path = tmp_path / "a.dta"
    values = pd.DataFrame({"whole": pd.Series([1, "a", None, 0], dtype=object)})
    pyreadstat.write_dta(values, path, missing_user_values={"whole": ["a"]})
    assert read(path)["whole"].tolist() == ["1", ".a", "", "0"]


@pytest.mark.parametrize("end", ["sav", "dta"])
def test_cells_arrive_as_seen(tmp_path, end):
    path = tmp_path / f"a.{end}"
    table = pd.DataFrame(
        {
            "id": ["007", "08 b", "Été, نعم"],
            "whole": [1.0, np.nan, 12345678901.0],
            "part": [0.1 + 0.2, 1.25, -3.0],
            "day": [datetime.date(2023, 5, 31), None, datetime.date(2020, 1, 2)],
            "time": pd.to_datetime(["2023-05-31 14:05", None, "2020-01-02 00:00"]),
            "blank": ["", "x", ""],
        }
    )
    write = pyreadstat.write_sav if end == "sav" else pyreadstat.write_dta
    write(table, path)
    seen = read(path)
    assert seen.index.tolist() == [1, 2, 3]
    assert seen.to_dict("list") == {
        "id": ["007", "08 b", "Été, نعم"],
        "whole": ["1", "", "12345678901"],
        "part": ["0.3", "1.25", "-3"],
        "day": ["2023-05-31", "", "2020-01-02"],
        "time": ["2023-05-31 14:05:00", "", "2020-01-02"],
        "blank": ["", "x", ""],
    }


def test_single_precision_and_leading_zeros(tmp_path):
    path = tmp_path / "a.dta"
    pd.DataFrame({"w": np.array([0.1, 2.0], "float32")}).to_stata(path, write_index=False)
    assert read(path)["w"].tolist() == ["0.1", "2"]
    table = pd.DataFrame({"office": [7, 12]})
    pyreadstat.write_dta(table, path, variable_format={"office": "%04.0f"})
    assert read(path)["office"].tolist() == ["0007", "0012"]
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(table, path, variable_format={"office": "N4"})
    assert read(path)["office"].tolist() == ["0007", "0012"]


def test_words_of_the_file(tmp_path):
    path = tmp_path / "a.sav"
    table = pd.DataFrame({"q": [1.0, 2.0, 9.0, 97.0], "s": ["a", "b", "z", "a"], "plain": 1.0})
    pyreadstat.write_sav(
        table,
        path,
        column_labels={"q": "La douane est-elle intègre ?", "s": None, "plain": None},
        variable_value_labels={"q": {10: "x", 9: "Ne sait pas", 1: "Oui, نعم"}, "s": {"z": "?"}},
        missing_ranges={"q": [9, {"lo": 95, "hi": 99}], "s": ["z"]},
    )
    found = read_labelled(path, [])
    assert found.wordings == {"q": "La douane est-elle intègre ?"}
    assert list(found.labels["q"].items()) == [
        ("1", "Oui, نعم"),
        ("9", "Ne sait pas"),
        ("10", "x"),
    ]
    assert found.missing == {"q": ("9", "97"), "s": ("z",)}


def test_a_file_without_rows(tmp_path):
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": pd.Series([], dtype=float)}), path)
    problems = []
    assert read_labelled(path, problems) is None
    assert problems[0].found == "no rows"


def test_an_unknown_code_is_named_with_its_row(tiny, numeric):
    numeric.loc[3, "T1"] = 7
    path = tiny.folder / "responses.sav"
    pyreadstat.write_sav(numeric, path, missing_ranges={"T1": [7]})
    with pytest.raises(SurveyError, match=r'responses.sav, row 4, column T1: found "7"'):
        cips.read(tiny.write(), responses=path)
