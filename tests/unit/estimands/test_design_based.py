"""Weighted estimates and their standard errors, against an independent survey package."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import cips_models as cips
from cips_models.model.layout import layout
from cips_models.model.record import cells, questionnaire, reference

CELL = ["country", "group", "wave"]


@pytest.fixture(scope="module")
def survey(make_survey):
    """Weights from nearly nothing to several, one of zero; some answer no question of a factor."""
    made = make_survey(respondents=9, missing=0.5, once=("Avalon",), seed=4)
    weight = np.random.default_rng(6).gamma(1.0, 1.0, len(made.respondents))
    weight[3] = 0.0
    return replace(made, respondents=made.respondents.assign(w=weight), weight="w")


def by_answer(survey):
    """One row a question that a respondent's group was asked, whether it was answered or not."""
    lay = layout(survey)
    book = questionnaire(survey, lay)
    asked = reference(book).to_pandas()
    people = survey.respondents.iloc[lay.order]
    rows = []
    for person, given in zip(people.itertuples(), lay.answers, strict=True):
        for j, label in enumerate(book["question"].to_numpy()):
            if not asked.loc[label, person.group]:
                continue
            level = max(given[j], 0)
            rows.append(
                {
                    "respondent": person.Index,
                    "cell": " / ".join([person.country, person.group, person.wave]),
                    "factor": survey.factors[lay.questions.factor[j]],
                    "w": person.w,
                    "counts": bool(given[j] >= 0),
                    "percent": 100.0 * float(book["positive"][j, level]),
                    "score": 100.0 * float(book["points"][j, level]),
                }
            )
    return pd.DataFrame(rows)


@pytest.mark.parametrize("scale", ["percent", "score"])
def test_estimates_and_errors_are_those_of_svy(survey, scale):
    import polars as pl
    import svy

    table = pl.from_pandas(by_answer(survey))
    sample = svy.Sample(table, svy.Design(psu="respondent", stratum="cell", wgt="w"))
    found = cips.design_based(survey)
    compared = 0
    for factor in survey.factors:
        where = (svy.col("factor") == factor) & svy.col("counts")
        estimates = sample.estimation.mean(scale, by="cell", where=where).to_polars()
        for row in estimates.iter_rows(named=True):
            at = dict(zip(CELL, row["cell"].split(" / "), strict=True))
            own = found.sel(at, drop=True).sel(factor=factor)
            assert float(own[scale]) == pytest.approx(row["est"], rel=1e-9)
            assert float(own[f"{scale}_se"]) == pytest.approx(row["se"], rel=1e-9)
            compared += float(own[f"{scale}_se"]) > 1
    assert compared > 25


def test_without_weights_estimates_are_the_raw_results(survey):
    plain = replace(survey, weight=None)
    found, raw = cips.design_based(plain), cells(plain, layout(plain))
    for name in ("percent", "score", "respondents"):
        np.testing.assert_allclose(found[name], raw[name], equal_nan=True)
    assert found.attrs["weight"] == ""
    assert cips.design_based(survey).attrs["weight"] == "w"
    assert float(abs(found["score"] - cips.design_based(survey)["score"]).max()) > 5


def test_weights_count_in_proportion(survey):
    doubled = survey.respondents.assign(w=2.0 * survey.respondents["w"])
    one, other = cips.design_based(survey), cips.design_based(replace(survey, respondents=doubled))
    for name in one.data_vars:
        np.testing.assert_allclose(one[name], other[name], equal_nan=True)


def test_answers_of_one_person_are_no_independent_answers(make_survey):
    """Everybody says the same to both questions: the error is that of persons, not of answers."""
    both = ("officials", "private sector")
    questions = [(f"Q{k}", "F", 2, both, False) for k in range(8)]
    people = np.tile([0, 1, 1, 0, 1, 0, 1, 1, 1, 0], 2 * 2)
    made = make_survey(
        questions=questions, countries=("A",), respondents=10, answers=np.tile(people[:, None], 8)
    )
    found = cips.design_based(made).isel(country=0, factor=0)
    assert (found["percent"] == 60).all()
    np.testing.assert_allclose(found["percent_se"], 100 * np.sqrt(0.6 * 0.4 / 9))


def test_one_respondent_has_no_standard_error(make_survey):
    found = cips.design_based(make_survey(respondents=1, missing=0.0))
    assert np.isfinite(found["percent"]).any()
    assert np.isnan(found["percent_se"]).all()
