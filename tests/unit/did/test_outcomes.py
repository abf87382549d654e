"""One effect on several outcomes: the table against the functions, and what stands beside it."""

import dataclasses

import numpy as np
import pytest

import cips_models as cips
from cips_models.did.estimand import in_words, of_rows
from cips_models.did.outcomes import outcome_tables
from cips_models.did.statements import estimand
from cips_models.did.tables import effects_table

COUNTRIES = tuple(f"C{c}" for c in range(6))
SUPPORTED = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 1, 0], [0, 0, 0]], bool)


@pytest.fixture(scope="module")
def survey(make_survey):
    return make_survey(countries=COUNTRIES, supported=SUPPORTED, respondents=20, missing=0.0)


@pytest.fixture(scope="module")
def fit(make_fit):
    return make_fit(countries=COUNTRIES, supported=SUPPORTED)


@pytest.fixture(scope="module")
def tables(fit, survey):
    return outcome_tables(fit, survey, seed=4)


def test_within_countries_it_is_the_average_effect(fit, tables):
    table, alone = tables["outcomes"], effects_table(fit)
    within = table[table["parallel_trends"].isin(["latent", "points"])]
    key = ["group", "scale", "parallel_trends"]
    same = within.merge(alone[alone["estimand"] == "ATT"], on=key, suffixes=("", "_alone"))
    assert len(same) == len(within) == 10
    for name in ("mean", "lower", "upper", "p_positive"):
        np.testing.assert_allclose(same[name], same[f"{name}_alone"])
    assert (same["assumption"] == same["assumption_alone"]).all()


def test_between_countries_it_is_that_of_raw_answers(survey, tables):
    table, alone = tables["outcomes"], cips.between_countries(survey, seed=4)
    for trends in ("distribution", "shares"):
        mine = table[(table["parallel_trends"] == trends) & (table["estimand"] == "ATT")]
        for _index, row in mine.iterrows():
            draws = alone[row["scale"]].sel(trends=trends, group=row["group"])
            assert row["mean"] == pytest.approx(float(draws.mean()))
            assert row["items"] == int(alone["items"].sel(group=row["group"]))
        assert mine["comparison"].str.contains("between countries").all()
    levels = table[table["level"] != ""]
    assert set(levels["estimand"]) == {"ATT by level of the answer"}
    assert levels["scale"].eq("percent").all()


def test_effects_on_cells_average_to_the_effect(tables):
    cells, outcomes = tables["cell_effects"], tables["outcomes"]
    means = cells.groupby(["group", "scale", "parallel_trends"])["mean"].mean()
    within = outcomes[outcomes["parallel_trends"].isin(["latent", "points"])]
    for _index, row in within.iterrows():
        key = (row["group"], row["scale"], row["parallel_trends"])
        assert row["mean"] == pytest.approx(means[key])


def test_without_an_effect_the_tables_have_no_rows(make_fit, make_survey):
    found = outcome_tables(make_fit(countries=COUNTRIES), make_survey(countries=COUNTRIES), seed=1)
    assert set(found) == {"outcomes", "weightings", "cell_effects"}
    assert all(table.empty for table in found.values())


def test_without_items_between_countries_the_others_stay(fit, make_survey):
    few = make_survey(countries=COUNTRIES, supported=np.eye(6, 3).astype(bool), missing=0.0)
    table = outcome_tables(fit, few, seed=1)["outcomes"]
    assert set(table["parallel_trends"]) == {"latent", "points"}


# --- what an effect is an effect of ---------------------------------------------------------


def test_every_effect_of_every_table_says_what_it_is(fit, tables):
    for table in (*tables.values(), effects_table(fit)):
        stated = table[~table["estimand"].str.contains("slope|persistence")]
        records = of_rows(stated)
        assert len(records) == len(stated)
        for each in records:
            words = each.words()
            for part in (each.population, each.comparison, each.assumption):
                assert part in words
            assert f"{each.countries} countries" in words


def test_the_record_of_a_row_is_that_of_the_fit(fit):
    table = effects_table(fit, weights="factors")
    row = table[(table["estimand"] == "ATT") & (table["scale"] == "score")].iloc[[0]]
    (record,) = of_rows(row)
    made = estimand(
        fit, "officials", scale="score", trends=row["parallel_trends"].iloc[0], weights="factors"
    )
    assert record == made
    assert "every factor weighs the same" in record.words()


def test_many_are_said_with_each_thing_once(fit):
    one = estimand(fit, "officials")
    assert in_words([one]) == in_words([one, one])
    assert " ".join(in_words([one])) == one.words()
    other = dataclasses.replace(one, scale="percent", assumption="Another.")
    said = in_words([one, other, dataclasses.replace(one, group="traders")])
    assert said[0].startswith("Officials: the average effect")
    assert said[1].startswith("Traders: the average effect")
    assert said[-2:] == [one.assumption, "Another."]
    together = in_words([one, dataclasses.replace(one, group="traders")])
    assert together[0].startswith("Officials, traders: ")
    assert len(together) == 3
