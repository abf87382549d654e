"""What a user sees of a broken survey: everything, once, on stderr, with exit code 3."""

from pathlib import Path

import pytest

import cips_models as cips
from cips_models.errors import CipsError, Problem, SurveyError

STUDY = """\
format = 1
name = "Broken in each of its files"

[files]
responses = "responses.csv"
support = "support.csv"

[groups]
labels = { "CO" = "officials" }

[waves]
labels = { "1" = "2021", "2" = "2023" }
order = "1, 2"
"""
CODEBOOK = """\
format = 1
factors = ["Transparency"]

[scales.agreement]
levels = ["1", "2", "3"]
positive = ["3"]

[[items]]
id = "Q1"
factor = "Transparency"
scale = "agrement"

[[items]]
id = "Q2"
factor = "Transparency"
scale = "agreement"
"""
RESPONSES = (
    "respondent,country,group,wave,Q1,Q2\n1,Togo,CO,1,1,1\n1,Togo,CO,2,2,4\n3,Togo,PS,2,1,\n"
)
SUPPORT = "country,factor,supported\nTogo,Transparency,perhaps\n"

#: Place and value of everything that is wrong above.
WRONG = [
    ("study.toml [waves] order", "an unknown key"),
    ('codebook.toml [[items]] number 1 ("Q1") scale', '"agrement"'),
    ("responses.csv, row 4, column group", '"PS" (1 rows)'),
    ("responses.csv, rows 2, 3, column respondent", '"1" in more than one row'),
    ("responses.csv, row 3, column Q2", '"4"'),
    ("support.csv, row 2, column supported", '"perhaps"'),
]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    files = {
        "study.toml": STUDY,
        "codebook.toml": CODEBOOK,
        "responses.csv": RESPONSES,
        "support.csv": SUPPORT,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "study.toml"


def test_problems_of_all_files_come_together(study):
    with pytest.raises(SurveyError) as caught:
        cips.read(study)
    assert [(p.where, p.found) for p in caught.value.problems] == WRONG
    assert all(p.expected for p in caught.value.problems)
    assert str(caught.value).startswith("6 problems in the survey files:\n  - ")


def test_the_command_prints_them_all_and_fails_with_code_3(study, cips):
    result = cips("validate", study)
    assert result.returncode == SurveyError.exit_code == 3
    message = " ".join(result.stderr.split())
    for where, found in WRONG:
        assert f"{where}: found {found}" in message
    assert "Traceback" not in result.stderr


def test_a_survey_error_is_an_error_of_this_package():
    error = SurveyError([Problem("a.csv, row 2", '"x"', "a number", "Correct it.")])
    assert isinstance(error, CipsError)
    assert str(error).endswith('a.csv, row 2: found "x"; expected a number. Correct it.')
