"""A survey without a country or a factor is as if it had not been asked."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from cips_models.errors import SurveyError
from cips_models.survey.subset import without

SUPPORTED = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)


@pytest.fixture(scope="module")
def survey(make_survey):
    background = {"gender": ["f", "m"] * 12}
    return make_survey(
        supported=SUPPORTED, background=background, composition={"columns": ["gender"]}
    )


def test_without_a_country(survey):
    left = without(survey, country="Belovodye")
    kept = (survey.respondents["country"] != "Belovodye").to_numpy()
    assert left.countries == ("Avalon", "Cockaigne")
    assert list(left.respondents["country"].cat.categories) == ["Avalon", "Cockaigne"]
    xr.testing.assert_equal(left.answers, survey.answers[kept])
    np.testing.assert_array_equal(left.supported, SUPPORTED[[0, 2]])
    counted = left.composition.respondents.sum("stratum").sel(country="Avalon")
    xr.testing.assert_equal(
        counted, survey.composition.respondents.sum("stratum").sel(country="Avalon")
    )
    assert len(left.composition.stratum) == kept.sum()
    assert left.fingerprint != survey.fingerprint


def test_without_a_factor(survey):
    left = without(survey, factor="F2")
    assert left.factors == ("F1", "F3")
    assert {item.factor for item in left.codebook.items} == {"F1", "F3"}
    assert [item.id for item in left.codebook.items] == list(left.answers["item"].to_numpy())
    np.testing.assert_array_equal(left.supported, SUPPORTED[:, [0, 2]])
    pd.testing.assert_frame_equal(left.respondents, survey.respondents)


def test_the_survey_itself_stays_as_it_is(survey):
    before = survey.answers.copy(deep=True)
    without(survey, country="Avalon", factor="F1")
    xr.testing.assert_identical(survey.answers, before)
    assert survey.countries == ("Avalon", "Belovodye", "Cockaigne")


@pytest.mark.parametrize("which", [{"country": "Atlantis"}, {"factor": "F9"}])
def test_an_unknown_label_is_named(survey, which):
    with pytest.raises(SurveyError, match=r"Atlantis|F9"):
        without(survey, **which)
