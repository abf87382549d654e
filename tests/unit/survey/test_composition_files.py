"""Strata, modes, standards and population tables: what is read, and what is refused."""

import numpy as np
import pytest

import cips_models as cips
from cips_models.survey.study import Columns, Labelling, Mode, Strata, Study
from cips_models.survey.study_file import load_study, write_study

POPULATION = """\
country,group,rank,count
Bénin,officials,chief,10
Bénin,officials,clerk,30
"""


@pytest.fixture
def ranked(tiny):
    """Chiefs and clerks by turns, but all chiefs in Tunisia and nobody known in São Tomé."""
    table = tiny.responses
    table["rank"] = np.where(np.arange(len(table)) % 4 == 0, "clerk", "chief")
    table.loc[table["country"] == "تونس", "rank"] = "chief"
    table.loc[table["country"] == "São Tomé", "rank"] = ""
    tiny.edit("study", "[groups]", '[composition]\nstrata = ["rank"]\n\n[groups]')
    return tiny


def with_population(tiny, text):
    tiny.edit("study", "[columns]", 'population = "population.csv"\n\n[columns]')
    (tiny.folder / "population.csv").write_text(text, encoding="utf-8")


def standard(survey, country, group="officials"):
    own = survey.composition.standard.sel(country=country, group=group)
    return {str(s): float(own.sel(stratum=s)) for s in own["stratum"].to_numpy()}


def test_without_strata_and_mode_there_is_no_composition(tiny):
    assert tiny.read().composition is None


def test_strata_are_values_and_the_standard_is_pooled_over_waves(ranked):
    survey = ranked.read()
    assert list(survey.composition.strata.index) == ["chief", "clerk", "unknown"]
    assert survey.composition.mode is None
    assert standard(survey, "Bénin") == {"chief": 0.75, "clerk": 0.25, "unknown": 0}
    assert standard(survey, "تونس") == {"chief": 1, "clerk": 0, "unknown": 0}
    # Where all are unknown there is nothing else to be had.
    assert standard(survey, "São Tomé") == {"chief": 0, "clerk": 0, "unknown": 1}
    assert any('Without "rank": 8 respondents' in note for note in survey.notes)
    labels = survey.composition.strata["rank"].to_numpy()[survey.composition.stratum]
    np.testing.assert_array_equal(labels, survey.respondents["rank"].replace("", "unknown"))
    assert int(survey.composition.respondents.sum()) == len(survey.respondents)


def test_unknown_people_have_no_weight_beside_known_ones(ranked):
    ranked.responses.loc[1, "rank"] = ""
    assert standard(ranked.read(), "Bénin") == {
        "chief": pytest.approx(2 / 3),
        "clerk": pytest.approx(1 / 3),
        "unknown": 0,
    }


def test_a_wave_may_be_the_standard(ranked):
    rows = (ranked.responses["country"] == "Bénin") & (ranked.responses["wave"] == "1")
    ranked.responses.loc[rows, "rank"] = "clerk"
    absent = (ranked.responses["country"] == "تونس") & (ranked.responses["wave"] == "1")
    ranked.responses = ranked.responses[~absent].reset_index(drop=True)
    ranked.edit("study", '["rank"]\n\n[groups]', '["rank"]\nstandard = "2021"\n\n[groups]')
    survey = ranked.read()
    assert standard(survey, "Bénin")["clerk"] == 1
    assert standard(survey, "تونس")["chief"] == 1
    note = next(note for note in survey.notes if note.startswith("Not surveyed in 2021"))
    assert "تونس / officials, تونس / private sector" in note
    assert "Bénin" not in note


def test_a_population_table_comes_first(ranked):
    with_population(ranked, POPULATION)
    survey = ranked.read()
    assert standard(survey, "Bénin") == {"chief": 0.25, "clerk": 0.75, "unknown": 0}
    assert standard(survey, "Bénin", "private sector")["chief"] == 0.75
    note = next(note for note in survey.notes if note.startswith("Not in the population table"))
    assert "Bénin / private sector" in note
    assert "Bénin / officials" not in note


