"""A linear quantity of a stage 2 as a mixture, against dense algebra and against draws."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

from cips_models.errors import SpecificationError
from cips_models.inference.collapse import Collapsed
from cips_models.inference.linear import LinearHierarchy
from cips_models.inference.mixture import Mixture, mixture
from cips_models.inference.support_maps import SupportMaps
from cips_models.model.build import CellEstimates
from cips_models.model.design import of_observed
from cips_models.model.specification_file import specification

FIRST = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)
OTHER = np.array([[0, 1, 1], [1, 0, 0], [0, 1, 0], [1, 0, 1]], dtype=bool)
FEWER = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 0]], dtype=bool)


def mapped(supported):
    countries, factors = supported.shape
    names = [
        [f"C{c}" for c in range(countries)],
        [f"F{f}" for f in range(factors)],
        ["officials", "private sector"],
        ["2021", "2023"],
    ]
    told = (supported, np.where(supported, 1, -1), None)
    return of_observed(np.ones((countries, factors, 2, 2), bool), names, (2021, 2023), told)


def average(supported):
    weight = xr.DataArray(supported / supported.sum(), dims=("followed", "factor"))
    return lambda public: (public["effect_cell"].isel(group=1) * weight).sum(weight.dims)


def measured(position, seed=3):
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(len(position), 2 * len(position)))
    within = half @ half.T / 400 * (position[:, :1] == position[:, 0])
    shared = rng.normal(size=(len(position), 2)) / 20
    return CellEstimates(position, rng.normal(0, 0.4, len(position)), within, shared)


@pytest.fixture(scope="module", params=["did", "conditional"])
def maps(request):
    return SupportMaps.of(specification(request.param), mapped(FIRST))


@pytest.fixture(scope="module")
def fitted(maps):
    hierarchy, coefficients = maps.under(mapped(FIRST), average(FIRST))
    return Collapsed.fitted_to(measured(maps.position), hierarchy), coefficients


def test_another_map_is_what_a_model_of_its_own_gives(maps):
    hierarchy, coefficients = maps.under(mapped(OTHER), average(OTHER))
    own = SupportMaps.of(maps.spec, mapped(OTHER))
    expected = LinearHierarchy.of(own.density, own.position)
    np.testing.assert_allclose(hierarchy.still, expected.still, atol=1e-12)
    np.testing.assert_allclose(hierarchy.moving, expected.moving, atol=1e-12)
    wanted = expected.coefficients(own.density, average(OTHER))
    np.testing.assert_allclose(coefficients, wanted, atol=1e-12)
    again, _ = maps.under(mapped(FIRST), average(FIRST))
    left = LinearHierarchy.of(maps.density, maps.position)
    np.testing.assert_array_equal(again.still, left.still)  # the model is as it was
    assert np.abs(again.still - hierarchy.still).max() > 0.1


def test_a_map_with_other_terms_is_refused(maps):
    with pytest.raises(SpecificationError, match="found other countries or factors"):
        maps.under(mapped(FEWER), average(FEWER))


def test_given_the_scales_it_is_a_conditional_gaussian(fitted):
    """From the joint covariance of quantity and estimates, all of it written out."""
    marginal, coefficients = fitted
    hierarchy, cells = marginal.hierarchy, marginal.cells
    for h in np.random.default_rng(5).normal(size=(4, len(marginal.kept))):
        x = marginal.unconstrained(h)
        unit = np.eye(len(hierarchy.linear))
        loads = hierarchy.levels(x, unit)
        own = hierarchy.scaled(x, coefficients[:, None])[:, 0]
        covariance = cells.covariance + loads @ loads.T
        gain = np.linalg.solve(covariance, loads @ own)
        log_posterior, mean, variance = marginal.quantity(h, coefficients)
        assert log_posterior == pytest.approx(marginal.log_posterior(h), rel=1e-9)
        assert mean == pytest.approx(gain @ cells.mean, rel=1e-7)
        assert variance == pytest.approx(own @ own - gain @ (loads @ own), rel=1e-7)


def test_draws_have_the_same_mean_and_sd(fitted, maps):
    marginal, coefficients = fitted
    h, rng = np.zeros(len(marginal.kept)), np.random.default_rng(6)
    points = marginal.completed(h, 4000, rng)
    draws = average(FIRST)(maps.density.public(points[None])).to_numpy().ravel()
    _, mean, variance = marginal.quantity(h, coefficients)
    assert abs(draws.mean() - mean) < 4 * (variance / 4000) ** 0.5
    assert draws.var() == pytest.approx(variance, rel=4 * (2 / 4000) ** 0.5)


def test_few_points_do(fitted):
    marginal, coefficients = fitted
    rng = np.random.default_rng(7)
    few, many = (mixture(marginal, coefficients, rng, points) for points in (64, 2048))
    assert many.pareto_k < 0.5
    assert few.mean == pytest.approx(many.mean, abs=0.1 * many.sd)
    np.testing.assert_allclose(few.interval(), many.interval(), atol=0.15 * many.sd)


def test_quantiles_of_a_mixture():
    alone = Mixture(np.ones(1), np.array([2.0]), np.array([0.5]), 0.0)
    np.testing.assert_allclose(alone.interval(0.9), norm.ppf([0.05, 0.95], 2, 0.5))
    both = Mixture(np.array([0.25, 0.75]), np.array([-1.0, 3.0]), np.array([0.1, 2.0]), 0.0)
    rng = np.random.default_rng(8)
    draws = np.concatenate([rng.normal(-1, 0.1, 25_000), rng.normal(3, 2, 75_000)])
    assert both.mean == pytest.approx(2.0)
    assert both.sd == pytest.approx(draws.std(), rel=0.02)
    assert both.below(both.quantile(0.3)) == pytest.approx(0.3)
    np.testing.assert_allclose(both.interval(), np.quantile(draws, [0.025, 0.975]), atol=0.05)
