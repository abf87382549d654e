"""Deviations given their scales, in coordinates that do not depend on them."""

import numpy as np
import pytest

from cips_models.inference.families import Family
from cips_models.inference.transport import Deviations

DIRECTIONS = 5


@pytest.fixture(params=[1, 2, 3], ids=lambda groups: f"{groups} groups")
def family(request):
    groups = request.param
    last = groups * (DIRECTIONS + 1)
    return Family(
        deviation=np.arange(groups * DIRECTIONS).reshape(groups, DIRECTIONS),
        sd=np.arange(groups * DIRECTIONS, last),
        correlation=last if groups > 1 else None,
    )


@pytest.fixture
def data(family):
    """Precision of the data on the deviations of all groups, and the deviations they show."""
    rng = np.random.default_rng(5)
    groups = len(family.sd)
    basis = np.linalg.qr(rng.normal(size=(DIRECTIONS, DIRECTIONS)))[0]
    half = rng.normal(size=(DIRECTIONS, groups, groups))
    along = np.einsum("kgi,khi->kgh", half, half) * 10.0 ** rng.uniform(-1, 2, (DIRECTIONS, 1, 1))
    size = groups * DIRECTIONS
    precision = np.einsum("ik,kgh,jk->gihj", basis, along, basis).reshape(size, size)
    return precision, rng.normal(size=size)


def conditional(family, data, x):
    """Precision and mean of the standardised deviations at the scales in x."""
    precision, shown = data
    factor = np.kron(family.factor(x), np.eye(DIRECTIONS))
    total = np.eye(len(shown)) + factor.T @ precision @ factor
    return total, np.linalg.solve(total, factor.T @ precision @ shown)


def log_posterior(family, data, x):
    """Of the deviations given the scales, up to a constant, and its gradient by the deviations."""
    total, mean = conditional(family, data, x)
    away = x[family.deviation].ravel() - mean
    return -0.5 * away @ total @ away + 0.5 * np.linalg.slogdet(total)[1]


def point(family, seed):
    x = np.random.default_rng(seed).normal(size=family.scales.max() + 1)
    x[family.sd] = np.linspace(-0.3, 1.2, len(family.sd) + 1)[1:]
    return x


@pytest.fixture
def plan(family, data):
    reference = point(family, 1)
    total, mean = conditional(family, data, reference)
    covariance = np.eye(len(reference))
    covariance[: len(mean), : len(mean)] = np.linalg.inv(total)
    reference[: len(mean)] = mean
    return Deviations.near([family], reference, covariance)


def placed(plan, family, x):
    """The unconstrained point whose coordinates of deviations are x's."""
    moved = x.copy()
    moved[family.deviation] = plan.given(x).standardised(x[family.deviation])
    return moved


@pytest.mark.parametrize("seed", [2, 3])
def test_coordinates_are_standard_normal_at_any_scales(plan, family, data, seed):
    x = point(family, seed)
    x[family.scales] *= 1.7
    z = x[family.deviation]
    found = log_posterior(family, data, placed(plan, family, x)) + plan.given(x).log_determinant
    assert found == pytest.approx(-0.5 * (z**2).sum(), abs=1e-8)


def test_gradient_agrees_with_finite_differences(plan, family):
    x = point(family, 4)
    weights = np.random.default_rng(6).normal(size=len(x))

    def value(at):
        return np.sin(placed(plan, family, at)) @ weights + plan.given(at).log_determinant

    outer = np.cos(placed(plan, family, x)) * weights
    steps = 1e-6 * np.eye(len(x))
    expected = [(value(x + step) - value(x - step)) / 2e-6 for step in steps]
    found = plan.given(x).gradient(x[family.deviation], x, outer)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)


def test_scales_fit_the_second_moments_of_known_deviations(family):
    groups = len(family.sd)
    x = point(family, 7)
    deviations = x[family.deviation]
    found = x.copy()
    found[family.scales] = family.fitted(x, np.zeros((len(x), len(x))))
    own, moments = family.factor(found), family.factor(x) @ deviations
    expected = moments @ moments.T / DIRECTIONS
    np.testing.assert_allclose(np.diag(own @ own.T), np.diag(expected))
    if groups == 2:
        np.testing.assert_allclose(own @ own.T, expected)
