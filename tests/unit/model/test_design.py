"""The design of a survey as it is kept in a fit file."""

import dataclasses

import numpy as np
import xarray as xr

from cips_models.model.design import as_dataset, design, from_dataset
from cips_models.model.layout import layout

SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0]], bool)


def test_intensity_is_one_unless_the_survey_says_otherwise(make_survey):
    survey = make_survey(supported=SUPPORTED)
    lay = layout(survey)
    np.testing.assert_array_equal(design(survey, lay).intensity, SUPPORTED)
    told = xr.DataArray(
        np.where(SUPPORTED, [[0.5], [2.0], [1.0]], 0.0)[::-1],
        {"country": list(survey.countries)[::-1], "factor": list(survey.factors)},
        ("country", "factor"),
    )
    found = design(dataclasses.replace(survey, support_intensity=told), lay)
    assert found.intensity.tolist() == [[0.5, 0, 0], [0, 2, 0], [1, 1, 0]]


def test_a_design_comes_back_from_its_dataset(make_survey):
    for survey in (make_survey(supported=SUPPORTED), make_survey()):
        before = design(survey, layout(survey))
        after = from_dataset(as_dataset(before))
        for field in dataclasses.fields(before):
            np.testing.assert_array_equal(
                getattr(after, field.name), getattr(before, field.name), err_msg=field.name
            )
