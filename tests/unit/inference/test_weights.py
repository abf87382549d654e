"""Importance weights and what is done with them."""

import numpy as np
import pytest

from cips_models.inference.proposal import SplitStudent
from cips_models.inference.weights import MOST_PARETO_K, efficiency, resampled, smoothed


def skewed(x):
    """A log density with a closed form: log-gamma in one dimension, normal in the other."""
    return 3.0 * x[0] - np.exp(x[0]) - 2.0 * (x[1] - 0.5 * x[0]) ** 2


def test_a_skewed_density_is_integrated_by_its_proposal():
    # exp(x) of a log-gamma with shape 3 has mean 3 and variance 3.
    mode = np.array([np.log(3.0), 0.5 * np.log(3.0)])
    hessian = np.array([[3.0 + 1.0, -2.0], [-2.0, 4.0]])
    points, log_density = SplitStudent.of(skewed, mode, hessian).draw(
        20_000, np.random.default_rng(1)
    )
    weights, pareto_k = smoothed(np.array([skewed(x) for x in points]) - log_density)
    assert pareto_k < 0.5
    assert efficiency(weights) > 0.4
    error = np.sqrt(3.0 / (efficiency(weights) * len(weights)))
    assert weights @ np.exp(points[:, 0]) == pytest.approx(3.0, abs=5 * error)
    assert weights @ (points[:, 1] - 0.5 * points[:, 0]) == pytest.approx(0.0, abs=5 * error)


def test_a_proposal_that_misses_the_tail_is_found_out():
    # Weights exp(x^2 / 2) of a normal x have a Pareto tail with k = 1: no finite mean.
    x = np.random.default_rng(2).normal(size=20_000)
    _, pareto_k = smoothed(0.5 * x**2)
    assert pareto_k > MOST_PARETO_K


def test_too_few_draws_fail_every_gate():
    weights, pareto_k = smoothed(np.log(np.arange(1.0, 11.0)))
    assert pareto_k > MOST_PARETO_K
    np.testing.assert_allclose(weights, np.arange(1, 11) / 55)


def test_one_draw_that_was_resampled_often_is_no_tail():
    log_weights = np.concatenate([np.linspace(-1, 0, 40), np.full(60, 2.0)])
    weights, pareto_k = smoothed(log_weights)
    assert pareto_k > MOST_PARETO_K
    np.testing.assert_allclose(weights, np.exp(log_weights) / np.exp(log_weights).sum())


def test_resampling_takes_every_draw_as_often_as_it_weighs():
    weights = np.array([0.5, 0.0, 0.125, 0.375])
    found = np.bincount(resampled(weights, 8, np.random.default_rng(3)), minlength=4)
    np.testing.assert_array_equal(found, [4, 0, 1, 3])
