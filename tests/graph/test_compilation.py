"""Models of one design share compiled functions, never data; any other model has its own."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pymc as pm
import pytest
from scipy.stats import invgamma, norm

from cips_models.errors import SpecificationError
from cips_models.model import compilation
from cips_models.model.build import blueprint, build
from cips_models.model.density import Density
from cips_models.model.likelihood import parameters, pointwise

SUPPORTED = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)


@pytest.fixture(autouse=True)
def nothing_compiled_yet(monkeypatch):
    monkeypatch.setattr(compilation, "_LATEST", type(compilation._LATEST)(maxlen=8))


def known():
    return len(compilation._LATEST)


def values(density, x):
    value, gradient = density.function()(x)
    return value, gradient, density.public(x[None, None])


def test_another_survey_of_the_design_gets_its_own_numbers(make_survey, spec):
    surveys = [make_survey(supported=SUPPORTED, seed=seed, respondents=seed + 1) for seed in (1, 2)]
    first, second = (Density(build(survey, spec)) for survey in surveys)
    assert known() == 1
    x = np.random.default_rng(5).normal(0, 0.5, first.dim)
    before, shared = values(first, x), values(second, x)
    compilation._LATEST.clear()
    alone = values(Density(build(surveys[1], spec)), x)
    np.testing.assert_array_equal(shared[0], alone[0])
    np.testing.assert_array_equal(shared[1], alone[1])
    assert shared[2].equals(alone[2])
    assert before[0] != shared[0]
    np.testing.assert_array_equal(values(first, x)[1], before[1])


#: JAX's threads do not survive a fork, and other tests fork: it has a process of its own.
PROGRAM = """
import sys
from dataclasses import replace

import numpy as np
import cips_models as cips
from cips_models.model import compilation
from cips_models.model.density import Density
from tests.conftest import build_survey

spec = cips.specification("did")
spec = replace(spec, quadrature=replace(spec.quadrature, single=False))
for seed in (1, 2):
    survey = build_survey(supported=np.eye(3, dtype=bool), seed=seed, respondents=3)
    density = Density(cips.build(survey, spec))
    x = np.random.default_rng(5).normal(0, 0.5, density.dim)
    other = Density(density.model, sys.argv[1])
    (expected, slope), (value, gradient) = (own.function()(x) for own in (density, other))
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(gradient, slope, rtol=1e-9, atol=1e-9)
assert len(compilation._LATEST) == 2
fit = cips.fit(density.model, seed=1, draws=4, tune=4, chains=2, backend=sys.argv[1])
assert np.isfinite(fit.posterior["level"]).all()
print("the same")
"""


@pytest.mark.parametrize("backend", ["numba", "jax"])
def test_every_backend_computes_the_same(backend):
    """Of two surveys: the functions are shared, the data are not."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, backend],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.endswith("the same\n"), done.stderr


def test_a_backend_that_is_not_there_is_refused(model, monkeypatch):
    monkeypatch.setattr(compilation, "find_spec", lambda _: None)
    with pytest.raises(SpecificationError, match="found no JAX installed"):
        Density(model, "jax")


def test_a_model_of_more_terms_than_numpy_adds_at_a_time(make_survey, spec):
    """Everything that a specification may have: each variable is a term of the log density."""
    survey = make_survey(
        supported=SUPPORTED, start=SUPPORTED * np.array([[1], [0], [1]]),
        background={"gender": np.tile(["woman", "man"], 12)},
        composition={"columns": ["gender"]},
    )  # fmt: skip
    many = {"dont_know": "informative", "shifts": "sparse", "persistence": True}
    model = build(survey, replace(spec, structure=replace(spec.structure, **many)))
    assert len(model.free_RVs) > 32
    density = Density(model)
    x = np.random.default_rng(5).normal(0, 0.5, density.dim)
    prior = 0.0
    for name, place in density.places.items():
        if name == "item_slab_z_log__":
            prior += (invgamma(2.0, scale=2.0).logpdf(np.exp(x[place])) + x[place]).sum()
        elif name.endswith("_interval__"):
            prior -= (np.logaddexp(0, x[place]) + np.logaddexp(0, -x[place])).sum()
        else:
            prior += norm.logpdf(x[place]).sum()
    public = density.public(x[None, None]).isel(chain=0, draw=0)
    values = {name: array.to_numpy() for name, array in public.data_vars.items()}
    lay = blueprint(model).layout
    likelihood = pointwise(parameters(values, lay), lay, spec.quadrature).sum()
    assert density.function()(x)[0] == pytest.approx(prior + likelihood, abs=1e-8)


def test_other_priors_terms_designs_or_potentials_are_other_functions(make_survey, spec):
    survey = make_survey(supported=SUPPORTED)
    effect = replace(spec.priors["effect"], sd=0.7)
    fewer = replace(spec.structure, baseline_slope=False)
    extended = build(survey, spec)
    with extended:
        pm.Potential("of the user", -(extended["effect"] ** 2).sum())
    models = {
        "first": build(survey, spec),
        "priors": build(survey, replace(spec, priors={**spec.priors, "effect": effect})),
        "terms": build(survey, replace(spec, structure=fewer)),
        # Which cells were supported is data: the function of the first, and another value.
        "support": build(make_survey(supported=~SUPPORTED), spec),
        "design": build(make_survey(supported=SUPPORTED, once=("Avalon",)), spec),
        "potential": extended,
    }
    found, count = set(), 0
    for differs, model in models.items():
        density = Density(model)
        count += differs != "support"
        assert known() == count
        x = np.random.default_rng(5).normal(0, 0.5, density.dim)
        found.add(density.function()(x)[0])
    assert len(found) == len(models)
