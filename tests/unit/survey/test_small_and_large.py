"""Surveys at the edge of what is legal read without problems."""

from itertools import product

import pandas as pd
import pytest

ONE = ("Bénin",)


def one_factor(tiny):
    """Leave one factor: the first, or with one item too."""
    head, *items = tiny.codebook.split("[[items]]")
    tiny.codebook = "[[items]]".join([head.replace(', "Morale, culture"', ""), *items[:2]])
    tiny.responses = tiny.responses.drop(columns="M1")
    tiny.support = "\n".join(line for line in tiny.support.splitlines() if "Morale" not in line)


def test_one_of_everything(tiny):
    """One country, group, wave, factor and item."""
    one_factor(tiny)
    tiny.codebook = tiny.codebook.rpartition("[[items]]")[0]
    tiny.edit("study", ', "2" = "2023"', "")
    tiny.edit("study", ', "PS" = "private sector"', "")
    r = tiny.responses
    rows = (r["country"] == "Bénin") & (r["group"] == "CO") & (r["wave"] == "1")
    tiny.responses = r[rows].drop(columns="T2")
    tiny.support = "country,factor,supported\nBénin,Transparency,1\n"
    survey = tiny.read()
    assert (survey.countries, survey.groups, survey.waves) == (ONE, ("officials",), ("2021",))
    assert survey.factors == ("Transparency",)
    assert survey.answers.shape == (2, 1)
    assert survey.supported.shape == (1, 1)


@pytest.mark.parametrize("kept", ["country", "group", "wave", "factor"])
def test_one_of_one_kind(tiny, kept):
    r = tiny.responses
    if kept == "country":
        tiny.responses = r[r["country"] == "Bénin"]
        tiny.support = "\n".join(tiny.support.splitlines()[:3])
    elif kept == "group":
        tiny.responses = r[r["group"] == "CO"]
        tiny.edit("study", ', "PS" = "private sector"', "")
    elif kept == "wave":
        tiny.responses = r[r["wave"] == "1"]
        tiny.edit("study", ', "2" = "2023"', "")
    else:
        one_factor(tiny)
    survey = tiny.read()
    sizes = {
        "country": survey.countries,
        "group": survey.groups,
        "wave": survey.waves,
        "factor": survey.factors,
    }
    assert len(sizes.pop(kept)) == 1
    assert all(len(labels) > 1 for labels in sizes.values())


def test_one_respondent(tiny):
    tiny.responses = tiny.responses.iloc[[1]]
    tiny.edit("study", ', "2" = "2023"', "")
    tiny.edit("study", ', "PS" = "private sector"', "")
    tiny.support = "\n".join(tiny.support.splitlines()[:3])
    assert tiny.read().answers.shape == (1, 3)


def test_many_countries(tiny):
    names = [f"Country {k:03}" for k in range(45)]
    tiny.responses = pd.concat(
        [
            tiny.responses[tiny.responses["country"] == "Bénin"].assign(country=name)
            for name in names
        ]
    ).assign(respondent=[str(k) for k in range(45 * 8)])
    factors = ("Transparency", '"Morale, culture"')
    rows = [f"{name},{factor},1" for name, factor in product(names, factors)]
    tiny.support = "\n".join(["country,factor,supported", *rows])
    survey = tiny.read()
    assert survey.countries == tuple(names)
    assert survey.supported.shape == (45, 2)


def test_levels_that_nobody_chose(tiny):
    """In one country, in one group, and anywhere."""
    r = tiny.responses
    r["T1"] = r["T1"].replace({"4": "3"})
    r.loc[r["country"] == "Bénin", "T1"] = "1"
    r.loc[r["group"] == "PS", "M1"] = "2"
    survey = tiny.read()
    assert survey.codebook.items[0].n_levels == 4
    assert survey.answers.sel(item="T1").max() == 2
    assert survey.notes == ()


def test_a_factor_that_a_country_or_a_group_was_not_asked(tiny):
    r = tiny.responses
    tiny.edit("codebook", 'scale = "degree"\n', 'scale = "degree"\ngroups = ["officials"]\n')
    r.loc[(r["group"] == "PS") | (r["country"] == "Bénin"), "M1"] = ""
    survey = tiny.read()
    assert survey.codebook.of("Morale, culture", "private sector") == ()
    assert any("never asked" in note for note in survey.notes)
    assert any('"M1"' in note and "Bénin" in note for note in survey.notes)


def test_two_levels(tiny):
    tiny.edit("codebook", 'levels = ["0", "1", "2"]', 'levels = ["0", "2"]')
    tiny.edit("codebook", "points = [0, 0.25, 1]\n", "")
    tiny.responses["M1"] = tiny.responses["M1"].replace({"1": "0"})
    assert tiny.read().codebook.items[2].points == (0, 1)
