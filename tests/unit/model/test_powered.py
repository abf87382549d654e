"""Priors to a power: held against their densities to that power, taken from SciPy."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from cips_models.errors import SpecificationError
from cips_models.model.powered import log_density, powered
from cips_models.model.specification import Prior
from cips_models.model.specification_file import specification

X = np.linspace(0.05, 3.0, 40)
FAMILIES = {
    "normal": lambda prior: stats.norm(0, prior.sd),
    "half_normal": lambda prior: stats.halfnorm(0, prior.sd),
    "lognormal": lambda prior: stats.lognorm(prior.sd, scale=prior.median),
}


def prior(family, sd=0.7, median=1.3):
    return Prior(family, sd, median, "made up")


@pytest.mark.parametrize("family", FAMILIES)
def test_log_density_is_that_of_the_family(family):
    ours = log_density(prior(family), xr.DataArray(X, dims="x")).to_numpy()
    difference = ours - FAMILIES[family](prior(family)).logpdf(X)
    np.testing.assert_allclose(difference, difference[0], atol=1e-12)


@pytest.mark.parametrize("power", [0.5, 0.99, 2.0])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_prior_to_a_power_has_its_density_to_that_power(family, power):
    wanted = power * FAMILIES[family](prior(family)).logpdf(X)
    found = FAMILIES[family](powered(prior(family), power)).logpdf(X)
    np.testing.assert_allclose(found - wanted, found[0] - wanted[0], atol=1e-10)


def test_a_uniform_prior_has_nothing_to_scale():
    uniform = prior("uniform")
    assert powered(uniform, 0.5) == uniform
    assert not log_density(uniform, xr.DataArray(X, dims="x")).any()


@pytest.mark.parametrize("family", ["half_cauchy", "inverse_gamma", "fixed"])
def test_what_has_no_power_of_its_family_is_refused(family):
    with pytest.raises(SpecificationError, match="found no power of it in closed form"):
        powered(prior(family), 2.0)
    with pytest.raises(SpecificationError, match="found no power of it in closed form"):
        log_density(prior(family), xr.DataArray(X, dims="x"))


def test_a_power_is_above_zero():
    with pytest.raises(SpecificationError, match="found 0"):
        powered(specification("did").priors["effect"], 0.0)
