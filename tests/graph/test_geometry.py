"""Sampling coordinates leave the posterior as it is, whatever their constants."""

import numpy as np
import pytest

from cips_models.inference.geometry import find


@pytest.fixture(scope="module")
def geometry(density):
    return find(density)


@pytest.fixture(scope="module")
def place(geometry, density):
    """A point of the sampling coordinates, its sds away from their reference, one negative."""
    here = np.random.default_rng(8).normal(0, 0.5, density.dim)
    sds = np.concatenate([f.sd for plan in geometry.deviations for f in plan.families])
    here[sds] *= np.linspace(-2, 2, len(sds))
    return here


def slopes(function, at, step=1e-5):
    """Jacobian by central differences, one column a coordinate."""
    moves = step * np.eye(len(at))
    return np.stack([(function(at + m) - function(at - m)) / (2 * step) for m in moves], axis=-1)


def test_gradient_agrees_with_finite_differences(geometry, density, place):
    function = geometry.log_density(density.function())
    expected = slopes(lambda at: function(at)[0], place)
    np.testing.assert_allclose(function(place)[1], expected, rtol=1e-4, atol=1e-4)


def test_density_changes_by_the_jacobian_of_the_map(geometry, density, place):
    function, plain = geometry.log_density(density.function()), density.function()
    other = np.random.default_rng(9).normal(0, 0.5, density.dim)

    def difference(at):
        jacobian = slopes(geometry.unconstrained, at)
        return plain(geometry.unconstrained(at))[0] + np.linalg.slogdet(jacobian)[1]

    found = function(place)[0] - function(other)[0]
    assert found == pytest.approx(difference(place) - difference(other), abs=1e-4)
