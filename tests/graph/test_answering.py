"""Don't know that depends on the outlook, against calculations that share no code with it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from cips_models.errors import SpecificationError
from cips_models.inference.coordinates import Coordinates
from cips_models.inference.curvature import curvature
from cips_models.inference.every_cell import every_cell_alone
from cips_models.model.answering import BY_COUNTRY, IN_CELL
from cips_models.model.build import blueprint, build
from cips_models.model.density import Density
from cips_models.model.forward import simulate_answers
from cips_models.model.layout import layout
from cips_models.model.likelihood import parameters, pointwise
from cips_models.model.quadrature import Quadrature
from cips_models.model.record import cells, questionnaire
from cips_models.survey.survey import DONT_KNOW, NO_ANSWER, REFUSED

FINE = Quadrature(nodes=96, span=9.0, step=0.05, reach=16.0)
BY = ("country", "wave")


@pytest.fixture(scope="module")
def informative(spec):
    return replace(spec, structure=replace(spec.structure, dont_know="informative"))


@pytest.fixture(scope="module")
def unsure(survey):
    """The survey with some refusals among its missing answers."""
    reasons = survey.reasons.copy()
    refused = np.random.default_rng(2).random(reasons.shape) < 0.3
    reasons.values[refused & (reasons.values == DONT_KNOW)] = REFUSED
    return replace(survey, reasons=reasons)


@pytest.fixture(scope="module")
def lay(unsure):
    return layout(unsure, thresholds_by=BY, dont_know=True)


@pytest.fixture(scope="module")
def density(unsure, informative):
    return Density(build(unsure, informative))


@pytest.fixture(scope="module")
def point(density):
    """Anywhere, with a slope of answering of either sign."""
    x = np.random.default_rng(5).normal(0, 0.5, density.dim)
    x[density.places["answering_slope_z"]] = [1.2, -0.7]
    return x


def public_at(density, x):
    found = density.public(x[None, None]).isel(chain=0, draw=0)
    return {name: array.to_numpy() for name, array in found.data_vars.items()}


def slow_log_likelihood(survey, lay, public):
    """Of every respondent, as the model is written: u, then v given u, by the trapezium rule."""
    z = np.linspace(-8, 8, 301)
    weight = norm.pdf(z) * (z[1] - z[0])
    book, result = lay.questions, []
    items = [item.id for item in survey.codebook.items]
    answers, reasons = survey.answers.to_numpy(), survey.reasons.to_numpy()
    for i, row in enumerate(survey.respondents.itertuples()):
        c, g, w = (
            labels.index(label)
            for labels, label in (
                (survey.countries, row.country),
                (survey.groups, row.group),
                (survey.waves, row.wave),
            )
        )
        given_u, outcomes = weight.copy(), np.ones((len(z), len(z)))
        propensity = (
            public["answering_slope"][g] * z[:, None] + public["answering_spread"][g] * z[None, :]
        )
        for f in range(len(survey.factors)):
            theta = (
                public["level"][c, f, g, w]
                + public["general_spread"][f, g, w] * z[:, None]
                + public["specific_spread"][f, g] * z[None, :]
            )
            probability = np.ones_like(theta)
            for j, item in enumerate(book.items):
                if book.factor[j] != f or row.group not in book.groups[j]:
                    continue
                k, why = answers[i, items.index(item.id)], reasons[i, items.index(item.id)]
                label = f"{book.labels[j]} answered, {row.group}"
                if why in (0, DONT_KNOW) and _told(survey, lay, j, g, w):
                    ease = public["answering_ease"][lay.answering.labels.index(label), w]
                    ease += public["answering_in_cell"][c, g, w]
                    ease += public["answering_by_country"][lay.answering.labels.index(label), c, w]
                    answered = expit(ease + propensity)
                    outcomes = outcomes * (answered if why == 0 else 1 - answered)
                if k >= 0:
                    cuts = public["threshold"][book.start[j] : book.start[j + 1]]
                    cuts = cuts + public["item_shift"][j, c, w]
                    above = [expit(public["discrimination"][j] * (theta - cut)) for cut in cuts]
                    ladder = [np.ones_like(theta), *above, np.zeros_like(theta)]
                    probability = probability * (ladder[k] - ladder[k + 1])
            given_u *= probability @ weight
        given_u *= outcomes @ weight
        result.append(np.log(given_u.sum()))
    return np.array(result)


def _told(survey, lay, question, group, wave):
    """Somebody of the group said don't know to the question in the wave."""
    people, book = survey.respondents, lay.questions
    items = [item.id for item in survey.codebook.items]
    here = (people["group"] == survey.groups[group]) & (people["wave"] == survey.waves[wave])
    own = survey.reasons.to_numpy()[here.to_numpy(), items.index(book.items[question].id)]
    return (own == DONT_KNOW).any()


