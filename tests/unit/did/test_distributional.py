"""Yamauchi's counterfactual: closed forms, published numbers, and a second route."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from cips_models.did.distributional import counterfactual, location_scale

# Answers to a question on gun control (less strict, as now, more strict), 2010 and 2012, of people
# with and without a mass shooting within 100 miles: Yamauchi (2020), two waves.
CONTROL = ((2447, 4735, 4494), (2034, 4923, 4719))
TREATED = ((919, 1856, 2102), (779, 1862, 2236))
EFFECTS = (0.00562, -0.00993, 0.00431)


def shares(counts):
    return np.asarray(counts, float) / np.sum(counts)


def by_formula(control_before, control_after, treated_before, cuts=(0.0, 1.0)):
    """Three levels in closed form with thresholds pinned at 0 and 1 instead."""

    def fitted(counts):
        first, second = norm.ppf(np.cumsum(shares(counts))[:2])
        sd = (cuts[1] - cuts[0]) / (second - first)
        return cuts[0] - sd * first, sd

    (m00, s00), (m01, s01), (m10, s10) = map(
        fitted, (control_before, control_after, treated_before)
    )
    m11, s11 = m10 + (m01 - m00) / s00 * s10, s10 * s01 / s00
    return np.diff([0.0, *norm.cdf((np.array(cuts) - m11) / s11), 1.0])


def test_the_gun_control_example():
    found = shares(TREATED[1]) - counterfactual(
        *(np.array(counts) for counts in (*CONTROL, TREATED[0]))
    )
    np.testing.assert_allclose(found.round(5), EFFECTS, atol=1e-12)


def test_three_levels_do_not_depend_on_where_thresholds_are_pinned():
    rng = np.random.default_rng(1)
    counts = rng.integers(20, 400, (30, 3, 3))
    found = counterfactual(counts[:, 0], counts[:, 1], counts[:, 2])
    expected = [by_formula(*each, cuts=(-0.7, 2.0)) for each in counts]
    np.testing.assert_allclose(found, expected, atol=1e-8)


@pytest.mark.parametrize("levels", [4, 5, 7])
def test_more_levels_are_fitted_by_maximum_likelihood(levels):
    rng = np.random.default_rng(levels)
    thresholds = np.sort(rng.normal(size=levels - 1))
    answers = rng.dirichlet(np.full(levels, 4.0))

    def loss(x):
        below = norm.cdf((thresholds - x[0]) / np.exp(x[1]))
        return -answers @ np.log(np.diff([0.0, *below, 1.0]))

    best = minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-15})
    mean, sd = location_scale(answers, thresholds)
    assert mean == pytest.approx(best.x[0], abs=1e-5)
    assert sd == pytest.approx(np.exp(best.x[1]), abs=1e-5)


def test_a_world_in_which_it_holds_is_found():
    """Five levels: latents move by the same number of sds in both; nothing is left to support."""
    cuts = np.array([-1.2, -0.3, 0.5, 1.4])

    def world(mean, sd):
        return np.diff([0.0, *norm.cdf((cuts - mean) / sd), 1.0])

    m00, s00, m01, s01, m10, s10 = 0.2, 1.1, 0.5, 1.3, -0.4, 0.8
    without = world(m10 + (m01 - m00) / s00 * s10, s10 * s01 / s00)
    found = counterfactual(world(m00, s00), world(m01, s01), world(m10, s10))
    np.testing.assert_allclose(found, without, atol=1e-8)


def test_what_is_not_determined_is_nan():
    two = np.array([[0.5, 0.5, 0.0], [0.2, 0.3, 0.5]])  # nobody chose the third level before
    fine = np.array([0.2, 0.3, 0.5])
    found = counterfactual(two, np.stack([fine, fine]), np.stack([fine, fine]))
    assert np.isnan(found[0]).all()
    np.testing.assert_allclose(found[1], fine, atol=1e-10)
    all_in_one = counterfactual(fine, fine, np.array([0.0, 1.0, 0.0]))
    assert np.isnan(all_in_one).all()
