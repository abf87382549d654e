"""Problems of the study file, the codebook and the support table."""

import pytest

import cips_models as cips
from cips_models.errors import SurveyError


@pytest.mark.parametrize(
    ("old", "new", "where", "found"),
    [
        ("format = 1\n", "", "study.toml format", "nothing"),
        ("format = 1\n", "format = 2\n", "study.toml format", "2"),
        ('name = "Tiny"', "name = 3", "study.toml name", "3"),
        ("[groups]", "[grups]", "study.toml grups", "an unknown key"),
        ("ignore", "ignored", "study.toml [columns] ignored", "an unknown key"),
        ('"rank"', '"remark"', "study.toml [columns] ", 'column "remark" in two roles'),
        ('["trainee"]', '["PS"]', "study.toml [groups] exclude", '"PS", which also has a label'),
        ('"officials"', '" "', "study.toml [groups] labels", 'an empty label for "CO"'),
        ('"1" = "2021", ', '"1" = "2021", "1.0" = "2022", ', "study.toml [waves] labels", '"1"'),
        ('"1" = "2021"', '"1" = "2024"', "study.toml [waves] labels", "2024 = 2024, 2023 = 2023"),
        ("[waves]", "[waves]\ntimes = { '2021' = 1 }", "study.toml [waves] times", "no time for"),
        ("[waves]", "[waves]\ntimes = { '2020' = 1 }", "study.toml [waves] times", '"2020"'),
        ("[waves]", '[csv]\ndelimiter = ";;"\n[waves]', "study.toml [csv] delimiter", '";;"'),
        ("[waves]", '[csv]\ndecimal = ";"\n[waves]', "study.toml [csv] decimal", '";"'),
        ("[waves]", '[csv]\nencoding = "x"\n[waves]', "study.toml [csv] encoding", '"x"'),
        ('responses = "responses.csv"\n', "", "study.toml [files] responses", "nothing"),
    ],
)
def test_study_file(tiny, old, new, where, found):
    tiny.edit("study", old, new)
    assert any(p.where == where and p.found.startswith(found) for p in tiny.problems())


@pytest.mark.parametrize(
    ("old", "new", "where", "found"),
    [
        ("format = 1", 'format = "1"', "codebook.toml format", "'1'"),
        ('factors = ["Transparency", ', "factors = [", '[[items]] number 1 ("T1") factor', '"Tr'),
        ('"Transparency", ', '"Transparency", "Empty", ', "codebook.toml factors", '"Empty"'),
        ('"Transparency", ', '"Transparency", "Transparency", ', "codebook.toml factors", '"Tr'),
        ('scale = "degree"', 'scale = "degre"', '[[items]] number 3 ("M1") scale', '"degre"'),
        ('groups = ["officials"]', 'groups = ["official"]', '2 ("T2") groups', '"official"'),
        ('id = "T2"', 'id = "T1"', "codebook.toml items", '"T1" 2 times'),
        ('id = "T2"\n', "", "codebook.toml [[items]] number 2 id", "nothing"),
        ("reversed", "revers", "revers", "an unknown key"),
        ("reversed = true", 'reversed = "yes"', '2 ("T2") reversed', "'yes'"),
        ('levels = ["0", "1", "2"]', "", "[degree] levels", "nothing"),
        ('levels = ["0", "1", "2"]', 'levels = ["0", "1", "1.0"]', "[degree] codes", '"1" 2 times'),
        ('dont_know = ["9"]', 'dont_know = ["4"]', "[agreement] codes", '"4" 2 times'),
        ('positive = ["2"]', 'positive = ["0"]', "[degree] positive", '"0"'),
        ('positive = ["2"]', 'positive = ["0", "1", "2"]', "[degree] positive", '"0", "1"'),
        ('positive = ["2"]', 'positive = ["5"]', "[degree] positive", '"5"'),
        ("points = [0, 0.25, 1]", "points = [0, 1]", "[degree] points", "[0.0, 1.0]"),
        ("points = [0, 0.25, 1]", "points = [0, 1, 0.5]", "[degree] points", "[0.0, 1.0, 0.5]"),
        ("points = [0, 0.25, 1]", "points = [0, 1, 2]", "[degree] points", "[0.0, 1.0, 2.0]"),
        ('"Strongly agree"]', "]", "[agreement] labels", "3 labels"),
    ],
)
def test_codebook(tiny, old, new, where, found):
    tiny.edit("codebook", old, new)
    assert any(p.where.endswith(where) and p.found.startswith(found) for p in tiny.problems())