def test_a_population_without_countries_is_everybodys(ranked):
    with_population(ranked, "rank,count\nchief,1\nclerk,4\n")
    survey = ranked.read()
    for country in survey.countries:
        assert standard(survey, country, "private sector")["clerk"] == 0.8


def test_a_stratum_may_be_in_the_population_alone(ranked):
    """Nobody of it answered in the country, but elsewhere somebody did."""
    text = "country,rank,count\nتونس,chief,1\nتونس,clerk,1\n"
    with_population(ranked, text)
    assert standard(ranked.read(), "تونس") == {"chief": 0.5, "clerk": 0.5, "unknown": 0}


@pytest.mark.parametrize(
    ("old", "new", "where", "found"),
    [
        ("clerk", "clark", "population.csv, row 3, column rank", '"clark"'),
        ("officials,clerk", "official,clerk", "population.csv, row 3, column group", '"official"'),
        ("Bénin,officials,clerk", "Benin,officials,clerk", "row 3, column country", '"Benin"'),
        (",30", ",-30", "population.csv, row 3, column count", '"-30"'),
        (",30", ",many", "population.csv, row 3, column count", '"many"'),
        ("clerk", "chief", "population.csv, rows 2, 3", '"Bénin", "officials", "chief" 2 times'),
        ("Bénin,officials,clerk,30\n", "", "population.csv", "no row for Bénin / officials"),
        (",rank,", ",ranks,", "population.csv, header", 'no column "rank"'),
        ("count\n", "number\n", "population.csv, header", 'no column "count"'),
    ],
)  # fmt: skip
def test_population_problems(ranked, old, new, where, found):
    assert old in POPULATION
    with_population(ranked, POPULATION.replace(old, new, 1))
    assert any(p.where.endswith(where) and p.found.startswith(found) for p in ranked.problems())


def test_all_problems_of_a_population_are_reported_together(ranked):
    with_population(ranked, POPULATION.replace(",30", ",x").replace("chief,10", "chef,-1"))
    assert {p.found for p in ranked.problems()} == {'"x"', '"-1"', '"chef"'}


def test_nobody_in_a_population(ranked):
    with_population(ranked, POPULATION.replace("10", "0").replace("30", "0"))
    assert ranked.problem().found == "nobody in Bénin / officials"


@pytest.mark.parametrize(
    ("old", "new", "where", "found"),
    [
        ('["rank"]\n\n[g', '["grade"]\n\n[g', "study.toml [composition] strata", '"grade"'),
        ('["rank"]\n\n[g', '["rank", "rank"]\n\n[g', "[composition] strata", '"rank" twice'),
        ('["rank"]\n\n[g', '["rank"]\nstandard = "2022"\n\n[g', "[composition] standard", '"2022"'),
        ('strata = ["rank"]\n\n[g', 'standard = "2021"\n\n[g', "[composition] strata", "nothing"),
        ("strata", "stratum", "study.toml [composition] stratum", "an unknown key"),
        ("[groups]", '[mode]\neffect = "none"\n[groups]', "study.toml [mode] ", "no column"),
    ],
)
def test_study_problems(ranked, old, new, where, found):
    ranked.edit("study", old, new)
    assert any(p.where.endswith(where) and p.found.startswith(found) for p in ranked.problems())


@pytest.fixture
def modes(tiny):
    """Tablets at the first wave, online at the second; private sector both ways at the second."""
    table = tiny.responses
    table["how"] = np.where(table["wave"] == "1", "tablet", "online")
    table.loc[(table["group"] == "PS") & (np.arange(len(table)) % 2 == 0), "how"] = "tablet"
    tiny.edit("study", "[columns]", '[columns]\nmode = "how"')
    return tiny


def test_modes_are_strata_and_levels_are_those_of_one_mode(modes):
    survey = modes.read()
    assert survey.composition.mode == "how"
    assert list(survey.composition.strata["how"]) == ["online", "tablet"]
    # Equal numbers: the first by name; of the private sector most are on tablets.
    assert standard(survey, "Bénin") == {"online": 1, "tablet": 0}
    assert standard(survey, "Bénin", "private sector") == {"online": 0, "tablet": 1}
    note = next(note for note in survey.notes if note.startswith("Wave and mode coincide"))
    assert "of: officials." in note


