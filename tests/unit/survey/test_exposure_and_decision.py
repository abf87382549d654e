"""The exposure map and the margins of a study: read as written, every problem named."""

import pytest

from cips_models.survey.study_file import load_study, write_study


def told(tiny, text):
    tiny.edit("study", 'support = "support.csv"', 'support = "support.csv"\nexposure = "e.csv"')
    (tiny.folder / "e.csv").write_text(text, encoding="utf-8")


def test_an_exposure_map_is_laid_out_by_factor(tiny):
    told(tiny, 'factor,exposes,weight\nTransparency,"Morale, culture",0.5\n')
    found = tiny.read().exposure
    assert found.dims == ("factor", "exposed")
    assert found.to_numpy().tolist() == [[0.0, 0.5], [0.0, 0.0]]


def test_a_weight_is_one_unless_it_is_said(tiny):
    told(tiny, 'factor,exposes,weight\nTransparency,"Morale, culture",\n')
    assert tiny.read().exposure.to_numpy().tolist() == [[0.0, 1.0], [0.0, 0.0]]


def test_a_survey_without_a_map_has_none_and_a_map_changes_no_fingerprint(tiny):
    plain = tiny.read()
    assert plain.exposure is None
    told(tiny, 'factor,exposes\nTransparency,"Morale, culture"\n')
    assert tiny.read().fingerprint == plain.fingerprint


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("factor,exposes\nTransparancy,Transparency\n", "e.csv, row 2, column factor", "aran"),
        ("factor,exposes\nTransparency,Transparency\n", "e.csv, row 2", "exposes itself"),
        ("factor,reaches\nTransparency,Transparency\n", "e.csv, header", "reaches"),
        ('factor,exposes,weight\nTransparency,"Morale, culture",0\n', "column weight", '"0"'),
        ('factor,exposes,weight\nTransparency,"Morale, culture",-1\n', "column weight", '"-1"'),
        (
            "factor,exposes\n" + 'Transparency,"Morale, culture"\n' * 2,
            "e.csv, row 3", "a pair again",
        ),
    ],
)  # fmt: skip
def test_problems_of_a_map_are_named(tiny, text, where, found):
    told(tiny, text)
    problems = tiny.problems()
    assert any(where in each.where and found in each.found for each in problems), problems


def test_a_missing_map_is_named(tiny):
    tiny.edit("study", 'support = "support.csv"', 'support = "support.csv"\nexposure = "no.csv"')
    assert "no.csv" in tiny.problem().where


def test_margins_are_read_and_written_again(tiny, tmp_path):
    tiny.study += "\n[decision]\nmargin = 2\nequivalent = 0.5\n"
    study = load_study(tiny.write())
    assert (study.decision.margin, study.decision.equivalent) == (2.0, 0.5)
    again = load_study(write_study(study, tmp_path / "again.toml"))
    assert again.decision == study.decision


def test_without_margins_nobody_states_them(tiny):
    study = load_study(tiny.write())
    assert (study.decision.margin, study.decision.equivalent) == (None, None)


@pytest.mark.parametrize("value", ['"two"', "-1", "101", "true"])
def test_a_margin_that_is_no_number_of_points_is_a_problem(tiny, value):
    tiny.study += f"\n[decision]\nmargin = {value}\n"
    problem = tiny.problem()
    assert "[decision] margin" in problem.where
    assert "points of positive answers" in problem.expected
