"""Drafts from XLSForms: items, factors, scales and texts of a form without responses."""

import openpyxl
import pandas as pd
import pytest

import cips_models as cips
from cips_models.errors import SurveyError
from cips_models.survey.drafting import draft, write_draft
from cips_models.survey.study_file import load_study

EN, FR, AR = "label::English (en)", "label::Français (fr)", "label::العربية"

SURVEY = [
    ("type", "name", EN, FR, "relevant"),
    ("start", "start", "", "", ""),
    ("note", "welcome", "Welcome!", "Bienvenue !", ""),
    ("select_one countries", "country", "Country", "Pays", ""),
    ("select_one kinds", "group", "Who are you?", "Qui êtes-vous ?", ""),
    ("select_one genders", "gender", "Gender", "Genre", ""),
    ("integer", "age", "Age", "Âge", ""),
    ("begin_group", "g1", "Transparency, rules", "Transparence, règles", ""),
    ("select_one agree", "T1", 'Rules are "clear", always.', "Les règles sont claires.", ""),
    ("select_one agree", "T2", "Rules change.", "Les règles changent.", "${group} = 'co'"),
    ("select_multiple ways", "ways", "How?", "Comment ?", ""),
    ("end_group", "", "", "", ""),
    ("begin group", "g2", "", "", "${age} > 17"),
    ("select_one often or_other", "M1", "How often?", "À quelle fréquence ?", ""),
    ("select one yes_no", "M2", "Paid?", "Payé ?", ""),
    ("begin_repeat", "r", "Visits", "Visites", ""),
    ("select_one yes_no", "again", "Again?", "Encore ?", ""),
    ("end_repeat", "", "", "", ""),
    ("end group", "", "", "", ""),
    ("select_one colours", "C1", "Colour of the office", "Couleur", ""),
]
CHOICES = [
    ("list_name", "name", EN, FR, AR),
    ("countries", "bj", "Benin", "Bénin", ""),
    ("countries", "tg", "Togo", "Togo", ""),
    ("kinds", "co", "Officials", "Agents", ""),
    ("kinds", "ps", "Private sector", "Secteur privé", ""),
    ("genders", "f", "Woman", "Femme", ""),
    ("genders", "m", "Man", "Homme", ""),
    ("agree", "5", "Strongly agree", "Tout à fait d'accord", "أوافق بشدة"),
    ("agree", "4", "Agree", "D'accord", "أوافق"),
    ("agree", "2", "Disagree", "Pas d'accord", "لا أوافق"),
    ("agree", "1", "Strongly disagree", "Pas du tout d'accord", "لا أوافق بشدة"),
    ("agree", "dk", "Don't know", "Ne sait pas", "لا أعرف"),
    ("agree", "no", "Prefer not to say", "Préfère ne pas répondre", "أفضل عدم الإجابة"),
    ("agree", "na", "Not applicable", "Sans objet", "لا ينطبق"),
    ("often", "always", "Always", "Toujours", ""),
    ("often", "never", "Never", "Jamais", ""),
    ("often", "some", "Sometimes", "Parfois", ""),
    ("yes_no", "1", "Yes", "Oui", ""),
    ("yes_no", "0", "No", "Non", ""),
    ("ways", "a", "By mail", "Par courrier", ""),
    ("colours", "r", "Red", "Rouge", ""),
    ("colours", "g", "Green", "Vert", ""),
    ("colours", "b", "Blue", "Bleu", ""),
]


def write(path, survey=SURVEY, choices=CHOICES, settings=()):
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        sheet = book.active if name == "survey" else book.create_sheet(name)
        for row in rows:
            sheet.append([int(c) if c.isdecimal() else c or None for c in row])
    book.save(path)
    return path


@pytest.fixture
def form(tmp_path):
    return write(tmp_path / "integrity form.xlsx")


def test_select_one_questions_become_items_of_their_group(form):
    book = draft(form).codebook
    assert [item.id for item in book.items] == ["T1", "T2", "M1", "M2", "C1"]
    assert book.factors == ("Transparency, rules", "g2", "Questions outside groups")
    assert [book.factors.index(item.factor) for item in book.items] == [0, 0, 1, 1, 2]
    assert book.items[0].text == {
        "en": 'Rules are "clear", always.',
        "fr": "Les règles sont claires.",
    }


def test_choices_become_scales_in_order(form):
    drafted = draft(form)
    t1, t2, m1, m2, c1 = (item.scale for item in drafted.codebook.items)
    assert t1 == t2
    assert t1.levels == ("1", "2", "4", "5")
    assert t1.labels == ("Strongly disagree", "Disagree", "Agree", "Strongly agree")
    assert (t1.dont_know, t1.refused, t1.not_asked) == (("dk",), ("no",), ("na",))
    assert m2.levels == ("0", "1")
    # "other" has no label, colours are no scale: both in the order of the form
    assert m1.levels == ("always", "never", "some", "other")
    assert c1.levels == ("r", "g", "b")
    assert [s.name for s in (m1, c1)] == ["answers", "answers_2"]
    assert '"Red", "Green", "Blue" unknown' in drafted.codebook_checks[c1.name]