def test_unknown_key_suggests_the_nearest(tiny):
    tiny.edit("codebook", "reversed = true", "reversd = true")
    assert tiny.problem().next_step == 'Did you mean "reversed"?'


def test_codebook_without_items(tiny):
    tiny.codebook = 'format = 1\nfactors = ["F"]\n'
    found = {p.where: p.found for p in tiny.problems()}
    assert found["codebook.toml [[items]]"] == "none"
    assert found["codebook.toml [scales] "] == "no scale"


@pytest.mark.parametrize("file", ["study", "codebook"])
def test_toml_syntax_error_says_where(tiny, file):
    tiny.edit(file, "format = 1", "format = 1 1")
    problem = tiny.problem()
    assert problem.where == f"{file}.toml"
    assert "syntax error" in problem.found
    assert "line 1" in problem.found


def test_missing_study(tmp_path):
    with pytest.raises(SurveyError, match=r"study\.toml: found no such file"):
        cips.read(tmp_path / "study.toml")


@pytest.mark.parametrize("name", ["codebook.toml", "support.csv"])
def test_missing_file_named_by_the_study(tiny, name):
    study = tiny.write()
    (tiny.folder / name).unlink()
    with pytest.raises(SurveyError, match=f"{name}: found no such file"):
        cips.read(study)


def test_toml_that_is_not_utf8(tiny):
    study = tiny.write()
    study.write_bytes('name = "Bénin"'.encode("cp1252"))
    with pytest.raises(SurveyError, match="byte 0xe9"):
        cips.read(study)


@pytest.mark.parametrize(
    ("old", "new", "where", "found"),
    [
        ("Bénin,T", "Benin,T", "support.csv, row 2, column country", '"Benin"'),
        ("Bénin,T", "Bénin,t", "support.csv, row 2, column factor", '"transparency"'),
        ("Bénin,Transparency,1\n", "", "support.csv", 'no row for "Bénin" / "Transparency"'),
        ("تونس,Transparency", "Bénin,Transparency", "support.csv, rows 2, 4", '"Bénin" / "Trans'),
        ("y,1", "y,yes", "support.csv, row 2, column supported", '"yes"'),
        ("y,1", "y,", "support.csv, row 2, column supported", '""'),
        ("supported", "support", "support.csv, header", 'no column "supported"'),
    ],
)
def test_support_table(tiny, old, new, where, found):
    tiny.edit("support", old, new)
    assert any(p.where == where and p.found.startswith(found) for p in tiny.problems())


@pytest.mark.parametrize(
    ("starts", "where", "found"),
    [
        (["2022", "", "", "", "", ""], "support.csv, row 2, column start", '"2022"'),
        (["", "2023", "", "", "", ""], "support.csv, row 3, column start", "a start without"),
    ],
)
def test_support_start(tiny, starts, where, found):
    header, *lines = tiny.support.splitlines()
    rows = [f"{line},{start}" for line, start in zip(lines, starts, strict=True)]
    tiny.support = "\n".join([f"{header},start", *rows])
    problem = tiny.problem()
    assert problem.where == where
    assert problem.found.startswith(found)


def test_all_problems_of_intensities_are_reported(tiny):
    header, *lines = tiny.support.splitlines()
    told = ["0", "0.5", "", "much", "-1", "0"]
    rows = [f"{line},{each}" for line, each in zip(lines, told, strict=True)]
    tiny.support = "\n".join([f"{header},intensity", *rows])
    assert [(p.where, p.found) for p in tiny.problems()] == [
        ("support.csv, row 5, column intensity", '"much"'),
        ("support.csv, row 6, column intensity", '"-1"'),
        ("support.csv, row 2, column intensity", '"0"'),
        ("support.csv, row 3, column intensity", "an intensity without support"),
    ]


def test_support_is_checked_although_the_responses_cannot_be_read(tiny):
    tiny.edit("support", "Bénin,Transparency,1", "Bénin,Transparency,2")
    study = tiny.write()
    (tiny.folder / "responses.csv").unlink()
    with pytest.raises(SurveyError) as caught:
        cips.read(study)
    assert [p.found for p in caught.value.problems] == ["no such file", '"2"']