def test_outcomes_are_those_of_who_was_asked(unsure, lay):
    told = lay.answering
    assert set(np.unique(told.given)) == {-1, 0, 1}
    reasons = unsure.reasons.to_numpy()[lay.order]
    items = [item.id for item in unsure.codebook.items]
    for column, j in enumerate(told.question):
        why = reasons[:, items.index(lay.questions.items[j].id)]
        known = told.given[:, column] >= 0
        assert not (why[known] == REFUSED).any()
        np.testing.assert_array_equal(told.given[known, column], why[known] == 0)
        group = lay.cells["group"].to_numpy()[lay.cell_of]
        assert (group[known] == told.group[column]).all()


@pytest.mark.parametrize("slopes", [(0.8, -0.6), (0.0, 0.3)])
def test_likelihood_equals_slow_double_integral(unsure, lay, density, point, slopes):
    public = public_at(density, point) | {"answering_slope": np.array(slopes)}
    fast = pointwise(parameters(public, lay), lay, FINE)
    slow = slow_log_likelihood(unsure, lay, public)
    np.testing.assert_allclose(fast, slow, rtol=0, atol=1e-8)


def test_without_slope_the_answers_are_as_if_dont_know_were_dropped(unsure, lay, density, point):
    """And don't know is what a propensity alone makes it."""
    public = public_at(density, point) | {"answering_slope": np.zeros(2)}
    dropped = layout(unsure, thresholds_by=BY)
    expected = pointwise(parameters(_without(public), dropped), dropped, FINE)
    ease = [public[f"answering_{name}"] for name in ("ease", "in_cell", "by_country")]
    z = np.linspace(-8, 8, 301)
    weight = norm.pdf(z) * (z[1] - z[0])
    cell = lay.cells.iloc[lay.cell_of]
    for position, row in enumerate(lay.order):
        c, g, w = cell.iloc[position][["country", "group", "wave"]]
        alike = np.ones_like(z)
        for column, given in enumerate(lay.answering.given[position]):
            if given >= 0:
                own = ease[0][column, w] + ease[1][c, g, w] + ease[2][column, c, w]
                p = expit(own + public["answering_spread"][g] * z)
                alike = alike * (p if given else 1 - p)
        expected[row] += np.log(alike @ weight)
    found = pointwise(parameters(public, lay), lay, FINE)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)


def _without(public):
    return {name: value for name, value in public.items() if not name.startswith("answering")}


def test_density_is_prior_and_likelihood(unsure, lay, informative, density, point):
    public = public_at(density, point)
    error = pointwise(parameters(public, lay), lay, informative.quadrature)
    error -= pointwise(parameters(public, lay), lay, FINE)
    prior = sum(
        norm.logpdf(point[place]).sum()
        if name.endswith("_z")
        else (np.log(expit(point[place])) + np.log(expit(-point[place]))).sum()
        for name, place in density.places.items()
    )
    expected = prior + slow_log_likelihood(unsure, lay, public).sum() + error.sum()
    assert density.function()(point)[0] == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("slope", [1.2, 0.0])
def test_gradient_equals_finite_differences(density, point, slope):
    evaluate, x = density.function(), point.copy()
    x[density.places["answering_slope_z"]] = slope, -0.4
    gradient, step = evaluate(x)[1], 1e-5
    for k in range(density.dim):
        ahead, behind = x.copy(), x.copy()
        ahead[k] += step
        behind[k] -= step
        rise = (evaluate(ahead)[0] - evaluate(behind)[0]) / (2 * step)
        assert gradient[k] == pytest.approx(rise, rel=1e-5, abs=1e-6), k