def test_the_standard_mode_may_be_named(modes):
    modes.edit("study", "[groups]", '[mode]\nstandard = "tablet"\n\n[groups]')
    assert standard(modes.read(), "Bénin") == {"online": 0, "tablet": 1}
    modes.edit("study", '"tablet"', '"tablets"')
    assert modes.problem().next_step == 'Did you mean "tablet"?'


def test_strata_and_modes_cross(modes):
    modes.edit("study", "[groups]", '[composition]\nstrata = ["rank"]\n\n[groups]')
    modes.responses.loc[:2, "rank"] = "clerk"
    survey = modes.read()
    assert list(survey.composition.strata.columns) == ["rank", "how"]
    found = standard(survey, "Bénin")
    assert found["clerk / online"] == 0.75  # one of them was online, but three of four are clerks
    assert sum(found.values()) == 1


@pytest.mark.parametrize(
    ("effect", "sd", "said"),
    [('"none"', 0.0, "is taken to have no effect"), ("{ sd = 0.25 }", 0.25, "0.25 logits")],
)
def test_what_is_assumed_of_the_mode_is_said(modes, effect, sd, said):
    modes.edit("study", "[groups]", f"[mode]\neffect = {effect}\n\n[groups]")
    survey = modes.read()
    assert survey.composition.mode_sd == sd
    assert said in survey.composition.assumption
    assert survey.composition.assumption in survey.notes
    assert not any(note.startswith("Wave and mode coincide") for note in survey.notes)


@pytest.mark.parametrize("effect", ['"any"', "{ sd = 0 }", "{ sd = -1 }", "{ size = 1 }", "0.2"])
def test_effects_of_the_mode_that_are_none(modes, effect):
    modes.edit("study", "[groups]", f"[mode]\neffect = {effect}\n\n[groups]")
    assert modes.problem().where == "study.toml [mode] effect"


def test_one_mode_is_no_mode(modes):
    modes.responses["how"] = "tablet"
    modes.edit("study", "[groups]", '[mode]\neffect = "none"\n\n[groups]')
    survey = modes.read()
    assert not survey.composition.assumption
    assert not any("mode" in note for note in survey.notes)


@pytest.mark.parametrize(
    "change",
    [
        lambda tiny: tiny.responses.loc.__setitem__((0, "rank"), "clerk"),
        lambda tiny: tiny.edit("study", '["rank"]\n\n[g', '["rank"]\nstandard = "2021"\n\n[g'),
        lambda tiny: with_population(tiny, "rank,count\nchief,1\nclerk,4\n"),
    ],
)
def test_fingerprints_know_the_composition(ranked, change):
    ranked.responses.loc[0, "rank"] = "chief"
    before = ranked.read().fingerprint
    change(ranked)
    assert ranked.read().fingerprint != before


@pytest.mark.parametrize("mode", [Mode(), Mode(0.0), Mode(0.2, "online")])
def test_study_files_come_back(tmp_path, mode):
    labels = Labelling({"1": "2021", "2": "2023"})
    study = Study(
        name="S",
        groups=Labelling({"a": "A"}),
        waves=labels,
        columns=Columns(background=("rank",), mode="how"),
        composition=Strata(("rank",), "2023"),
        mode=mode,
    )
    again = load_study(write_study(study, tmp_path / "study.toml"))
    assert (again.composition, again.mode) == (study.composition, mode)
    assert again.columns == study.columns


def test_a_population_may_be_a_sheet(ranked, tmp_path):
    import pandas as pd

    table = pd.DataFrame({"rank": ["chief", "clerk"], "count": [1, 4]})
    path = ranked.folder / "population.parquet"
    table.to_parquet(path)
    ranked.edit("study", "[columns]", 'population = "population.parquet"\n\n[columns]')
    assert standard(cips.read(ranked.write()), "Bénin")["clerk"] == 0.8
