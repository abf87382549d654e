"""The marginal posterior of a stage 2's scales, against the joint density that it came from."""

from dataclasses import replace

import numpy as np
import pytest

from cips_models.inference.collapse import Collapsed
from cips_models.model.build import CellEstimates, blueprint, build
from cips_models.model.density import Density
from cips_models.model.design import design
from cips_models.model.layout import layout
from cips_models.model.specification_file import specification

SUPPORTED = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)
INTENSITY = np.array([[0.5, 0, 2], [0, 1, 0], [3, 0.7, 0]])


@pytest.fixture(scope="module", params=["did", "conditional", "exchangeable", "graded"])
def density(request, survey, make_survey):
    name = request.param
    if name == "graded":  # did, with support of several intensities
        name, survey = "did", make_survey(supported=SUPPORTED, intensity=INTENSITY)
    position = np.argwhere(design(survey, layout(survey)).observed)
    rng = np.random.default_rng(8)
    half = rng.normal(size=(len(position), 2 * len(position)))
    same = position[:, :1] == position[:, 0]
    shared = rng.normal(size=(len(position), 3)) / 5
    within = half @ half.T / 50 * same
    estimates = CellEstimates(position, rng.normal(size=len(position)), within, shared)
    spec = specification(name)
    structure = replace(spec.structure, measurement="cells")
    return Density(build(survey, replace(spec, structure=structure), cells=estimates))


@pytest.fixture(scope="module")
def collapsed(density):
    return Collapsed.of(density)


def coordinates(collapsed, count):
    return np.random.default_rng(4).normal(size=(count, len(collapsed.kept)))


def points(collapsed, count):
    return [collapsed.unconstrained(h) for h in coordinates(collapsed, count)]


def conditional(density, collapsed, x):
    """Mean and precision of the linear parameters at the scales of x.

    From the joint density alone: given the scales it is a quadratic, whose gradient is linear.
    """
    joint = density.function()

    def slope(z):
        at = x.copy()
        at[collapsed.hierarchy.linear] = z
        return joint(at)[1][collapsed.hierarchy.linear]

    origin = slope(np.zeros(len(collapsed.hierarchy.linear)))
    precision = np.array([origin - slope(z) for z in np.eye(len(collapsed.hierarchy.linear))])
    return np.linalg.solve(precision, origin), precision


def prior(collapsed, x):
    """Log prior of the scales at an unconstrained point."""
    normal = x[np.setdiff1d(collapsed.kept, correlations(collapsed))]
    # Uniform over its interval: the logistic density of the unconstrained correlation.
    logistic = x[correlations(collapsed)]
    return -0.5 * (normal**2).sum() - 2 * np.log(np.cosh(logistic / 2)).sum()


def correlations(collapsed):
    return [family.correlation for family in collapsed.hierarchy.families]


def test_marginal_is_joint_over_conditional(density, collapsed):
    """Whatever the linear parameters are (Besag 1989, the candidate's formula)."""
    joint, rng = density.function(), np.random.default_rng(6)
    left = []
    for x in points(collapsed, 5):
        mean, precision = conditional(density, collapsed, x)
        z = rng.normal(size=len(mean))
        log_conditional = 0.5 * np.linalg.slogdet(precision)[1]
        log_conditional -= 0.5 * (z - mean) @ precision @ (z - mean)
        at = x.copy()
        at[collapsed.hierarchy.linear] = z
        marginal = collapsed.log_likelihood(x)[0] + prior(collapsed, x)
        left.append(joint(at)[0] - log_conditional - marginal)
    np.testing.assert_allclose(left, left[0], atol=1e-7)


def test_standard_coordinates_carry_the_prior(collapsed):
    """Prior of the scales times the Jacobian of the map: standard normal."""
    step, left = 1e-6, []
    for h in coordinates(collapsed, 5):
        ahead, behind = (collapsed.unconstrained(h + sign * step) for sign in (1, -1))
        slope = ((ahead - behind) / (2 * step))[collapsed.kept]
        log_prior = prior(collapsed, collapsed.unconstrained(h)) + np.log(slope).sum()
        left.append(log_prior + 0.5 * h @ h)
    np.testing.assert_allclose(left, left[0], atol=1e-5)


def test_gradient_agrees_with_finite_differences(collapsed):
    step = 1e-5
    for h in coordinates(collapsed, 3):
        value, gradient = collapsed.log_posterior_and_gradient(h)
        assert value == pytest.approx(collapsed.log_posterior(h), rel=1e-12)
        for k, slope in enumerate(gradient):
            move = step * (np.arange(len(h)) == k)
            rise = collapsed.log_posterior(h + move) - collapsed.log_posterior(h - move)
            assert slope == pytest.approx(rise / (2 * step), rel=1e-5, abs=1e-5)


def test_draws_have_the_conditional_mean_and_covariance(density, collapsed):
    x = points(collapsed, 1)[0]
    mean, precision = conditional(density, collapsed, x)
    root = np.linalg.cholesky(precision)
    rng, count = np.random.default_rng(2), 4000
    standard = (root.T @ (collapsed.draws(x, count, rng) - mean[:, None])).T
    # Independent standard normal, every mean within five of its Monte Carlo errors.
    assert np.abs(np.mean(standard, axis=0)).max() < 5 / np.sqrt(count)
    assert np.abs(np.cov(standard, rowvar=False) - np.eye(len(mean))).max() < 7 / np.sqrt(count)


def test_mirrored_draws_have_the_mean_in_every_pair(collapsed):
    x = points(collapsed, 1)[0]
    single = collapsed.draws(x, 3, np.random.default_rng(5))
    pairs = collapsed.draws(x, 3, np.random.default_rng(5), mirrored=True)
    mean = collapsed.mean(x)[:, None]
    np.testing.assert_allclose(pairs[:, ::2], single, atol=1e-10)
    np.testing.assert_allclose((pairs[:, ::2] + pairs[:, 1::2]) / 2, mean + 0 * single, atol=1e-8)


@pytest.mark.parametrize("dim", [0, 1])
def test_among_some_cells_it_is_what_is_built_for_them(density, collapsed, dim):
    """A country (0) or a factor (1) left out."""
    cells = collapsed.cells
    kept = cells.position[:, dim] != 1
    plan = blueprint(density.model)
    model = build(plan.survey, plan.specification, cells=cells.among(kept))
    anew, among = Collapsed.of(Density(model)), collapsed.among(kept)
    for h in coordinates(collapsed, 3):
        x = collapsed.unconstrained(h)
        for ours, theirs in zip(among.log_likelihood(x), anew.log_likelihood(x), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(among.mean(x), anew.mean(x), atol=1e-8)
