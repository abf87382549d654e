"""Drafts from files that have words: SPSS and Stata labels, answers that are words."""

import re

import pandas as pd
import pyreadstat
import pytest

import cips_models as cips
from cips_models.survey.answer_words import unknown
from cips_models.survey.drafting import draft, write_draft
from cips_models.survey.survey import DONT_KNOW, NOT_ASKED, REFUSED

AGREEMENT = {  # from most to least, as many questionnaires print it
    1: "Tout à fait d'accord",
    2: "Plutôt d'accord",
    3: "Plutôt pas d'accord",
    4: "Pas du tout d'accord",
}
SILENCE = {8: "Refus", 9: "Ne sait pas", 97: "Sans objet"}


def people(n=8):
    return pd.DataFrame(
        {
            "id": [f"p{k}" for k in range(n)],
            "pays": [1.0, 2.0] * (n // 2),
            "groupe": [1.0, 1.0, 2.0, 2.0] * (n // 4),
            "annee": [2021.0] * (n // 2) + [2023.0] * (n // 2),
        }
    )


@pytest.fixture
def spss(tmp_path):
    table = people().assign(
        T1=[1.0, 2, 3, 4, 9, 8, 97, None],
        T2=[1.0, 1, 2, 2, 3, 3, 3, 3],
        M1=[1.0, 2, 3, 4, 5, 1, 2, 3],
        V1=[1.0, 2, 1, 2, 1, 2, 1, 99],
        sexe=[1.0, 2] * 4,
        age=[20.0, 31, 44, 51, 62, 29, 33, 99],
    )
    path = tmp_path / "enquête.sav"
    pyreadstat.write_sav(
        table,
        path,
        column_labels={
            name: f"Énoncé de {name}, avec virgule" if name[0] in "TMV" else None for name in table
        },
        variable_value_labels={
            "pays": {1: "Bénin", 2: "Togo"},
            "groupe": {1: "Agents des douanes", 2: "Secteur privé"},
            "T1": AGREEMENT | SILENCE,
            "T2": AGREEMENT | SILENCE,
            "M1": {1: "Point", 2: "Peu", 3: "Moyen", 4: "Fort", 5: "Extrême"},
            "V1": {1: "Oui", 2: "Non"},
            "sexe": {1: "Femme", 2: "Homme"},
            "age": {99: "Refus"},
        },
        missing_ranges={"T1": [8, 9, 97], "T2": [8, 9, 97], "V1": [99], "age": [99]},
    )
    return path


def test_labels_become_items_and_scales(spss):
    drafted = draft(spss)
    t1, t2, m1, v1 = drafted.codebook.items
    assert t1.scale == t2.scale
    assert t1.scale.name == "agreement"
    assert t1.scale.levels == ("4", "3", "2", "1")
    assert t1.scale.labels == tuple(AGREEMENT[k] for k in (4, 3, 2, 1))
    assert t1.scale.positive == (False, False, True, True)
    assert (t1.scale.dont_know, t1.scale.refused, t1.scale.not_asked) == (("9",), ("8",), ("97",))
    assert t1.text == {"fr": "Énoncé de T1, avec virgule"}
    assert v1.scale.levels == ("2", "1")
    assert (v1.scale.name, v1.scale.dont_know) == ("yes_no", ("99",))
    assert m1.scale.name == "answers"
    assert m1.scale.levels == ("1", "2", "3", "4", "5")  # not reordered: a label is unknown
    assert drafted.study.columns.background == ("sexe", "age")


def test_every_guess_is_to_be_checked(spss):
    checks = draft(spss).codebook_checks
    assert "read as agreement" in checks["agreement"]
    assert 'check: "9", "Ne sait pas", was taken for don\'t know.' in checks["agreement"]
    assert 'check: "97", "Sans objet", was taken for not asked.' in checks["agreement"]
    assert checks["answers"].startswith('check: "Point", "Fort", "Extrême" unknown, so the levels')
    assert "order of the codes" in checks["answers"]
    assert '"99" outside the levels' in checks["yes_no"]
    assert '"fr"' in checks["factors"]


def test_labels_of_countries_and_groups(spss):
    study = draft(spss).study
    assert study.groups.labels == {"1": "Agents des douanes", "2": "Secteur privé"}
    assert study.countries.labels == {"1": "Bénin", "2": "Togo"}
    assert study.waves.labels == {"2021": "2021", "2023": "2023"}


def test_a_draft_of_a_labelled_file_reads(spss, tmp_path):
    study, codebook = write_draft(spss, tmp_path / "draft")
    survey = cips.read(study)
    assert survey.countries == ("Bénin", "Togo")
    assert survey.groups == ("Agents des douanes", "Secteur privé")
    assert survey.answers.sel(item="T1").to_numpy().tolist() == [3, 2, 1, 0, -1, -1, -1, -1]
    reasons = survey.reasons.sel(item="T1").to_numpy()[4:].tolist()
    assert reasons == [DONT_KNOW, REFUSED, NOT_ASKED, NOT_ASKED]
    assert survey.codebook.items[0].scale.labels[-1] == "Tout à fait d'accord"
    text = codebook.read_text(encoding="utf-8")
    assert all(line.startswith("# ") for line in text.splitlines() if "check:" in line)


def test_stata_labels_and_missing_letters(tmp_path):
    path = tmp_path / "survey.dta"
    answers = pd.Series([1, 2, 3, "a", "b", "c", None, 1], dtype=object)
    labels = {1: "Never", 2: "Sometimes", 3: "Always", "a": "Don't know", "b": "Refused"}
    pyreadstat.write_dta(
        people().assign(Q1=answers),
        path,
        variable_value_labels={"Q1": labels},
        column_labels={name: "How often?" if name == "Q1" else None for name in [*people(), "Q1"]},
        missing_user_values={"Q1": ["a", "b", "c"]},
    )
    (item,) = draft(path).codebook.items
    assert item.scale.name == "frequency"
    assert item.scale.levels == ("1", "2", "3")
    assert (item.scale.dont_know, item.scale.refused) == ((".a", ".c"), (".b",))
    assert item.text == {"en": "How often?"}
    survey = cips.read(write_draft(path, tmp_path / "draft")[0])
    assert survey.answers.data[:, 0].tolist() == [0, 1, 2, -1, -1, -1, -1, 0]
    expected = [DONT_KNOW, REFUSED, DONT_KNOW, NOT_ASKED]
    assert survey.reasons.data[3:7, 0].tolist() == expected


def test_labels_at_the_ends_only_are_not_put_in_order(tmp_path):
    path = tmp_path / "a.sav"
    table = people().assign(Q1=[1.0, 2, 3, 4, 5, 9, 1, 2])
    ends = {1: "Strongly agree", 5: "Strongly disagree"}
    pyreadstat.write_sav(table, path, variable_value_labels={"Q1": ends})
    drafted = draft(path)
    (item,) = drafted.codebook.items
    assert item.scale.levels == ("1", "2", "3", "4", "5")
    assert item.scale.labels == ("Strongly agree", "2", "3", "4", "Strongly disagree")
    assert item.scale.dont_know == ("9",)  # has no label and lies outside those that have
    assert '"2", "3", "4" unknown' in drafted.codebook_checks["answers"]


def test_levels_without_labels_are_known_from_other_questions(tmp_path):
    path = tmp_path / "a.sav"
    table = people().assign(
        Q1=[1.0, 2, 3, 4, 5, 6, 7, -1], Q2=[1.0, 2, 4, 5, 7, 1, 2, 8], Q3=[2.0, 3, 4, 5, 1, 1, 1, 1]
    )
    pyreadstat.write_sav(
        table,
        path,
        variable_value_labels={"Q1": {7: "Refused"}, "Q2": {7: "Refused"}},
        missing_ranges={"Q1": [6, 7, -1]},
    )
    drafted = draft(path)
    (scale,) = {item.scale for item in drafted.codebook.items}
    assert len(drafted.codebook.items) == 3
    assert scale.levels == ("1", "2", "3", "4", "5")  # 6 comes next, but is declared missing
    assert (scale.dont_know, scale.refused, scale.not_asked) == (("8", "6"), ("7",), ("-1",))
    assert '"8", "6", "7", "-1" outside the levels' in drafted.codebook_checks["scale_1"]


def test_a_code_may_be_a_level_of_one_question_and_missing_in_another(tmp_path):
    path = tmp_path / "a.sav"
    table = people().assign(Q1=[1.0, 2, 3, 4, 5, 6, 1, 2], Q2=[1.0, 2, 3, 4, 5, 6, 3, 3])
    pyreadstat.write_sav(table, path, missing_ranges={"Q2": [6]})
    q1, q2 = (item.scale for item in draft(path).codebook.items)
    assert (q1.levels, q1.dont_know) == (("1", "2", "3", "4", "5", "6"), ())
    assert (q2.levels, q2.dont_know) == (("1", "2", "3", "4", "5"), ("6",))
    survey = cips.read(write_draft(path, tmp_path / "draft")[0])
    assert survey.reasons.sel(item="Q2").to_numpy()[5] == DONT_KNOW


LABELS = ["لا أوافق بشدة", "لا أوافق", "أوافق، إلى حد ما", "أوافق بشدة", "لا أعرف"]


@pytest.mark.parametrize("end", ["csv", "xlsx", "parquet", "sav", "dta"])
@pytest.mark.parametrize(
    "labels",
    [
        LABELS,
        ["Très mauvais", "Mauvais", "Moyen,  passable", "Bon", "Ne sait pas"],
        ["Discordo totalmente", "Discordo", "Não concordo, nem discordo", "Concordo", "Não sei"],
    ],
)
def test_words_survive_from_file_to_survey(tmp_path, end, labels):
    """Answers that are words with spaces, accents, Arabic letters and commas."""
    path = tmp_path / f"words.{end}"
    table = people(20).assign(Q1=(labels * 4)[:20], Q2=(labels[::-1] * 4)[:20])
    write = {
        "csv": lambda: table.to_csv(path, index=False),
        "xlsx": lambda: table.to_excel(path, index=False),
        "parquet": lambda: table.to_parquet(path),
        "sav": lambda: pyreadstat.write_sav(table, path),
        "dta": lambda: pyreadstat.write_dta(table, path),
    }
    write[end]()
    study, codebook = write_draft(path, tmp_path / "draft")
    written = codebook.read_text(encoding="utf-8")
    levels = ", ".join(f'"{label}"' for label in labels[:4])
    ordered = f"levels = [{levels}]" in written
    assert ordered == (unknown(labels[:4]) == ())
    if not ordered:  # what the check asks for: put them in order by hand
        finished = re.sub(r"levels = .*", f"levels = [{levels}]", written)
        finished = re.sub(r"positive = .*", f'positive = ["{labels[3]}"]', finished)
        codebook.write_text(finished, encoding="utf-8")
    survey = cips.read(study)
    scale = survey.codebook.items[0].scale
    assert scale.levels == tuple(labels[:4])
    assert scale.dont_know == (labels[4],)
    assert survey.answers.sel(item="Q1").to_numpy()[:5].tolist() == [0, 1, 2, 3, -1]
    assert survey.answers.sel(item="Q2").to_numpy()[:5].tolist() == [-1, 3, 2, 1, 0]


def test_a_word_that_nobody_chose_is_known_from_another_question(tmp_path):
    path = tmp_path / "words.csv"
    table = people().assign(
        Q1=["Never", "Rarely", "Often", "Always"] * 2,
        Q2=["Always", "Never", "Never", "Don't know"] * 2,
        remark=["x", "y"] * 4,
    )
    table.to_csv(path, index=False)
    q1, q2 = draft(path).codebook.items
    assert q1.scale == q2.scale
    assert q1.scale.levels == ("Never", "Rarely", "Often", "Always")
    assert q1.scale.dont_know == ("Don't know",)


def test_answers_in_words_are_no_group(tmp_path):
    path = tmp_path / "words.csv"
    table = people().drop(columns="groupe").assign(Q1=["Yes", "No"] * 4, who=["CO", "PS"] * 4)
    table.to_csv(path, index=False)
    assert draft(path).study.columns.group == "who"


def test_the_first_of_several_sheets_is_taken_and_said_so(tmp_path):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        people().assign(Q1=[1, 2, 3, 4] * 2).to_excel(book, sheet_name="Réponses", index=False)
        pd.DataFrame({"a": [1]}).to_excel(book, sheet_name="Notes", index=False)
    drafted = draft(path)
    assert drafted.study.sheets.responses == "Réponses"
    assert '"Réponses", "Notes"' in drafted.study_checks["sheets"]
    assert cips.read(write_draft(path, tmp_path / "draft")[0]).answers.shape == (8, 1)
