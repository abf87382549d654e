"""Support of several intensities: what it does to levels, and when it changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from cips_models.model.build import build
from cips_models.model.density import Density

SUPPORTED = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)
INTENSITY = np.array([[0.5, 0, 2], [0, 1, 0], [3, 0.7, 0]])

#: Priors of what one unit of intensity does.
OF_A_UNIT = ("effect", "country_effect", "factor_effect", "spillover_slope")


def with_intensity(make_survey, intensity):
    return make_survey(supported=SUPPORTED, intensity=intensity)


def test_with_all_intensities_one_nothing_changes(make_survey, spec, density, point):
    same = Density(build(with_intensity(make_survey, SUPPORTED.astype(float)), spec))
    value, gradient = density.function()(point)
    assert same.function()(point)[0] == value
    np.testing.assert_array_equal(same.function()(point)[1], gradient)


def test_a_unit_half_as_large_is_a_prior_half_as_wide(make_survey, spec, density, point):
    priors = {name: replace(spec.priors[name], sd=spec.priors[name].sd / 2) for name in OF_A_UNIT}
    halved = replace(spec, priors=dict(spec.priors) | priors)
    twice = Density(build(with_intensity(make_survey, 2.0 * SUPPORTED), halved))
    assert twice.function()(point)[0] == pytest.approx(density.function()(point)[0], abs=1e-9)
    other = Density(build(with_intensity(make_survey, INTENSITY), spec))
    assert abs(other.function()(point)[0] - density.function()(point)[0]) > 1e-3


def test_levels_follow_from_effect_times_intensity(make_survey, spec):
    density = Density(build(with_intensity(make_survey, INTENSITY), spec))
    x = np.random.default_rng(5).normal(0, 0.5, density.dim)
    found = density.public(x[None, None]).isel(chain=0, draw=0)
    p = {name: array.to_numpy() for name, array in found.data_vars.items()}
    mean = INTENSITY.sum(axis=1) / 3
    for c, f, g in np.ndindex(3, 3, 2):
        change = p["mean_change"][g, 0] + p["common_change"][g, 0, f]
        change += p["country_change"][g, 0, c] + p["cell_change"][g, 0, c, f]
        change += p["spillover_slope"][g] * (mean[c] - mean.mean())
        effect = p["effect"][g] + p["country_effect"][g, c] + p["factor_effect"][g, f]
        assert p["effect_cell"][c, f, g] == pytest.approx(INTENSITY[c, f] * effect, abs=1e-12)
        expected = p["level"][c, f, g, 0] + change + INTENSITY[c, f] * effect
        assert p["level"][c, f, g, 1] == pytest.approx(expected, abs=1e-12)
