"""Prediction and comparison: a fit's draws put back on its survey."""

from dataclasses import replace

import numpy as np
import pytest

from cips_models.disclosure import Rule
from cips_models.errors import FitError
from cips_models.inference.comparison import compare
from cips_models.inference.predictive import predictive
from cips_models.inference.replay import thinned
from cips_models.model.layout import layout
from cips_models.model.record import cells
from cips_models.survey.survey import NO_ANSWER


@pytest.mark.parametrize("most", [1, 3, 40, 200, 999, 1000, 5000])
def test_thinning_keeps_chains_and_never_more_than_asked(fit, most):
    kept = thinned(fit, most)
    assert kept.sizes["chain"] == min(4, most)
    assert 0 < kept.sizes["chain"] * kept.sizes["draw"] <= most
    assert kept.sizes["chain"] * kept.sizes["draw"] >= min(most, 1000) / 2


def test_replicates_are_labelled_and_repeat_with_their_seed(fit, survey):
    one, two, other = (predictive(fit, survey, seed=s, draws=20) for s in (1, 1, 2))
    assert one["replicated"].dims == ("draw", "country", "factor", "group", "wave")
    assert one.sizes["draw"] == 20
    assert one.identical(two)
    assert not one.equals(other)
    seen = one["observed"].notnull()
    assert (one["replicated"].notnull() == seen).all()
    assert one["replicated"].min() >= 0
    assert one["replicated"].max() <= 100
    floor = Rule(0).floor(one["respondents"].to_numpy())
    np.testing.assert_array_equal(fit.cells["sample"].transpose(*one["respondents"].dims), floor)


def test_foreign_and_cell_fits_are_refused(fit, make_fit, make_survey, survey):
    foreign = make_survey(respondents=7, seed=2)
    cut = make_fit(route="cut")
    with pytest.raises(FitError, match=r"found data with fingerprint .*; expected .*of the fit"):
        predictive(fit, foreign, seed=1)
    with pytest.raises(FitError, match="fingerprint"):
        compare({"a": fit, "b": fit}, foreign)
    with pytest.raises(FitError, match="no likelihood of respondents"):
        compare({"a": fit, "b": cut}, survey)
    with pytest.raises(FitError, match="found 1 fit; expected two or more"):
        compare({"a": fit}, survey)


def test_fits_that_predict_different_things_are_not_compared(fit, survey):
    slope = fit.posterior["level"].isel(country=0, factor=0, wave=0, drop=True)
    also = replace(fit, posterior=fit.posterior.assign(answering_slope=slope))
    with pytest.raises(FitError, match=r"who says don't know \(told\).*that predict the same"):
        compare({"told": also, "not": fit}, survey)


def test_better_model_comes_first(fit, survey):
    """Levels moved away from where the answers came from predict worse."""
    posterior = fit.posterior.isel(draw=slice(0, 50)).copy(deep=True)
    simple = replace(fit, posterior=posterior)
    moved = posterior.assign(level=posterior["level"] + 2.0)
    table = compare({"moved": replace(fit, posterior=moved), "simple": simple}, survey)
    assert table.index.name == "fit"
    assert sorted(table.index) == ["moved", "simple"]
    assert table["elpd"].is_monotonic_decreasing
    assert table["rank"].tolist() == [0, 1]
    assert (table["respondents"] == len(survey.respondents)).all()
    assert table["weight"].sum() == pytest.approx(1.0, abs=1e-6)
    assert (table["pareto_k_bad"] >= 0).all()


def test_raw_results_of_cells_by_hand(make_survey):
    """Against counting respondent by respondent, question by question."""
    survey = make_survey(respondents=4, missing=0.4, once=("Avalon",))
    lay = layout(survey)
    found = cells(survey, lay)
    asked = {
        (item.id, group, wave): bool(
            (
                survey.answers.sel(item=item.id).to_numpy()[
                    (
                        (survey.respondents["group"] == group)
                        & (survey.respondents["wave"] == wave)
                    ).to_numpy()
                ]
                != NO_ANSWER
            ).any()
        )
        for item in survey.codebook.items
        for group in survey.groups
        for wave in survey.waves
    }
    for country in survey.countries:
        for factor in survey.factors:
            for group in survey.groups:
                for wave in survey.waves:
                    rows = (
                        (survey.respondents["country"] == country)
                        & (survey.respondents["group"] == group)
                        & (survey.respondents["wave"] == wave)
                    ).to_numpy()
                    points, positive, people = [], [], 0
                    for row in survey.answers.to_numpy()[rows]:
                        counted = [
                            (item, level)
                            for item, level in zip(survey.codebook.items, row, strict=True)
                            if item.factor == factor
                            and level >= 0
                            and all(asked[item.id, group, w] for w in survey.waves)
                        ]
                        people += bool(counted)
                        points += [item.points[level] for item, level in counted]
                        positive += [item.positive[level] for item, level in counted]
                    cell = found.sel(country=country, factor=factor, group=group, wave=wave)
                    assert cell["respondents"] == people
                    assert cell["answers"] == len(points)
                    if points:
                        assert float(cell["score"]) == pytest.approx(100 * np.mean(points))
                        assert float(cell["percent"]) == pytest.approx(100 * np.mean(positive))
                    else:
                        assert np.isnan(cell["score"])


def test_who_answered_nothing_is_not_compared(fit, survey):
    answers = survey.answers.copy(deep=True)
    answers[:3] = -1
    silent = replace(survey, answers=answers)
    posterior = fit.posterior.isel(draw=slice(0, 50))
    fits = {name: replace(fit, posterior=posterior) for name in ("one", "other")}
    assert (compare(fits, silent)["respondents"] == len(survey.respondents) - 3).all()
