"""What is fine, but is said."""

import pytest


def noted(survey, *words):
    matching = [note for note in survey.notes if all(word in note for word in words)]
    assert len(matching) == 1, survey.notes
    return matching[0]


def test_a_survey_with_nothing_to_say(tiny):
    assert tiny.read().notes == ()


def test_a_country_in_one_wave_only(tiny):
    rows = (tiny.responses["country"] == "Bénin") & (tiny.responses["wave"] == "2")
    tiny.responses = tiny.responses[~rows]
    note = noted(tiny.read(), "In one wave only")
    assert "Bénin" in note
    assert "تونس" not in note


def test_one_wave(tiny):
    tiny.edit("study", ', "2" = "2023" }', ' }\nexclude = ["2"]')
    assert "one wave" in noted(tiny.read(), "no changes")


def test_a_group_without_respondents_in_a_country_and_wave(tiny):
    r = tiny.responses
    rows = (r["country"] == "Bénin") & (r["wave"] == "2") & (r["group"] == "PS")
    tiny.responses = r[~rows]
    assert noted(tiny.read(), "Without a respondent").endswith("Bénin / private sector / 2023.")


def test_a_group_never_asked_a_factor(tiny):
    tiny.edit("codebook", 'scale = "degree"\n', 'scale = "degree"\ngroups = ["officials"]\n')
    tiny.responses.loc[tiny.responses["group"] == "PS", "M1"] = ""
    noted(tiny.read(), "Morale, culture", "never asked", "private sector")


@pytest.mark.parametrize("code", ["0", "2"])
def test_an_item_with_one_level_used(tiny, code):
    tiny.responses["M1"] = code
    noted(tiny.read(), '"M1"', "one level used", f'"{code}"')


def test_an_item_asked_in_one_wave_only(tiny):
    tiny.responses.loc[tiny.responses["wave"] == "1", "M1"] = ""
    noted(tiny.read(), '"M1"', "all countries in 2021")


def test_an_item_not_asked_in_one_country_and_wave(tiny):
    r = tiny.responses
    r.loc[(r["country"] == "تونس") & (r["wave"] == "2"), "M1"] = ""
    noted(tiny.read(), '"M1"', "تونس 2023")


def test_respondents_without_any_answer(tiny):
    tiny.responses.loc[[4, 7], ["T1", "T2", "M1"]] = ["9", "", ""]
    noted(tiny.read(), "2 respondents gave no substantive answer")


@pytest.mark.parametrize(
    ("supported", "words"),
    [
        (("1", "0", "1", "0", "1", "1"), ("Supported everywhere: Transparency",)),
        (("0", "1", "0", "1", "0", "0"), ("Supported nowhere: Transparency",)),
        (("1", "1", "1", "0", "0", "1"), ("Supported in every factor: Bénin",)),
        (("0", "0", "1", "0", "0", "1"), ("Supported in no factor: Bénin",)),
    ],
)
def test_support_without_contrast(tiny, supported, words):
    lines = tiny.support.splitlines()
    lines[1:] = [line[:-1] + s for line, s in zip(lines[1:], supported, strict=True)]
    tiny.support = "\n".join(lines)
    noted(tiny.read(), *words)
