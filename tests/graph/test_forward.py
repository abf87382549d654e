"""The model run forward agrees with the likelihood, which was written apart from it."""

import warnings

import numpy as np
import pymc as pm
import pytest

from cips_models.model.compilation import MODE
from cips_models.model.forward import simulate_answers
from cips_models.model.layout import layout
from cips_models.model.likelihood import parameters, pointwise
from cips_models.model.quadrature import Quadrature
from cips_models.survey.survey import NO_ANSWER

FINE = Quadrature(nodes=64, span=8.0, step=0.1, reach=14.0)
BOTH = ("officials", "private sector")
QUESTIONS = (
    ("Q1", "F1", 5, BOTH, False),
    ("Q2", "F1", 2, BOTH, False),
    ("Q3", "F2", 4, BOTH, False),
    ("Q4", "F3", 5, BOTH, False),
)
#: Of one sample against its expectation; fewer than 1 in 100,000 by chance.
SIGMAS = 4.5


def probabilities(make_survey, public, patterns):
    """Probability (cell, pattern) of answers to every question; -1: whatever."""
    survey = make_survey(
        questions=QUESTIONS,
        countries=("A",),
        respondents=len(patterns),
        answers=np.tile(patterns, (4, 1)),
    )
    lay = layout(survey)
    found = np.exp(pointwise(parameters(public, lay), lay, FINE))
    return found.reshape(4, len(patterns))


def test_frequencies_of_single_and_paired_answers(make_survey, parameters_of):
    each, cells = 8000, 4
    survey = make_survey(questions=QUESTIONS, countries=("A",), respondents=each, missing=0.0)
    lay = layout(survey)
    public = parameters_of(survey, lay)
    rng = np.random.default_rng(11)
    simulated = simulate_answers(rng, **parameters(public, lay), layout=lay)
    simulated = simulated.reshape(cells, each, len(QUESTIONS))
    levels = [k for _, _, k, _, _ in QUESTIONS]
    cases = [{j: k} for j in range(len(levels)) for k in range(levels[j])]
    # Two answers to one factor depend on v and u, to two factors on u alone.
    cases += [{0: 4, 1: 1}, {0: 0, 1: 1}, {0: 4, 2: 3}, {1: 1, 3: 0}, {2: 0, 3: 0}]
    wanted = np.full((len(cases), len(levels)), NO_ANSWER)
    for row, case in zip(wanted, cases, strict=True):
        row[list(case)] = list(case.values())
    expected = probabilities(make_survey, public, wanted)
    error = np.sqrt(expected * (1 - expected) / each)
    for n, case in enumerate(cases):
        hit = np.logical_and.reduce([simulated[:, :, j] == k for j, k in case.items()])
        assert (np.abs(hit.mean(axis=1) - expected[:, n]) < SIGMAS * error[:, n]).all(), case


def test_probabilities_of_all_patterns_sum_to_one(make_survey, parameters_of):
    reduced = make_survey(questions=QUESTIONS, countries=("A",), respondents=1)
    public = parameters_of(reduced, layout(reduced))
    patterns = np.array(list(np.ndindex(5, 2, 4, 5)))
    total = probabilities(make_survey, public, patterns).sum(axis=1)
    np.testing.assert_allclose(total, 1.0, atol=1e-9)


def test_model_draws_keep_who_answered_what(survey, model):
    lay = layout(survey)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*BLAS")
        first, second = pm.draw(model["answers"], 2, random_seed=7, mode=MODE)
    for drawn in (first, second):
        np.testing.assert_array_equal(drawn == NO_ANSWER, lay.answers == NO_ANSWER)
        assert (drawn < lay.questions.levels).all()
        assert drawn.dtype == np.int8
    assert (first != second).any()


def test_simulation_repeats_with_its_seed(survey, parameters_of):
    lay = layout(survey)
    values = parameters(parameters_of(survey, lay), lay)
    one, two, three = (
        simulate_answers(np.random.default_rng(seed), **values, layout=lay) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, two)
    assert (one != three).any()


@pytest.mark.parametrize("lift", [30.0, -30.0])
def test_extreme_levels_give_extreme_answers(survey, parameters_of, lift):
    lay = layout(survey)
    public = parameters_of(survey, lay)
    public["level"] = public["level"] + lift
    drawn = simulate_answers(np.random.default_rng(1), **parameters(public, lay), layout=lay)
    extreme = lay.questions.levels - 1 if lift > 0 else np.zeros_like(lay.questions.levels)
    assert (drawn == np.where(lay.answers == NO_ANSWER, NO_ANSWER, extreme)).all()
