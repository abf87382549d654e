"""The density of the whole model against calculations that share no code with it."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy.special import expit, log_expit
from scipy.stats import norm

from cips_models.model.build import build
from cips_models.model.density import Density
from cips_models.model.layout import layout
from cips_models.model.likelihood import parameters, pointwise
from cips_models.model.quadrature import Quadrature

FINE = Quadrature(nodes=96, span=9.0, step=0.05, reach=16.0)


def slow_log_likelihood(survey, book, public):
    """Log-likelihood of every respondent, as the model is written: u, then v given u.

    Both integrals by the trapezium rule over the latents themselves, 301 points on +-8
    sds, not over a grid of the trait.
    """
    z = np.linspace(-8, 8, 301)
    density = norm.pdf(z) * (z[1] - z[0])
    starts = np.cumsum([0, *(levels - 1 for levels in book.levels)])
    result = []
    centred = slow_effects(survey, public)
    labels = [survey.countries, survey.groups, survey.waves]
    rows = zip(survey.respondents.itertuples(), survey.answers.to_numpy(), centred, strict=True)
    for row, given, own in rows:
        c, g, w = (
            names.index(value)
            for names, value in zip(labels, (row.country, row.group, row.wave), strict=True)
        )
        given_u = density.copy()
        for f, factor in enumerate(survey.factors):
            theta = (
                public["level"][c, f, g, w]
                + own[f]
                + public["general_spread"][f, g, w] * z[:, None]
                + public["specific_spread"][f, g] * z[None, :]
            )
            probability = np.ones_like(theta)
            for j, item in enumerate(book.items):
                k = given[[i.id for i in survey.codebook.items].index(item.id)]
                if item.factor != factor or k < 0 or row.group not in book.groups[j]:
                    continue
                cuts = (
                    public["threshold"][starts[j] : starts[j + 1]] + public["item_shift"][j, c, w]
                )
                slope = public["discrimination"][j]
                above = [expit(slope * (theta - cut)) for cut in cuts]
                ladder = [np.ones_like(theta), *above, np.zeros_like(theta)]
                probability = probability * (ladder[k] - ladder[k + 1])
            given_u *= probability @ density
        result.append(np.log(given_u.sum()))
    return np.array(result)


def slow_effects(survey, public):
    """What each respondent's stratum adds to the level (factor), from the columns themselves.

    The standard is that of all waves, people without a rank left out, all by one mode.
    """
    factors = len(survey.factors)
    if survey.composition is None:
        return np.zeros((len(survey.respondents), factors))
    effect = dict(zip(survey.composition.strata.index, public["stratum_effect"], strict=True))
    people = [(r.country, r.group, r.rank, r.mode) for r in survey.respondents.itertuples()]
    found = []
    for country, group, rank, mode in people:
        g = survey.groups.index(group)
        known = [r for c, h, r, _ in people if (c, h) == (country, group) and r]
        modes = [m for _, h, _, m in people if h == group]
        usual = max(sorted(set(modes)), key=modes.count)
        standard = np.mean([effect[f"{r} / {usual}"][:, g] for r in known], axis=0)
        found.append(effect[f"{rank or 'unknown'} / {mode}"][:, g] - standard)
    return np.array(found)


@pytest.fixture(scope="module", params=["plain", "strata"])
def survey(request, make_survey):
    """The survey of the other tests, and one in which ranks and modes are told apart."""
    supported = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)
    if request.param == "plain":
        return make_survey(supported=supported)
    rng = np.random.default_rng(21)
    people = 3 * 2 * 2 * 3
    background = {
        "rank": rng.choice(["chief", "clerk", "trainee", ""], people),
        "mode": rng.choice(["online", "tablet"], people),
    }
    return make_survey(
        supported=supported,
        respondents=3,
        background=background,
        composition={"columns": ["rank"], "mode": "mode"},
    )


@pytest.fixture(scope="module")
def model(survey, spec):
    return build(survey, spec)


@pytest.fixture(scope="module")
def density(model):
    return Density(model)


@pytest.fixture(scope="module")
def point(density):
    return np.random.default_rng(5).normal(0, 0.5, density.dim)


@pytest.fixture(scope="module")
def public(density, point):
    return density.public(point[None, None]).isel(chain=0, draw=0)


def numbers(public):
    return {name: array.to_numpy() for name, array in public.data_vars.items()}


def value_variables(density, x):
    at = 0
    for name, shape, size, _ in density.point_map:
        yield name, x[at : at + size].reshape(shape)
        at += size


def slow_log_prior(density, x):
    """Standard normal coordinates, and correlations uniform on (-1, 1) seen through logit."""
    total = 0.0
    for name, value in value_variables(density, x):
        if name.startswith("correlation") and name.endswith("_interval__"):
            total += (log_expit(value) + log_expit(-value)).sum()
        else:
            assert name.endswith("_z"), name
            total += norm.logpdf(value).sum()
    return total


def test_likelihood_equals_slow_double_integral(survey, public):
    lay = layout(survey, thresholds_by=("country", "wave"))
    slow = slow_log_likelihood(survey, lay.questions, numbers(public))
    fast = pointwise(parameters(numbers(public), lay), lay, FINE)
    np.testing.assert_allclose(fast, slow, rtol=0, atol=1e-7)


def test_density_equals_prior_and_likelihood_computed_apart(survey, spec, density, point, public):
    lay = layout(survey, thresholds_by=("country", "wave"))
    prior = slow_log_prior(density, point)
    slow = slow_log_likelihood(survey, lay.questions, numbers(public)).sum() + prior
    shipped = spec.quadrature
    error = pointwise(parameters(numbers(public), lay), lay, shipped) - pointwise(
        parameters(numbers(public), lay), lay, FINE
    )
    value, _ = density.function()(point)
    assert value == pytest.approx(slow + error.sum(), abs=1e-6)
    # The shipped grid errs by little more than design section 7 says of it.
    assert np.abs(error).max() < 0.005


def test_gradient_equals_finite_differences(density, point):
    evaluate = density.function()
    _, gradient = evaluate(point)
    step = 1e-5
    for k in range(density.dim):
        ahead, behind = point.copy(), point.copy()
        ahead[k] += step
        behind[k] -= step
        slope = (evaluate(ahead)[0] - evaluate(behind)[0]) / (2 * step)
        assert gradient[k] == pytest.approx(slope, rel=1e-5, abs=1e-6), k


def test_levels_follow_from_their_terms(survey, public):
    """Design, section 3, with E centred by country and factor (and the share of support)."""
    p = numbers(public)
    ever = survey.supported.to_numpy().astype(float)
    centred = ever - ever.mean(0) - ever.mean(1)[:, None] + ever.mean()
    share = ever.mean(axis=1)
    for c, f, g, w in np.ndindex(p["level"].shape):
        level = p["baseline"][g, f] + p["country_baseline"][g, c] + p["cell_baseline"][g, c, f]
        level += p["baseline_slope"][g] * centred[c, f]
        if w == 1:
            level += p["mean_change"][g, 0] + p["common_change"][g, 0, f]
            level += p["country_change"][g, 0, c] + p["cell_change"][g, 0, c, f]
            level += p["spillover_slope"][g] * (share[c] - share.mean())
            if ever[c, f]:
                effect = p["effect"][g] + p["country_effect"][g, c] + p["factor_effect"][g, f]
                assert p["effect_cell"][c, f, g] == pytest.approx(effect)
                level += effect
        assert p["level"][c, f, g, w] == pytest.approx(level, abs=1e-12)


def test_spreads_follow_from_their_terms(public):
    p = numbers(public)
    np.testing.assert_allclose(np.log(p["loading"]).sum(axis=0), 0, atol=1e-12)
    ratio = p["general_spread"] / p["loading"][:, :, None]
    np.testing.assert_allclose(ratio, np.broadcast_to(ratio[:1], ratio.shape), rtol=1e-12)
    np.testing.assert_allclose(np.exp(np.log(ratio[0]).mean(axis=1)), p["sd_outlook"], rtol=1e-12)


def test_items_are_anchored_block_by_block(survey, public):
    p = numbers(public)
    book = layout(survey).questions
    for block in np.unique(book.block):
        members = book.block == block
        assert np.log(p["discrimination"][members]).sum() == pytest.approx(0, abs=1e-12)
        assert p["difficulty"][members].sum() == pytest.approx(0, abs=1e-12)
    gaps = []
    for j, levels in enumerate(book.levels):
        cuts = p["threshold"][book.start[j] : book.start[j + 1]]
        assert cuts.mean() == pytest.approx(p["difficulty"][j], abs=1e-12)
        gaps += list(np.diff(cuts) * (levels - 1))
    np.testing.assert_allclose(gaps, p["gap"], rtol=1e-12)


def test_public_variables_of_many_points_are_those_of_each(survey, spec):
    """Also of a variable that no parameter moves: the spread of an outlook that there is not."""
    structure = replace(spec.structure, general_factor=False)
    density = Density(build(survey, replace(spec, structure=structure)))
    points = np.random.default_rng(2).normal(size=(2, 201, density.dim))
    many = density.public(points)
    assert (many["general_spread"] == 0).all()
    for chain, draw in ((0, 0), (1, 200)):
        one = density.public(points[None, None, chain, draw])
        xr.testing.assert_allclose(
            many.isel(chain=[chain], draw=[draw]).drop_vars(["chain", "draw"]),
            one.drop_vars(["chain", "draw"]),
            rtol=1e-12,
        )
