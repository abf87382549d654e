"""What the report says of few countries, by its declared rules."""

import numpy as np
import pytest

from cips_models.report import few_clusters
from cips_models.report.answers import answers
from cips_models.report.few_clusters_words import STANDINGS, sentences, standing


@pytest.fixture
def beside(make_assessment, make_tables):
    """An assessment whose model finds P(> 0) and whose permuted maps find p."""

    def build(probability, p, greater=True):
        tables = make_tables()
        effects, maps = tables["effects"], tables["permutations"]
        chosen = (effects["route"] == "cut") & (effects["scale"] == "latent")
        effects.loc[chosen & (effects["estimand"] == "ATT"), "p_positive"] = probability
        sides = (p / 2, 1 - p / 2)
        maps["p"] = [p if s == "both margins" else p / 3 for s in maps["scheme"]]
        maps["p_greater"], maps["p_less"] = sides if greater else sides[::-1]
        return make_assessment(tables)

    return build


@pytest.mark.parametrize(
    ("probability", "p", "greater", "rule", "overturns"),
    [
        (0.99, 0.01, True, 0, False),
        (0.01, 0.01, False, 0, False),
        (0.99, 0.01, False, 1, True),
        (0.99, 0.08, True, 2, True),
        (0.02, 0.3, False, 2, True),
        (0.96, 0.03, True, 3, False),
        (0.7, 0.6, True, 4, False),
    ],
)
def test_model_and_permutations_side_by_side(beside, probability, p, greater, rule, overturns):
    assessment = beside(probability, p, greater)
    found, sentence = standing(assessment, "officials", "did")
    assert found is STANDINGS[rule]
    assert f"p = {p:.3f}" in sentence
    warned = [w for w in answers(assessment)[0].warnings if sentence in w]
    assert bool(warned) == overturns


def test_every_group_gets_its_sentences_and_every_table_its_rows(assessment):
    said = sentences(assessment, "did")
    assert said[0].startswith("Officials: ")
    assert said[1].startswith("Private sector: ")
    assert all("A regression on raw cells, 17 countries as clusters" in s for s in said[:2])
    assert len(few_clusters.permutations(assessment).rows) == 4
    assert len(few_clusters.left_out(assessment).rows) == 2 * (1 + 17 + 10)
    assert len(few_clusters.wild(assessment).rows) == 4
    assert not few_clusters.placebo(assessment).rows


def test_intervals_that_come_to_hold_zero_are_counted(make_assessment, make_tables):
    tables = make_tables()
    left = tables["leave_one_out"]
    own = (left["group"] == "officials") & (left["scale"] == "percent")
    left.loc[own, ["mean", "lower", "upper"]] = [3.0, 1.0, 5.0]
    one = own & (left["country"] == "Ghana")
    left.loc[one, ["mean", "lower", "upper", "change"]] = [1.2, -0.4, 2.8, -1.8]
    said = sentences(make_assessment(tables), "did")[0]
    assert "the farthest from +3.0 is that without Ghana (+1.2)" in said
    assert "In 1 of 27 cases the interval then holds zero" in said


def test_without_an_effect_to_judge_the_report_says_so(make_assessment, make_tables):
    tables = make_tables()
    for name in ("permutations", "permutation_distribution", "leave_one_out", "wild_bootstrap"):
        tables[name] = tables[name].iloc[:0]
    (sentence,) = sentences(make_assessment(tables), "did")
    assert "nothing was left out" in sentence


def test_without_the_bootstrap_the_report_says_why(make_assessment, make_tables):
    tables = make_tables()
    own = tables["wild_bootstrap"]["group"] == "officials"
    numbers = ["mean", "se", "lower", "upper", "p"]
    tables["wild_bootstrap"].loc[own, numbers] = np.nan
    tables["wild_bootstrap"].loc[own, "reason"] = "No cell is known at two waves."
    assessment = make_assessment(tables)
    said = sentences(assessment, "did")
    assert said[-1].endswith("(officials): No cell is known at two waves.")
    assert [row[0] for row in few_clusters.wild(assessment).rows] == ["Private sector"] * 2
