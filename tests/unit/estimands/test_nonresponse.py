"""Rates of don't know against counting by hand, and SciPy's own interval of a mean."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from cips_models.estimands.nonresponse import dont_know_changes, nonresponse
from cips_models.survey.survey import ANSWERED, DONT_KNOW, NOT_ASKED, REFUSED

WAVES = ("2021", "2023", "2025")


def counts_of(rates, asked=200):
    """One item, one group: (country, wave) per cent of 200 people; NaN where not asked."""
    rates = np.array(rates, dtype=float)
    here = ~np.isnan(rates)
    dims = ("country", "group", "wave", "item")
    know = np.where(here, rates * asked / 100, 0)[:, None, :, None]
    return xr.Dataset(
        {
            "asked": (dims, np.where(here, asked, 0)[:, None, :, None]),
            "dont_know": (dims, know),
        },
        coords={
            "country": [f"C{c}" for c in range(len(rates))],
            "group": ["all"],
            "wave": list(WAVES[: rates.shape[1]]),
            "item": ["Q1"],
        },
    )


def only(found):
    return {name: value.item() for name, value in found.data_vars.items()}


@pytest.fixture(scope="module")
def survey(make_survey):
    survey = make_survey(waves=WAVES, once=("Cockaigne",), respondents=9)
    rng = np.random.default_rng(7)
    reasons = survey.reasons.copy()
    reasons.values[:] = rng.choice([ANSWERED, DONT_KNOW, REFUSED, NOT_ASKED], reasons.shape)
    object.__setattr__(survey, "reasons", reasons)
    return survey


def test_counts_are_those_of_a_loop(survey):
    found = nonresponse(survey)
    people = survey.respondents
    labels = [tuple(map(str, row)) for row in people[["country", "group", "wave"]].to_numpy()]
    for country, group, wave in set(labels):
        mine = [row == (country, group, wave) for row in labels]
        for item in ("Q1", "Q6"):
            own = survey.reasons.sel(item=item).values[mine]
            cell = found.sel(country=country, group=group, wave=wave, item=item)
            assert int(cell["asked"]) == (own != NOT_ASKED).sum()
            assert int(cell["dont_know"]) == (own == DONT_KNOW).sum()
            assert int(cell["refused"]) == (own == REFUSED).sum()
    assert int(found["asked"].sum()) == (survey.reasons.values != NOT_ASKED).sum()
    assert int(found["asked"].sel(country="Cockaigne").isel(wave=slice(1, None)).sum()) == 0


def test_countries_are_the_clusters():
    rates = np.array([[2.0, 9.0], [4.0, 5.0], [10.0, 12.0], [6.0, 4.0], [8.0, np.nan]])
    found = only(dont_know_changes(counts_of(rates)))
    each = (rates[:, 1] - rates[:, 0])[:4]
    wanted = stats.ttest_1samp(each, 0).confidence_interval(0.95)
    assert (found["from"], found["to"], found["countries"]) == ("2021", "2023", 4)
    assert found["change"] == pytest.approx(each.mean())
    assert (found["lower"], found["upper"]) == pytest.approx((wanted.low, wanted.high))
    assert found["rate_from"] == pytest.approx(rates[:4, 0].mean())
    assert found["rate_to"] - found["rate_from"] == pytest.approx(found["change"])


def test_the_size_of_a_country_does_not_count():
    counts = counts_of([[10.0, 20.0], [10.0, 12.0]])
    larger = counts.copy(deep=True)
    larger["asked"].values[0] *= 50
    larger["dont_know"].values[0] *= 50
    xr.testing.assert_allclose(dont_know_changes(larger), dont_know_changes(counts))


@pytest.mark.parametrize(
    ("rates", "countries", "change"),
    [
        ([[2.0, 8.0], [3.0, np.nan]], 1, 6.0),  # one country says nothing of the spread
        ([[0.0, 0.0], [0.0, 0.0]], 2, 0.0),  # nor do two that never say don't know
        ([[2.0, np.nan], [np.nan, 4.0]], 0, np.nan),  # other countries are no comparison
    ],
)
def test_no_interval_without_a_spread(rates, countries, change):
    found = only(dont_know_changes(counts_of(rates)))
    assert found["countries"] == countries
    np.testing.assert_allclose(found["change"], change)
    assert np.isnan([found["lower"], found["upper"]]).all()


def test_a_question_is_compared_over_the_waves_in_which_it_was_asked():
    later = only(dont_know_changes(counts_of([[np.nan, 4.0, 6.0], [np.nan, 1.0, 5.0]])))
    assert (later["from"], later["to"], later["change"]) == ("2023", "2025", 3.0)
    once = only(dont_know_changes(counts_of([[np.nan, 4.0, np.nan]])))
    assert (once["from"], once["to"], once["countries"]) == ("", "", 0)
