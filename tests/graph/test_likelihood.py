"""The likelihood where it is under strain, and what must not change it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import log_expit

from cips_models.inference.accuracy import MOST_QUADRATURE_SD
from cips_models.model.forward import simulate_answers
from cips_models.model.kernel.categories import category_probability, exponentials
from cips_models.model.kernel.evaluation import evaluate as evaluate_kernel
from cips_models.model.kernel.traits import trait_weights
from cips_models.model.layout import layout
from cips_models.model.likelihood import PARAMETERS, kernel_data, parameters, pointwise
from cips_models.model.quadrature import Quadrature
from cips_models.survey.survey import NO_ANSWER

SHIPPED, FINE = Quadrature(), Quadrature(nodes=64, span=8.0, step=0.1, reach=14.0)
BOTH = ("officials", "private sector")


def evaluate(values, lay, quadrature):
    arrays = [np.ascontiguousarray(values[name]) for name in PARAMETERS]
    respondents = np.empty(len(lay.order))
    total, *gradients = evaluate_kernel(
        *arrays, *kernel_data(lay, quadrature).values(), respondents, True
    )
    return total, respondents, gradients


def check_gradients(values, lay, quadrature, count=6, tolerance=1e-5):
    """Central differences in ``count`` random elements of every parameter."""
    _, _, gradients = evaluate(values, lay, quadrature)
    rng = np.random.default_rng(2)
    for name, gradient in zip(PARAMETERS, gradients, strict=True):
        assert np.isfinite(gradient).all(), name
        for _ in range(count):
            at = tuple(rng.integers(0, size) for size in gradient.shape)
            step = 1e-5
            ends = []
            for sign in (1, -1):
                moved = {n: np.array(v, dtype=float) for n, v in values.items()}
                moved[name][at] += sign * step
                ends.append(evaluate(moved, lay, quadrature)[0])
            slope = (ends[0] - ends[1]) / (2 * step)
            assert gradient[at] == pytest.approx(slope, rel=tolerance, abs=1e-6), (name, at)


def test_respondents_sum_to_the_total(make_survey, parameters_of):
    survey = make_survey(respondents=9)
    lay = layout(survey)
    values = parameters(parameters_of(survey, lay), lay)
    total, respondents, _ = evaluate(values, lay, SHIPPED)
    assert respondents.sum() == pytest.approx(total, rel=1e-12)
    in_order = pointwise(values, lay, SHIPPED)
    np.testing.assert_array_equal(in_order[lay.order], respondents)


@pytest.mark.parametrize("specific", [0.02, 0.1, 0.3, 1.0, 4.0])
@pytest.mark.parametrize("general", [0.0, 0.8, 3.0])
@pytest.mark.parametrize("location", [-9.0, 0.3, 2.0])
def test_trait_weights_are_normal_densities(location, general, specific):
    """By rows or by columns, whichever the parameters need, and far off the grid."""
    theta, (u, _) = SHIPPED.trait(), SHIPPED.outlook()
    found = np.empty((len(theta), len(u)))
    trait_weights(theta, u, location, general, specific, found)
    distance = (theta[:, None] - location - general * u) / specific
    expected = np.exp(-0.5 * (distance**2 - (distance**2).min(axis=0)))
    np.testing.assert_allclose(found, expected / expected.sum(axis=0), rtol=1e-9, atol=1e-15)


def test_shipped_grid_passes_its_gate(make_survey, parameters_of):
    """Design, section 7: fine minus coarse varies by an sd of at most 0.1 over draws.

    Answers are the model's own, parameters scatter about the truth, and specific sds are
    no smaller than the grid's step, as the specification demands.
    """
    blank = make_survey(respondents=100, missing=0.0, seed=4)
    lay = layout(blank)
    public = parameters_of(blank, lay)
    public["specific_spread"] = np.maximum(public["specific_spread"], SHIPPED.step)
    rng = np.random.default_rng(3)
    drawn = simulate_answers(rng, **parameters(public, lay), layout=lay)
    answers = np.full(blank.answers.shape, NO_ANSWER)
    for j, item in enumerate(blank.codebook.items):
        versions = [q for q, other in enumerate(lay.questions.items) if other is item]
        answers[lay.order, j] = drawn[:, versions].max(axis=1)
    lay = layout(make_survey(respondents=100, answers=answers))
    errors = []
    for _ in range(12):
        moved = {name: v * np.exp(rng.normal(0, 0.05, v.shape)) for name, v in public.items()}
        moved["threshold"] = public["threshold"] + rng.normal(0, 0.1)
        moved["specific_spread"] = np.maximum(moved["specific_spread"], SHIPPED.step)
        values = parameters(moved, lay)
        errors.append(evaluate(values, lay, FINE)[0] - evaluate(values, lay, SHIPPED)[0])
    assert np.std(errors) <= MOST_QUADRATURE_SD
    assert np.ptp(errors) > 0
    finest = pointwise(values, lay, FINE.finer())
    np.testing.assert_allclose(pointwise(values, lay, FINE), finest, atol=1e-8)


def strained(make_survey, case):
    """Surveys and changes of plausible parameters that have broken such code before."""
    if case == "everyone at the top":
        survey = make_survey(missing=0.0)
        top = np.array([item.n_levels - 1 for item in survey.codebook.items])
        return make_survey(answers=np.broadcast_to(top, survey.answers.shape))
    if case == "one respondent a cell":
        return make_survey(respondents=1)
    if case == "an item nobody in a country answered":
        survey = make_survey(missing=0.0)
        answers = survey.answers.to_numpy().copy()
        answers[(survey.respondents["country"] == "Avalon").to_numpy(), 0] = NO_ANSWER
        return make_survey(answers=answers)
    if case == "respondents without any answer":
        survey = make_survey(missing=0.0)
        answers = survey.answers.to_numpy().copy()
        answers[::2] = NO_ANSWER
        return make_survey(answers=answers)
    if case == "two and eleven levels":
        return make_survey(questions=[("A", "F", 2, BOTH, False), ("B", "F", 11, BOTH, False)])
    if case == "thirty items and one":
        many = [(f"A{k}", "F", 5, BOTH, False) for k in range(30)]
        return make_survey(questions=[*many, ("B", "G", 5, BOTH, False)])
    return make_survey()


CASES = (
    "everyone at the top",
    "one respondent a cell",
    "an item nobody in a country answered",
    "respondents without any answer",
    "two and eleven levels",
    "thirty items and one",
)


@pytest.mark.parametrize("case", CASES)
def test_strained_data(make_survey, parameters_of, case):
    survey = strained(make_survey, case)
    lay = layout(survey)
    values = parameters(parameters_of(survey, lay), lay)
    check_gradients(values, lay, FINE)
    error = pointwise(values, lay, FINE) - pointwise(values, lay, FINE.finer())
    np.testing.assert_allclose(error, 0, atol=1e-7)
    silent = (survey.answers == NO_ANSWER).all("item").to_numpy()
    np.testing.assert_allclose(pointwise(values, lay, FINE)[silent], 0, atol=1e-12)


def check_single(values, lay):
    """Errors of a few 1e-7 a respondent, and gradients to five digits of the largest."""
    total, respondents, gradients = evaluate(values, lay, SHIPPED)
    rounded = evaluate(values, lay, replace(SHIPPED, single=True))
    np.testing.assert_allclose(rounded[1], respondents, rtol=2e-6, atol=2e-6)
    assert rounded[0] == pytest.approx(total, abs=2e-6 * len(respondents))
    for found, expected in zip(rounded[2], gradients, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("case", CASES)
def test_single_precision_changes_nothing_that_matters(make_survey, parameters_of, case):
    survey = strained(make_survey, case)
    lay = layout(survey)
    check_single(parameters(parameters_of(survey, lay), lay), lay)


@pytest.mark.parametrize("far", [-40.0, 40.0])
def test_double_precision_takes_over_where_digits_would_be_lost(make_survey, parameters_of, far):
    survey = make_survey()
    lay = layout(survey)
    public = parameters_of(survey, lay)
    public["threshold"] = public["threshold"] + far / 4
    public["level"] = public["level"] - far / 8
    public["discrimination"] *= 6
    values = parameters(public, lay)
    _, respondents, gradients = evaluate(values, lay, SHIPPED)
    rounded = evaluate(values, lay, replace(SHIPPED, single=True))
    np.testing.assert_array_equal(rounded[1], respondents)
    for found, expected in zip(rounded[2], gradients, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("far", [-40.0, 40.0])
def test_thresholds_far_out_stay_finite(make_survey, parameters_of, far):
    survey = make_survey()
    lay = layout(survey)
    public = parameters_of(survey, lay)
    public["threshold"] = public["threshold"] + far
    values = parameters(public, lay)
    total, respondents, gradients = evaluate(values, lay, SHIPPED)
    assert np.isfinite(respondents).all()
    assert np.isfinite(total)
    assert all(np.isfinite(gradient).all() for gradient in gradients)


@pytest.mark.parametrize("far", [0.0, -40.0, 40.0, -3000.0, 3000.0])
@pytest.mark.parametrize("slope", [0.02, 1.0, 12.0, 50.0])
def test_categories_keep_their_digits_however_far(slope, far):
    theta, threshold = SHIPPED.trait(), far + np.array([-1.0, -0.999, 0.3, 2.0])
    rows = len(threshold) + 1
    table, scale = np.empty((rows, len(theta))), np.empty(rows)
    slopes, start = np.array([slope]), np.array([0, len(threshold)])
    category_probability(
        theta, exponentials(theta, slopes), slopes, threshold, start, table, scale
    )  # fmt: skip
    x = slope * (theta - threshold[:, None])
    expected = np.zeros_like(table)
    expected[1:] += log_expit(x)
    expected[:-1] += log_expit(-x)
    expected[1:-1] += np.log(-np.expm1(-slope * np.diff(threshold)))[:, None]
    np.testing.assert_allclose(table.max(axis=1), 1, rtol=1e-12)
    seen = table > 0  # less than exp(-700) of a row's largest is nothing
    assert (expected - scale[:, None])[~seen].max(initial=-np.inf) < -700
    found = np.log(table, where=seen, out=np.zeros_like(table)) + scale[:, None]
    np.testing.assert_allclose(found[seen], expected[seen], rtol=1e-12, atol=1e-12)


def test_thirty_contradicting_answers_stay_finite(make_survey, parameters_of):
    questions = [(f"A{k}", f"F{k % 3}", 5, BOTH, False) for k in range(30)]
    survey = make_survey(questions=questions, missing=0.0)
    answers = np.broadcast_to(np.where(np.arange(30) % 2, 0, 4), survey.answers.shape)
    survey = make_survey(questions=questions, answers=answers)
    lay = layout(survey)
    public = parameters_of(survey, lay)
    public["discrimination"][:] = 6.0
    values = parameters(public, lay)
    total, respondents, gradients = evaluate(values, lay, SHIPPED)
    assert np.isfinite(total)
    assert all(np.isfinite(gradient).all() for gradient in gradients)
    rounded = evaluate(values, lay, replace(SHIPPED, single=True))
    np.testing.assert_array_equal(rounded[1], respondents)


def test_drifting_thresholds_are_every_country_and_wave_by_itself(make_survey, parameters_of):
    survey = make_survey(respondents=7, once=("Avalon",))
    lay = layout(survey, thresholds_by=("country", "wave"))
    values = parameters(parameters_of(survey, lay), lay)
    book, rng = lay.questions, np.random.default_rng(6)
    drift = rng.normal(0, 0.5, (len(lay.sets), len(book.labels)))
    values["threshold"] = values["threshold"] + np.repeat(drift, book.levels - 1, axis=1)
    check_gradients(values, lay, FINE, count=12)
    check_single(values, lay)

    total, respondents, gradients = evaluate(values, lay, SHIPPED)
    codes = {dim: survey.respondents[dim].cat.codes for dim in lay.sets}
    left, slopes = total, np.zeros(len(book.labels))
    for number, of in lay.sets.iterrows():
        rows = np.logical_and(*(codes[dim] == of[dim] for dim in lay.sets)).to_numpy()
        part = layout(
            replace(
                survey,
                respondents=survey.respondents[rows],
                answers=survey.answers.isel(respondent=rows),
            )
        )
        cells = lay.cell_set == number
        own = {"slope": values["slope"], "threshold": values["threshold"][[number]]}
        own |= {name: values[name][cells] for name in ("location", "general", "specific")}
        alone, found, (d_slope, d_threshold, *d_cells) = evaluate(own, part, SHIPPED)
        left -= alone
        slopes += d_slope
        np.testing.assert_allclose(found, respondents[cells[lay.cell_of]], rtol=1e-12)
        np.testing.assert_allclose(d_threshold[0], gradients[1][number], rtol=1e-9, atol=1e-12)
        for one, all_cells in zip(d_cells, gradients[2:], strict=True):
            np.testing.assert_allclose(one, all_cells[cells], rtol=1e-9, atol=1e-12)
    assert left == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(slopes, gradients[0], rtol=1e-9)


def test_order_of_respondents_does_not_matter(make_survey, parameters_of):
    survey = make_survey(respondents=5)
    lay = layout(survey)
    values = pointwise(parameters(parameters_of(survey, lay), lay), lay, SHIPPED)
    order = np.random.default_rng(1).permutation(len(survey.respondents))
    shuffled = replace(
        survey,
        respondents=survey.respondents.iloc[order],
        answers=survey.answers.isel(respondent=order),
    )
    again = layout(shuffled)
    moved = pointwise(parameters(parameters_of(shuffled, again), again), again, SHIPPED)
    np.testing.assert_allclose(moved, values[order], rtol=1e-12)


def test_names_do_not_matter(make_survey, parameters_of):
    """New labels that sort the other way round, in the same order of display."""
    survey = make_survey()
    columns = {"country": ("Z", "Y", "X"), "group": ("q", "p"), "wave": ("0", "-1")}
    table = survey.respondents.copy()
    for name, labels in columns.items():
        table[name] = pd.Categorical.from_codes(table[name].cat.codes, labels, ordered=True)
    rename = dict(zip(survey.groups, columns["group"], strict=True))
    items = tuple(
        replace(item, groups=tuple(rename[group] for group in item.groups))
        for item in survey.codebook.items
    )
    renamed = replace(
        survey,
        countries=columns["country"],
        groups=columns["group"],
        waves=columns["wave"],
        respondents=table,
        codebook=replace(survey.codebook, items=items),
    )
    one, two = layout(survey), layout(renamed)
    np.testing.assert_array_equal(
        pointwise(parameters(parameters_of(survey, one), one), one, SHIPPED),
        pointwise(parameters(parameters_of(renamed, two), two), two, SHIPPED),
    )
