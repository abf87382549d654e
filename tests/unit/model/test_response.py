"""Expected answers against quadrature by SciPy."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from cips_models.model.response import expected

START = np.array([0, 1, 5])
SLOPE = np.array([[2.5, 0.6]])
THRESHOLD = np.array([[0.3, -2.0, -0.5, 0.4, 1.9]])
POINTS = np.array([[0, 1, np.nan, np.nan, np.nan], [0, 0.1, 0.5, 0.7, 1.0]])
POSITIVE = np.array([[0, 1, np.nan, np.nan, np.nan], [0, 0, 0, 1, 1]])


def by_quadrature(level: float, spread: float, values: np.ndarray, members: list[int]) -> float:
    def mean_value(theta: float) -> float:
        total = 0.0
        for j in members:
            cuts = THRESHOLD[0, START[j] : START[j + 1]]
            above = np.concatenate([[1.0], expit(SLOPE[0, j] * (theta - cuts)), [0.0]])
            total += -np.diff(above) @ values[j, : len(cuts) + 1]
        return total / len(members)

    def integrand(theta: float) -> float:
        return mean_value(theta) * norm.pdf(theta, level, spread)

    low, high = level - 9 * spread, level + 9 * spread
    return quad(integrand, low, high, epsabs=1e-11, epsrel=1e-11, limit=200)[0]


@pytest.mark.parametrize("members", [[0], [1], [0, 1]])
def test_expected_answers_equal_quadrature(members: list[int]) -> None:
    level = np.array([[-3.0, 0.1, 0.4, 4.0]])
    spread = np.array([[0.3, 1.2, 0.9, 2.0]])
    value = np.stack([POINTS, POSITIVE])
    found = expected(level, spread, SLOPE, THRESHOLD, START, value, np.array(members))
    for s, values in enumerate(value):
        for p in range(level.size):
            slow = by_quadrature(level[0, p], spread[0, p], values, members)
            assert found[s, 0, p] == pytest.approx(slow, abs=1e-7)


def test_places_without_a_level_stay_without_value() -> None:
    level = np.array([[np.nan, 0.2]])
    found = expected(
        level, np.ones((1, 2)), SLOPE, THRESHOLD, START, POINTS[None], np.array([0, 1])
    )
    alone = expected(
        level[:, 1:], np.ones((1, 1)), SLOPE, THRESHOLD, START, POINTS[None], np.array([0, 1])
    )
    assert np.isnan(found[0, 0, 0])
    assert found[0, 0, 1] == pytest.approx(alone[0, 0, 0], abs=1e-7)


@pytest.mark.parametrize("slope", [1.5, 4.0, 8.0])
@pytest.mark.parametrize("spread", [0.5, 1.5, 3.0])
def test_sharp_items_of_people_who_differ_much(slope: float, spread: float) -> None:
    """Nodes as far apart as half an sd miss where a curve is steeper than that: by 2.5 points."""
    level = np.linspace(-1.0, 1.0, 9)[None]
    value = np.array([[[0.0, 1.0]]])
    found = expected(
        level, np.full_like(level, spread), np.array([[slope]]), np.array([[0.3]]),
        np.array([0, 1]), value, np.array([0]),
    )  # fmt: skip
    z = np.linspace(-9, 9, 8001)
    weight = norm.pdf(z) / norm.pdf(z).sum()
    slow = [weight @ expit(slope * (mean + spread * z - 0.3)) for mean in level[0]]
    np.testing.assert_allclose(found[0, 0], slow, atol=1e-8)
