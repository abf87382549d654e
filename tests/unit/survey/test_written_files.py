"""Study and codebook survive being written and read again."""

from dataclasses import replace

import pytest

from cips_models.errors import OutputError, SurveyError
from cips_models.survey.codebook import Codebook, Item, Scale
from cips_models.survey.codebook_file import load_codebook, write_codebook
from cips_models.survey.study import Columns, CsvFormat, Files, Labelling, Sheets, Study
from cips_models.survey.study_file import load_study, write_study

GROUPS = ("officials", "secteur privé")
THREE = Scale(
    name="three points",
    levels=("1", "2", "3"),
    labels=("Non", 'À "moitié"', "نعم"),
    positive=(False, False, True),
    points=(0.0, 0.25, 1.0),
    dont_know=("9", "99"),
    refused=("8",),
    not_asked=("-1",),
)
TWO = Scale("two", ("0", "1"), ("0", "1"), (False, True), (0.0, 1.0))
BOOK = Codebook(
    factors=("Éthique, morale", "B # not a comment"),
    items=(
        Item("E 1", "Éthique, morale", THREE, GROUPS, text={"fr": "Oui\nou non ?"}),
        Item("B.1", "B # not a comment", TWO, GROUPS[:1], reversed=True),
        Item("B2", "B # not a comment", TWO, GROUPS, versions_differ=True),
    ),
)


def study(folder):
    return Study(
        name='Enquête "2021"',
        groups=Labelling({"CO": "officials", "PS": "secteur privé", "p s": "secteur privé"}),
        waves=Labelling({"1": "first", "2": "second"}, exclude=("0", "pilot")),
        countries=Labelling({"TN": "تونس"}, exclude=("XX",)),
        times={"first": 2021.25, "second": 2023.0},
        files=Files("data/réponses.parquet", "my codebook.toml", "support.csv"),
        sheets=Sheets("Données", "appui, par facteur"),
        csv=CsvFormat(";", ",", "cp1252"),
        columns=Columns(
            *("id", "pays", "groupe", "vague", "poids", ("sexe",), ("date", "note")),
            item="question",
            answer="réponse",
        ),
        synthetic=True,
        specification="exchangeable",
        folder=folder,
        source="s.toml",
    )


def test_study(tmp_path):
    original = study(tmp_path)
    path = write_study(original, tmp_path / "s.toml", {"groups": "check: the groups\ncheck: more"})
    assert load_study(path) == original
    assert "# check: the groups\n# check: more\n" in path.read_text(encoding="utf-8")


def test_study_with_defaults_only(tmp_path):
    labels = Labelling({"1": "one"})
    original = Study("s", labels, labels, folder=tmp_path)
    assert load_study(write_study(original, tmp_path / "study.toml")) == original


def test_codebook(tmp_path):
    checks = {"factors": "check: f", "three points": "check: s", "B2": "check: i"}
    path = write_codebook(BOOK, tmp_path / "c.toml", checks)
    assert load_codebook(path, GROUPS) == BOOK
    text = path.read_text(encoding="utf-8")
    assert all(f"# {check}\n" in text for check in checks.values())
    assert "points =" not in text.partition("[scales.two]")[2]  # they are the default


def test_two_scales_of_one_name(tmp_path):
    other = replace(TWO, dont_know=("9",))
    book = Codebook(("F",), (Item("a", "F", TWO, GROUPS), Item("b", "F", other, GROUPS)))
    with pytest.raises(OutputError, match='"two"'):
        write_codebook(book, tmp_path / "c.toml")


def test_loading_raises_with_all_problems(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("format = 1\n[csv]\nx = 1\ny = 2\n", encoding="utf-8")
    with pytest.raises(SurveyError) as caught:
        load_study(path)
    assert len(caught.value.problems) >= 4  # name, responses, two unknown keys, labels
    with pytest.raises(SurveyError, match="factors"):
        load_codebook(path, GROUPS)
