"""A draft is a sound guess that reads without problems, and never overwrites."""

import pandas as pd
import pytest

import cips_models as cips
from cips_models.errors import OutputError, SurveyError
from cips_models.survey.drafting import draft, write_draft


@pytest.fixture
def data(tiny, tmp_path):
    """The tiny survey under the names of a French office, with decimal commas."""
    table = tiny.responses.rename(
        columns={"respondent": "Identifiant", "country": "Pays", "group": "Groupe", "wave": "Année"}
    )
    table["remark"] = [f"remark {k}" for k in range(len(table))]
    table["Poids"] = "0,5"
    table["âge"] = [str(20 + k) for k in range(len(table))]
    table["Année"] = table["Année"].replace({"1": "2021", "2": "2023"})
    path = tmp_path / "enquête.csv"
    table.to_csv(path, sep=";", index=False, encoding="utf-8")
    return path


def test_roles_and_format(data):
    study = draft(data).study
    assert study.name == "enquête"
    assert study.files.responses == "enquête.csv"
    assert (study.csv.delimiter, study.csv.decimal, study.csv.encoding) == (";", ",", "utf-8")
    columns = study.columns
    assert columns.respondent == "Identifiant"
    assert (columns.country, columns.group, columns.wave) == ("Pays", "Groupe", "Année")
    assert columns.weight == "Poids"
    assert columns.background == ("rank",)
    assert columns.ignore == ("remark", "âge")
    assert study.groups.names == ("CO", "PS")
    assert study.wave_times == (2021.0, 2023.0)


def test_items_scales_and_factors(data):
    book = draft(data).codebook
    t1, t2, m1 = book.items
    assert (t1.scale.levels, t1.scale.dont_know) == (("1", "2", "3", "4"), ("9",))
    assert t1.scale.positive == (False, False, True, True)
    assert t2.groups == ("CO",)
    assert m1.scale.levels == ("0", "1", "2")
    assert m1.groups == ("CO", "PS")
    assert book.factors == ("Factor 1", "Factor 2")
    assert [item.factor for item in book.items] == ["Factor 1", "Factor 1", "Factor 2"]


def test_a_draft_reads_without_problems(data, tmp_path):
    study, codebook = write_draft(data, tmp_path / "new folder")
    assert (study.name, codebook.name) == ("study.toml", "codebook.toml")
    survey = cips.read(study)
    assert survey.answers.shape == (24, 3)
    for path in (study, codebook):
        assert "# check: " in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["study.toml", "codebook.toml"])
def test_nothing_is_overwritten(data, tmp_path, name):
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=name):
        write_draft(data, tmp_path)
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"
    assert len(list(tmp_path.glob("*.toml"))) == 1


@pytest.mark.parametrize(
    ("columns", "levels", "dont_know", "not_asked"),
    [
        # a level that nobody chose in one question is known from another
        ({"a1": "1 2 3 4 5", "a2": "1 2 4 5 9"}, "1 2 3 4 5", "9", ""),
        ({"a1": "0 1 2 3 9", "a2": "-1 0 1 2 3"}, "0 1 2 3", "9", "-1"),
        ({"a1": "-2 -1 0 1 2"}, "-2 -1 0 1 2", "", ""),
        ({"a1": "1 2 3 98 99"}, "1 2 3", "98 99", ""),
        ({"a1": "1.0 2.0 3.0 8.0"}, "1 2 3", "8", ""),
    ],
)
def test_codes_outside_the_run_are_no_levels(tmp_path, columns, levels, dont_know, not_asked):
    answers = {name: codes.split() * 4 for name, codes in columns.items()}
    n = len(answers["a1"])
    table = pd.DataFrame({"id": range(n), "country": "A", "group": "g", "wave": 1, **answers})
    path = tmp_path / "data.csv.gz"
    table.to_csv(path, index=False)
    scales = {item.scale for item in draft(path).codebook.items}
    (scale,) = scales
    assert scale.levels == tuple(levels.split())
    assert scale.dont_know == tuple(dont_know.split())
    assert scale.not_asked == tuple(not_asked.split())


def test_two_scales_are_told_apart(tmp_path):
    table = pd.DataFrame(
        {"id": range(10), "country": "A", "group": "g", "wave": 1}
        | {"Q01": [1, 2, 3, 4, 5] * 2, "Q02": [0, 1, 2, 3, 9] * 2, "Q03": [1, 2, 3, 3, 5] * 2}
    )
    path = tmp_path / "data.parquet"
    table.to_parquet(path)
    q1, q2, q3 = draft(path).codebook.items
    assert q1.scale.levels == q3.scale.levels == ("1", "2", "3", "4", "5")
    assert q2.scale.levels == ("0", "1", "2", "3")
    assert {q1.factor, q2.factor, q3.factor} == {"Factor 1"}


def test_roles_that_no_column_has_are_asked_for(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("Q1,Q2\n" + "1,2\n2,3\n3,1\n" * 3, encoding="utf-8")
    drafted = draft(path)
    assert drafted.study.columns.country == "country"
    assert "no column looks like the country" in drafted.study_checks["columns"]


def test_a_respondent_in_several_rows_is_said(tmp_path):
    path = tmp_path / "long.csv"
    rows = [f"r{k // 3},Togo,CO,1,Q{k % 3},{k % 5 + 1}" for k in range(15)]
    text = "\n".join(["respondent,country,group,wave,question,value", *rows])
    path.write_text(text, encoding="utf-8")
    checks = draft(path).study_checks["columns"]
    assert 'check: "respondent" names several rows; if a row is an answer' in checks


def test_a_damaged_workbook(tmp_path):
    path = tmp_path / "data.xlsx"
    path.write_bytes(b"not what the name says")
    with pytest.raises(SurveyError, match="cannot be read"):
        draft(path)


def test_cp1252_is_guessed(data):
    data.write_bytes(data.read_text(encoding="utf-8").replace("تونس", "x").encode("cp1252"))
    assert draft(data).study.csv.encoding == "cp1252"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name,remark\nA,b\n", "no column that looks like an item"),
        ("", "an empty file"),
    ],
)
def test_data_that_cannot_be_drafted(tmp_path, text, found):
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SurveyError, match=found):
        draft(path)


def test_data_that_are_not_there(tmp_path):
    with pytest.raises(SurveyError, match="no such file"):
        write_draft(tmp_path / "no.csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("columns", "factors"),
    [
        ("trust_courts trust_police fraud_tax fraud_all", "1 1 2 2"),
        ("O01a O01b O02a O02b", "1 1 2 2"),
        ("Q1 Q2 Q3 R1", "1 1 1 2"),
        ("Q1a Q2b", "1 1"),
        ("A1.1 A1.2 A2.1 A2.2", "1 1 2 2"),
    ],
)
def test_items_of_one_stem_make_a_factor(tmp_path, columns, factors):
    answers = dict.fromkeys(columns.split(), [1, 2, 3, 4] * 3)
    table = pd.DataFrame({"id": range(12), "country": "A", "group": "g", "wave": 1} | answers)
    path = tmp_path / "data.csv"
    table.to_csv(path, index=False)
    found = [item.factor for item in draft(path).codebook.items]
    assert found == [f"Factor {k}" for k in factors.split()]
