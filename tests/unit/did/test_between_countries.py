"""Raw answers, countries against countries: against loops, and what is left out."""

import numpy as np
import pytest
from scipy import stats

import cips_models as cips
from cips_models.did.distributional import counterfactual
from cips_models.errors import IdentificationError

COUNTRIES = tuple(f"C{c}" for c in range(6))
SUPPORTED = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 1, 0], [0, 0, 0]], bool)


@pytest.fixture(scope="module")
def survey(make_survey):
    return make_survey(countries=COUNTRIES, supported=SUPPORTED, respondents=60, missing=0.1)


@pytest.fixture(scope="module")
def found(survey):
    return cips.between_countries(survey, seed=3, draws=40)


def item_shares(survey, item, group, country, wave):
    people = survey.respondents
    rows = (people["country"] == country) & (people["group"] == group) & (people["wave"] == wave)
    answers = survey.answers.sel(item=item).to_numpy()[rows.to_numpy()]
    levels = next(i.n_levels for i in survey.codebook.items if i.id == item)
    counts = np.bincount(answers[answers >= 0], minlength=levels)
    return counts / counts.sum()


def by_hand(survey, without=None):
    """Score of officials: Q2 of F1, Q3 and Q4 of F2; F3 was supported in one country only."""
    items = {"Q2": 0, "Q3": 1, "Q4": 1}
    kept = [c for c in range(6) if c != without]
    cells = [SUPPORTED[kept, f].sum() for f in (0, 1)]
    totals = np.zeros(2)
    for item, f in items.items():
        worth = np.asarray(next(i.scale.points for i in survey.codebook.items if i.id == item))
        arm = {
            (kind, wave): np.mean(
                [
                    item_shares(survey, item, "officials", COUNTRIES[c], wave)
                    for c in kept
                    if SUPPORTED[c, f] == kind
                ],
                axis=0,
            )
            for kind in (False, True)
            for wave in ("2021", "2023")
        }
        expected = counterfactual(arm[False, "2021"], arm[False, "2023"], arm[True, "2021"])
        added = arm[True, "2021"] + arm[False, "2023"] - arm[False, "2021"]
        share = cells[f] / sum(cells) / sum(g == f for g in items.values())
        for t, each in enumerate((expected, added)):
            totals[t] += 100 * share * (arm[True, "2023"] - each) @ worth
    return totals


def test_it_is_the_mean_over_items_then_factors_and_its_spread_the_jackknife(survey):
    whole = by_hand(survey)
    away = np.array([by_hand(survey, without=c) for c in range(6)]) - whole
    sd = np.sqrt(5 / 6 * (away**2).sum(axis=0))
    draws = cips.between_countries(survey, seed=3, draws=40_000)["score"]
    mine = draws.sel(group="officials", trends=["distribution", "shares"]).isel(chain=0)
    np.testing.assert_allclose(mine.mean("draw"), whole)
    # Student's t with five degrees of freedom.
    ends = (mine.quantile(0.975, "draw") - mine.quantile(0.025, "draw")).to_numpy() / 2
    np.testing.assert_allclose(ends / sd, stats.t.ppf(0.975, 5), rtol=0.04)


def test_it_counts_what_contributes_and_what_does_not(found):
    own = found.sel(group="officials")
    # Q1 has two levels, Q6 is of F3.
    assert (int(own["items"]), int(own["left_out"])) == (3, 2)
    assert (int(own["cells"]), int(own["factors"]), int(own["countries"])) == (6, 2, 6)
    assert int(found["items"].sel(group="private sector")) == 2


def test_shares_of_answers_sum_to_zero_and_differ_by_number_of_levels(found):
    sizes = {str(level).split(" of ")[1] for level in found["level"].to_numpy()}
    assert sizes == {"4", "5"}
    for size in sizes:
        mine = [level for level in found["level"].to_numpy() if str(level).endswith(size)]
        total = found["answers"].sel(level=mine, group="officials").sum("level")
        np.testing.assert_allclose(total, 0.0, atol=1e-9)


def test_without_two_countries_on_either_side_it_is_refused(make_survey):
    few = make_survey(countries=COUNTRIES[:3], supported=SUPPORTED[:3], respondents=20)
    with pytest.raises(IdentificationError, match="with 2 supporting and 2 other"):
        cips.between_countries(few, seed=1, draws=10)


def test_the_same_seed_gives_the_same_draws(survey, found):
    again = cips.between_countries(survey, seed=3, draws=40)
    np.testing.assert_array_equal(again["percent"], found["percent"])
