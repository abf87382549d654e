"""What a survey without problems becomes in memory."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cips_models as cips
from cips_models.survey.survey import ANSWERED, DONT_KNOW, NOT_ASKED, REFUSED

OFFICIALS = ("officials",)


def test_labels_and_order(tiny):
    survey = tiny.read()
    assert survey.countries == ("Bénin", "São Tomé", "تونس")
    assert survey.groups == ("officials", "private sector")
    assert survey.waves == ("2021", "2023")
    assert survey.times == (2021.0, 2023.0)
    assert survey.factors == ("Transparency", "Morale, culture")
    for dim, labels in (("country", survey.countries), ("group", survey.groups)):
        column = survey.respondents[dim]
        assert column.cat.ordered
        assert tuple(column.cat.categories) == labels
    assert list(survey.respondents.columns) == ["country", "group", "wave", "rank"]
    assert survey.respondents.index[3] == "r3"
    assert not survey.synthetic


def test_answers_are_positions_after_polarity(tiny):
    tiny.responses.loc[:3, "T1"] = ["1", "4", "9", "8"]
    tiny.responses.loc[:3, "T2"] = ["1", "4", "-1", ""]
    survey = tiny.read()
    assert survey.answers.dtype == np.int8
    assert survey.answers.dims == ("respondent", "item")
    assert survey.answers.sel(item="T1").to_numpy()[:4].tolist() == [0, 3, -1, -1]
    assert survey.reasons.sel(item="T1").to_numpy()[:4].tolist() == [
        ANSWERED,
        ANSWERED,
        DONT_KNOW,
        REFUSED,
    ]
    # reversed: agreement is unfavourable
    assert survey.answers.sel(item="T2").to_numpy()[:4].tolist() == [3, 0, -1, -1]
    assert survey.reasons.sel(item="T2").to_numpy()[2:4].tolist() == [NOT_ASKED, NOT_ASKED]


def test_items_know_their_scale_and_groups(tiny):
    t1, t2, m1 = tiny.read().codebook.items
    assert t1.groups == ("officials", "private sector")
    assert t2.groups == OFFICIALS
    assert t2.reversed
    assert t1.points == pytest.approx((0, 1 / 3, 2 / 3, 1))
    assert m1.points == (0, 0.25, 1)
    assert m1.positive == (False, False, True)
    assert m1.scale.labels == ("0", "1", "2")
    assert m1.text["fr"] == "Comment est le moral ?"


def test_whole_numbers_in_any_form_are_one_code(tiny):
    before = tiny.read()
    tiny.responses["T1"] = [f"{code}.0" for code in tiny.responses["T1"]]
    tiny.responses["wave"] = [f" {code},0" for code in tiny.responses["wave"]]
    tiny.edit("codebook", 'levels = ["1", "2", "3", "4"]', 'levels = [1, 2.0, "3", "4"]')
    assert tiny.read().fingerprint == before.fingerprint


def test_support_is_laid_out_by_country_and_factor(tiny):
    survey = tiny.read()
    assert survey.supported.dims == ("country", "factor")
    assert survey.supported.sel(country="تونس").to_numpy().tolist() == [False, True]
    assert survey.support_start.sel(country="São Tomé").to_numpy().tolist() == [1, -1]


def test_support_may_start_in_another_wave(tiny):
    tiny.support = "\n".join(
        line + (",start" if k == 0 else ",2021" if k == 1 else ",")
        for k, line in enumerate(tiny.support.splitlines())
    )
    survey = tiny.read()
    assert survey.support_start.to_numpy().tolist() == [[0, -1], [1, -1], [-1, 1]]
    assert any("One country-factor pair" in note for note in survey.notes)


def test_support_is_optional(tiny):
    tiny.edit("study", 'support = "support.csv"\n', "")
    survey = tiny.read()
    assert survey.supported is None
    assert survey.support_start is None


def test_excluded_rows_are_left_out_and_counted(tiny):
    tiny.responses.loc[:1, "group"] = "trainee"
    tiny.responses.loc[0, "T1"] = "nonsense in a row that is not read"
    survey = tiny.read()
    assert len(survey.respondents) == len(tiny.responses) - 2
    assert survey.exclusions.to_dict("records") == [
        {"column": "group", "value": "trainee", "rows": 2}
    ]


def test_country_labels_and_exclusions(tiny):
    tiny.edit("study", "[waves]", '[countries]\nlabels = { "Bénin" = "Benin" }\n\n[waves]')
    tiny.edit("study", '"Benin" }', '"Benin" }\nexclude = ["São Tomé", "تونس"]')
    tiny.support = "country,factor,supported\nBenin,Transparency,1\n" + (
        'Benin,"Morale, culture",0\n'
    )
    survey = tiny.read()
    assert survey.countries == ("Benin",)
    assert survey.exclusions["rows"].tolist() == [8, 8, 0]


def test_semicolons_decimal_commas_and_cp1252(tiny):
    countries = {"تونس": "Tunísia"}
    tiny.responses["country"] = tiny.responses["country"].replace(countries)
    tiny.responses["poids"] = "1,5"
    tiny.edit("study", "[columns]", '[columns]\nweight = "poids"')
    tiny.study += '\n[csv]\ndelimiter = ";"\ndecimal = ","\nencoding = "cp1252"\n'
    tiny.edit("study", 'support = "support.csv"\n', "")
    tiny.delimiter, tiny.encoding, tiny.support = ";", "cp1252", ""
    survey = tiny.read()
    assert survey.countries == ("Bénin", "São Tomé", "Tunísia")
    assert survey.respondents["poids"].tolist() == [1.5] * len(tiny.responses)


def test_weights_in_parquet_have_no_decimal_mark_to_set(tiny):
    tiny.edit("study", "[columns]", '[csv]\ndecimal = ","\n\n[columns]\nweight = "w"')
    path = tiny.folder / "responses.parquet"
    tiny.responses.assign(w=0.25).to_parquet(path)
    survey = cips.read(tiny.write(), responses=path)
    assert set(survey.respondents["w"]) == {0.25}


def test_byte_order_mark_and_blank_lines(tiny):
    before = tiny.read()
    path = tiny.folder / "responses.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\r\n\r\n")
    assert cips.read(tiny.folder / "study.toml").fingerprint == before.fingerprint


@pytest.mark.parametrize("name", ["other.csv.gz", "other.parquet"])
def test_other_files_given_in_the_call(tiny, name):
    before = tiny.read()
    other = tiny.folder / name
    if name.endswith(".parquet"):
        numeric = tiny.responses.astype({"T1": float, "wave": int})
        numeric.loc[numeric["T2"] == "", "T2"] = None
        numeric["country"] = numeric["country"].astype("category")
        numeric.astype({"T2": float}).to_parquet(other)
    else:
        tiny.responses.to_csv(other, index=False)
    (tiny.folder / "responses.csv").unlink()
    after = cips.read(str(tiny.folder / "study.toml"), responses=other)
    assert after.fingerprint == before.fingerprint


def test_codebook_and_support_given_in_the_call(tiny):
    path = tiny.write()
    codebook, support = tiny.folder / "mine.toml", tiny.folder / "mine.csv"
    codebook.write_text(tiny.codebook.replace("reversed = true\n", ""), encoding="utf-8")
    support.write_text(tiny.support.replace("Transparency,1", "Transparency,0"), encoding="utf-8")
    survey = cips.read(path, codebook=codebook, support=support)
    assert not survey.codebook.items[1].reversed
    assert not survey.supported.sel(factor="Transparency").any()


def test_reading_twice_gives_the_same_fingerprint(tiny):
    assert tiny.read().fingerprint == tiny.read().fingerprint


def with_intensity(tiny, *intensities):
    header, *lines = tiny.support.splitlines()
    told = [f'{line},"{each}"' for line, each in zip(lines, intensities, strict=True)]
    tiny.support = "\n".join([f"{header},intensity", *told])


def test_support_may_have_an_intensity(tiny):
    before = tiny.read()
    assert before.support_intensity.to_numpy().tolist() == [[1, 0], [1, 0], [0, 1]]
    with_intensity(tiny, "0.25", "", "", "2", "1", "0")
    survey = tiny.read()
    assert survey.support_intensity.dims == ("country", "factor")
    assert survey.support_intensity.sel({"country": "Bénin"}).to_numpy().tolist() == [0.25, 0]
    assert survey.support_intensity.sel({"country": "تونس"}).to_numpy().tolist() == [0, 2]
    assert survey.fingerprint != before.fingerprint


def test_intensities_of_one_are_those_of_no_column(tiny):
    before = tiny.read().fingerprint
    with_intensity(tiny, "1", "0", "", "1.0", "", "")
    assert tiny.read().fingerprint == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("study", '"1" = "2021"', '"1" = "2020"'),
        ("study", '"CO" = "officials"', '"CO" = "customs officials"'),
        ("codebook", "reversed = true\n", "versions_differ = true\nreversed = true\n"),
        ("codebook", "reversed = true\n", ""),
        ("codebook", 'positive = ["3", "4"]', 'positive = ["4"]'),
        ("codebook", "points = [0, 0.25, 1]", "points = [0, 0.5, 1]"),
        ("support", "Bénin,Transparency,1", "Bénin,Transparency,0"),
    ],
)
def test_fingerprint_changes_with_what_a_fit_depends_on(tiny, file, old, new):
    before = tiny.read().fingerprint
    tiny.edit(file, old, new)
    if old == '"CO" = "officials"':
        tiny.edit("codebook", 'groups = ["officials"]', 'groups = ["customs officials"]')
    assert tiny.read().fingerprint != before


def test_fingerprint_changes_with_the_reason_for_no_answer(tiny):
    before = tiny.read().fingerprint
    tiny.responses["T1"] = tiny.responses["T1"].replace({"9": "8"})
    assert tiny.read().fingerprint != before


def test_fingerprint_is_blind_to_names_and_wordings(tiny):
    before = tiny.read().fingerprint
    tiny.edit("study", '"Tiny"', '"Another name"')
    tiny.edit("codebook", "How good is morale?", "How is morale?")
    tiny.responses["respondent"] = [f"x{k}" for k in range(len(tiny.responses))]
    assert tiny.read().fingerprint == before


def test_background_stays_text(tiny):
    tiny.responses["rank"] = "007"
    survey = tiny.read()
    assert set(survey.respondents["rank"]) == {"007"}


def test_the_callers_files_are_not_touched(tiny):
    path = tiny.write()
    before = {file: file.read_bytes() for file in Path(tiny.folder).iterdir()}
    cips.read(path)
    assert {file: file.read_bytes() for file in Path(tiny.folder).iterdir()} == before


def test_times_default_to_positions_where_labels_are_no_numbers(tiny):
    tiny.edit("study", '"1" = "2021", "2" = "2023"', '"1" = "before", "2" = "after"')
    assert tiny.read().times == (0.0, 1.0)
    tiny.edit(
        "study",
        '"2" = "after" }',
        '"2" = "after" }\ntimes = { "before" = 2020.5, "after" = 2023.25 }',
    )
    assert tiny.read().times == (2020.5, 2023.25)


def test_index_is_text(tiny):
    tiny.responses["respondent"] = [str(k) for k in range(len(tiny.responses))]
    survey = tiny.read()
    assert survey.respondents.index.is_unique
    assert pd.api.types.is_string_dtype(survey.respondents.index)
    assert survey.answers["respondent"].to_numpy()[1] == "1"
