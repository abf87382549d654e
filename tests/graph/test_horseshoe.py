"""Sparse item shifts: their prior against its definition, and who refuses them."""

from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
from scipy.stats import halfcauchy, invgamma, norm

import cips_models as cips
from cips_models.errors import SpecificationError
from cips_models.model.build import blueprint, build
from cips_models.model.density import Density
from cips_models.model.horseshoe import half_cauchy
from cips_models.model.likelihood import parameters, pointwise
from cips_models.model.shifts import Asked

WAVE, BOTH = "item_wave", "item_country_wave"


@pytest.fixture(scope="module")
def sparse(spec):
    return replace(spec, structure=replace(spec.structure, shifts="sparse"))


@pytest.fixture(scope="module")
def density(survey, sparse):
    return Density(build(survey, sparse))


@pytest.fixture(scope="module")
def point(density):
    return np.random.default_rng(5).normal(0, 0.7, density.dim)


@pytest.fixture(scope="module")
def public(density, point):
    found = density.public(point[None, None]).isel(chain=0, draw=0)
    return {name: array.to_numpy() for name, array in found.data_vars.items()}


def test_half_cauchy_has_its_quantiles():
    """Far into both tails, where a quantile function from one side alone loses its digits."""
    z = np.array([-8.0, -3.0, -0.5, 0.0, 0.7, 3.0, 8.0])
    with pm.Model() as model:
        value = half_cauchy("x", 0.3, (len(z),))
    found = value.eval({model["x_z"]: z})
    below, above = halfcauchy.ppf(norm.cdf(z)), halfcauchy.isf(norm.sf(z))
    np.testing.assert_allclose(found, 0.3 * np.where(z < 0, below, above), rtol=1e-9)


def test_shifts_are_those_of_piironen_and_vehtari(survey, sparse, density, point, public):
    def at(name):
        return point[density.places[name]]

    def cauchy(z):
        return np.where(z < 0, halfcauchy.ppf(norm.cdf(z)), halfcauchy.isf(norm.sf(z)))

    square = np.exp(at("item_slab_z_log__")) * sparse.priors["item_slab"].sd ** 2
    assert public["item_slab"] ** 2 == pytest.approx(square)
    asked = Asked.of(blueprint(density.model).layout, 3, np.ones(1))
    change = np.zeros((8, 3))
    for k, term in enumerate((WAVE, BOTH)):
        tau = sparse.priors[f"{term}_scale"].sd * cauchy(at(f"{term}_scale_z"))
        assert public["item_scale"][k] == pytest.approx(tau)
        local = cauchy(at(f"{term}_local_z"))
        width = np.sqrt(square) * local / np.sqrt(square + tau**2 * local**2)
        drift = at(f"{term}_z") * tau * width
        for place, value in zip(asked.places()[term], drift, strict=True):
            if term == WAVE:
                change[place[0]] += value
            else:
                change[place[1], place[0]] += value
    found = public["item_shift"][:, :, 1] - public["item_shift"][:, :, 0]
    np.testing.assert_allclose(found, change, atol=1e-12)


def test_density_is_prior_and_likelihood(sparse, density, point, public):
    prior = 0.0
    for name, place in density.places.items():
        x = point[place]
        if name == "item_slab_z_log__":  # c^2 / s^2 on its logarithm
            prior += (invgamma(2.0, scale=2.0).logpdf(np.exp(x)) + x).sum()
        elif name.endswith("_z"):
            prior += norm.logpdf(x).sum()
        else:  # correlations, uniform
            prior += (-np.logaddexp(0, x) - np.logaddexp(0, -x)).sum()
    lay = blueprint(density.model).layout
    likelihood = pointwise(parameters(public, lay), lay, sparse.quadrature).sum()
    assert density.function()(point)[0] == pytest.approx(prior + likelihood, abs=1e-8)


def test_gradient_equals_finite_differences(density, point):
    evaluate, step = density.function(), 1e-5
    gradient = evaluate(point)[1]
    for name in ("item_slab_z_log__", *(f"{t}{p}_z" for t in (WAVE, BOTH) for p in PARTS)):
        for k in density.places[name].ravel():
            move = step * (np.arange(density.dim) == k)
            rise = (evaluate(point + move)[0] - evaluate(point - move)[0]) / (2 * step)
            assert gradient[k] == pytest.approx(rise, rel=1e-5, abs=1e-6), name


PARTS = ("", "_local", "_scale")


def test_a_drift_that_is_fixed_stays_normal(survey, sparse):
    priors = {BOTH: replace(sparse.priors[BOTH], family="fixed", sd=0.2)}
    model = build(survey, replace(sparse, priors=dict(sparse.priors) | priors))
    names = {variable.name for variable in model.free_RVs}
    assert f"{WAVE}_local_z" in names
    assert f"{BOTH}_local_z" not in names
    assert list(model.coords["sparse_term"]) == [WAVE]
    assert list(model.coords["item_term"]) == ["item_country", BOTH]


@pytest.mark.parametrize("way", [cips.cut, cips.importance, cips.approximate])
def test_what_needs_a_gaussian_refuses_them(survey, sparse, way):
    with pytest.raises(SpecificationError, match=r'shifts = "sparse".*--sampler nutpie'):
        way(survey, sparse, seed=1)
    with pytest.raises(SpecificationError, match="stage 1"):
        cips.stage_one(survey, sparse)


def test_nuts_takes_them(make_survey, sparse):
    survey = make_survey(respondents=10)
    fit = cips.fit(build(survey, sparse), seed=1, draws=60, tune=150, chains=2)
    assert float(fit.sample_stats["diverging"].mean()) < 0.1
    shift = fit.posterior["item_shift"]
    assert np.isfinite(shift).all()
    assert float(shift.std(("chain", "draw")).max()) > 0