def test_probabilities_of_all_patterns_sum_to_one(make_survey):
    """Of two questions of one factor, each answered in one of its levels or with don't know."""
    questions = [("Q1", "F1", 3, ("officials",), False), ("Q2", "F1", 2, ("officials",), False)]
    patterns = np.array([(a, b) for a in (-1, 0, 1, 2) for b in (-1, 0, 1)])
    survey = make_survey(
        questions=questions, countries=("A",), groups=("officials",), waves=("2021",),
        respondents=len(patterns), answers=patterns,
    )  # fmt: skip
    public = {
        "discrimination": np.array([1.3, 0.8]),
        "threshold": np.array([-0.5, 0.7, 0.2]),
        "level": np.full((1, 1, 1, 1), 0.3),
        "general_spread": np.full((1, 1, 1), 0.9),
        "specific_spread": np.full((1, 1), 0.6),
        "answering_slope": np.array([0.7]),
        "answering_spread": np.array([1.1]),
        "answering_ease": np.array([[1.0], [-0.2]]),
        "answering_in_cell": np.full((1, 1, 1), 0.4),
        "answering_by_country": np.array([[[0.3]], [[-0.5]]]),
    }
    lay = layout(survey, thresholds_by=BY, dont_know=True)
    probability = np.exp(pointwise(parameters(public, lay), lay, FINE))
    assert probability.sum() == pytest.approx(1.0, abs=1e-9)
    # The model run forward finds each pattern as often; 4.5 standard errors at the most.
    times = 2000
    big = make_survey(
        questions=questions, countries=("A",), groups=("officials",), waves=("2021",),
        respondents=times * len(patterns), answers=np.tile(patterns, (times, 1)),
    )  # fmt: skip
    lay = layout(big, thresholds_by=BY, dont_know=True)
    drawn = simulate_answers(np.random.default_rng(1), **parameters(public, lay), layout=lay)
    for pattern, p in zip(patterns, probability, strict=True):
        share = (drawn == pattern).all(axis=1).mean()
        assert abs(share - p) < 4.5 * np.sqrt(p * (1 - p) / len(drawn)), pattern


def test_questionnaire_cells_and_anchors_do_not_see_it(unsure, lay, density, point):
    dropped = layout(unsure)
    assert questionnaire(unsure, lay).equals(questionnaire(unsure, dropped))
    assert cells(unsure, lay).equals(cells(unsure, dropped))
    public, book = public_at(density, point), lay.questions
    for block in np.unique(book.block):
        log_slope = np.log(public["discrimination"][book.block == block])
        assert log_slope.sum() == pytest.approx(0, abs=1e-12)
    drawn = simulate_answers(np.random.default_rng(1), **parameters(public, lay), layout=lay)
    assert drawn.shape == lay.answers.shape
    assert ((drawn == NO_ANSWER) != (lay.answers == NO_ANSWER)).any()


def test_stage_one_knows_whose_coordinates_they_are(unsure, informative, density):
    alone = every_cell_alone(unsure, informative)
    plan, told = Coordinates.of(alone), blueprint(density.model).layout.answering
    for place, (country, _, _) in zip(alone.places[IN_CELL], told.cells, strict=True):
        assert place in plan.parts.own[country]
    for place, (_, country, _) in zip(alone.places[BY_COUNTRY], told.places, strict=True):
        assert place in plan.parts.own[country]
    assert np.isin(alone.places["answering_slope_z"], plan.parts.shared).all()
    x = np.random.default_rng(3).normal(0, 0.3, alone.dim)
    free, function, step = plan.parts.free, alone.function(), 1e-4
    found = curvature(alone, x, free, step=step, threads=1)
    expected = []
    for k in np.flatnonzero(free):
        ahead, behind = x.copy(), x.copy()
        ahead[k] += step
        behind[k] -= step
        expected.append((function(behind)[1] - function(ahead)[1])[free] / (2 * step))
    np.testing.assert_allclose(found, np.array(expected), atol=0.02)


def test_nobody_who_does_not_know_is_refused(make_survey, informative):
    with pytest.raises(SpecificationError, match="found nobody who says don't know"):
        build(make_survey(missing=0.0), informative)
