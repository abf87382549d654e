"""The anatomy of CIPS, which no scale shrinks."""

import numpy as np
import pytest

from cips_models.survey.simulation.draw import draw_survey
from cips_models.survey.simulation.questionnaire import ANATOMY, GROUPS, codebook
from cips_models.survey.simulation.sample import draw_roster


def test_countries_factors_groups_waves(written):
    responses, truth = written().responses(), written().truth()
    waves = responses.groupby("country")["wave"].nunique()
    assert len(waves) == 25
    assert (waves == 2).sum() == 17
    assert set(responses.loc[responses["country"].isin(waves.index[waves == 1]), "wave"]) == {"1"}
    assert truth.sizes["factor"] == 10
    assert set(responses["group"]) == set(GROUPS)


def test_small_cells_and_people_enough_for_five_minutes(written):
    responses = written().responses()
    assert 7500 <= len(responses) <= 8500
    assert responses["respondent"].is_unique
    cells = responses.groupby(["country", "group", "wave"]).size()
    assert len(cells) == 2 * (25 + 17)
    assert cells.min() >= 8
    assert cells.max() <= 250
    assert cells.max() > 3 * cells.min()


def test_questionnaires_of_different_lengths(written):
    items = written().toml("codebook.toml")["items"]
    per_factor = {
        group: [
            sum(i["factor"] == f and i["groups"] == [group] for i in items)
            for f in written().toml("codebook.toml")["factors"]
        ]
        for group in GROUPS.values()
    }
    assert set(per_factor["officials"]) == {3, 4, 5}
    assert set(per_factor["private sector"]) == {2, 3, 4}
    assert sum(map(sum, per_factor.values())) == len(items)


def test_kinds_of_items(written):
    items = written().toml("codebook.toml")["items"]
    for group in GROUPS.values():
        kinds = {(i["scale"], i.get("reversed", False)) for i in items if i["groups"] == [group]}
        assert kinds >= {("agreement", False), ("agreement", True), ("frequency", False)}


def test_each_group_answers_its_own_items_only(written):
    wide, book = written().responses(), written().toml("codebook.toml")
    labels = written().toml("study.toml")["groups"]["labels"]
    for item in book["items"]:
        asked = wide["group"].map(labels).isin(item["groups"])
        assert (wide.loc[~asked, item["id"]] == "").all()
        assert (wide.loc[asked, item["id"]] != "").mean() > 0.9


def test_codes_and_missing_answers(written):
    wide, book = written().responses(), written().toml("codebook.toml")
    labels = written().toml("study.toml")["groups"]["labels"]
    missing = []
    for item in book["items"]:
        scale = book["scales"][item["scale"]]
        codes = wide.loc[wide["group"].map(labels).isin(item["groups"]), item["id"]]
        assert set(codes) == {*scale["levels"], *scale["dont_know"], ""}
        missing.append(codes.isin(["9", ""]).mean())
    assert np.mean(missing) == pytest.approx(0.06, abs=0.005)


def test_background_is_complete(written):
    wide = written().responses()
    assert set(wide.loc[wide["group"] == "CO", "rank"]) == {"manager", "staff"}
    assert set(wide.loc[wide["group"] == "PS", "rank"]) == {"owner", "employee"}
    assert set(wide["gender"]) == {"woman", "man"}


def test_full_cips():
    survey = draw_survey("cips", "real", np.random.default_rng(1))
    assert survey.roster.followed.tolist() == [True] * 17
    assert survey.roster.sizes.sum(axis=(0, 2)).tolist() == [11_000, 8_500]
    assert survey.roster.sizes.min() >= 75
    assert np.bincount(survey.items.group).tolist() == [57, 42]
    assert (survey.answers >= 0).sum() == pytest.approx(920_000, rel=0.01)


@pytest.mark.parametrize("scale", ["small", "cips"])
def test_roster_agrees_with_its_sizes(scale, rng):
    roster = draw_roster(ANATOMY[scale], rng)
    counted = np.zeros_like(roster.sizes)
    np.add.at(counted, (roster.country, roster.group, roster.wave), 1)
    np.testing.assert_array_equal(counted, roster.sizes)
    assert tuple(counted.sum(axis=(0, 2))) == ANATOMY[scale].respondents


def test_every_group_is_asked_every_factor():
    for anatomy in ANATOMY.values():
        book = codebook(anatomy)
        for factor in book.factors:
            for group in GROUPS.values():
                assert len(book.of(factor, group)) >= 2