def test_roles_and_placeholders(form):
    drafted = draft(form)
    study = drafted.study
    assert study.name == "integrity form"
    assert study.groups.labels == {"co": "Officials", "ps": "Private sector"}
    assert study.countries.labels == {"bj": "Benin", "tg": "Togo"}
    assert study.columns.background == ("gender",)
    assert study.columns.ignore == ("start", "age", "ways")
    assert "no question looks like the wave" in drafted.study_checks["columns"]
    assert "no responses" in drafted.study_checks["files"]
    assert 'select_multiple: "ways"' in drafted.codebook_checks["factors"]
    assert '"again"' in drafted.codebook_checks["factors"]
    assert "${group} = 'co'" in drafted.codebook_checks["T2"]
    assert "${age} > 17" in drafted.codebook_checks["M1"]
    assert "T1" not in drafted.codebook_checks


def test_the_draft_reads_once_it_is_finished(form, tmp_path):
    study, _ = write_draft(form, tmp_path / "draft")
    for check in ("# check: a form holds no responses", "[waves]\n# check: raw value"):
        assert check in study.read_text(encoding="utf-8")
    text = study.read_text(encoding="utf-8")
    text = text.replace("[waves]", '[waves]\nlabels = { "2023" = "2023" }')
    study.write_text(text, encoding="utf-8")
    assert load_study(study).waves.names == ("2023",)
    people = pd.DataFrame(
        {
            "_uuid": ["a", "b", "c", "d"],
            "country": ["bj", "tg"] * 2,
            "group": ["co", "co", "ps", "ps"],
            "wave": "2023",
            "gender": "f",
            "T1": ["1", "5", "dk", "2"],
            "T2": ["4", "4", "na", "1"],
            "M1": ["never", "some", "always", "other"],
            "M2": ["1", "0", "1", "0"],
            "C1": ["r", "g", "b", "r"],
        }
    )
    people.to_csv(tmp_path / "draft" / "responses.csv", index=False)
    survey = cips.read(study)
    assert survey.answers.sel(item="T1").to_numpy().tolist() == [0, 3, -1, 1]
    assert survey.codebook.items[0].text["fr"] == "Les règles sont claires."


def test_labels_without_a_language(tmp_path):
    survey = [("type", "name", "label"), ("select_one l", "Q1", "La aduana es íntegra")]
    choices = [
        ("list name", "name", "label"),
        ("l", "1", "De acuerdo"),
        ("l", "2", "En desacuerdo"),
    ]
    path = write(tmp_path / "a.xlsx", survey, choices)
    assert draft(path).codebook.items[0].text == {"es": "La aduana es íntegra"}
    settings = [("form_title", "default_language"), ("Encuesta", "Español (es)")]
    path = write(tmp_path / "b.xlsx", survey, choices, settings)
    drafted = draft(path)
    assert drafted.study.name == "Encuesta"
    assert drafted.codebook.items[0].text == {"es": "La aduana es íntegra"}


def test_languages_that_disagree_give_no_order(tmp_path):
    choices = [
        ("list_name", "name", EN, FR),
        ("l", "1", "Always", "Jamais"),
        ("l", "2", "Sometimes", "Parfois"),
        ("l", "3", "Never", "Toujours"),
    ]
    survey = [("type", "name", EN, FR), ("select_one l", "Q1", "How often?", "Combien ?")]
    drafted = draft(write(tmp_path / "a.xlsx", survey, choices))
    assert drafted.codebook.items[0].scale.levels == ("1", "2", "3")
    assert "cannot be ranked" in drafted.codebook_checks["answers"]


@pytest.mark.parametrize(
    ("survey", "choices", "where", "found"),
    [
        (
            [("type", "name"), ("select_one agre", "Q1")],
            CHOICES,
            "form.xlsx, sheet survey, row 2, column type",
            'list "agre"',
        ),
        (
            SURVEY,
            [*CHOICES, ("agree", "5", "Agree", "", "")],
            f"form.xlsx, sheet choices, row {len(CHOICES) + 1}, column name",
            '"5" twice in list "agree"',
        ),
        (
            [*SURVEY, SURVEY[8]],
            CHOICES,
            f"form.xlsx, sheet survey, row {len(SURVEY) + 1}, column name",
            '"T1" once more',
        ),
        ([("typ", "name"), ("x", "Q1")], CHOICES, "form.xlsx, sheet survey, header", "no column"),
        (SURVEY, [("list", "name"), ("x", "y")], "form.xlsx, sheet choices, header", "columns"),
        (
            [("type", "name"), ("text", "Q1")],
            CHOICES,
            "form.xlsx, sheet survey",
            "no select_one question",
        ),
    ],
)
def test_problems_of_a_form(tmp_path, survey, choices, where, found):
    path = write(tmp_path / "form.xlsx", survey, choices)
    with pytest.raises(SurveyError) as caught:
        draft(path)
    assert [p.where for p in caught.value.problems] == [where]
    assert caught.value.problems[0].found.startswith(found)
