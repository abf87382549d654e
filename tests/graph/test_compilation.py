"""Models of one design share compiled functions, never data; any other model has its own."""

from dataclasses import replace

import numpy as np
import pymc as pm
import pytest

from cips_models.model import compilation
from cips_models.model.build import build
from cips_models.model.density import Density

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


def test_other_priors_terms_designs_or_potentials_are_other_functions(make_survey, spec):
    survey = make_survey(supported=SUPPORTED)
    effect = replace(spec.priors["effect"], sd=0.7)
    extended = build(survey, spec)
    with extended:
        pm.Potential("of the user", -(extended["effect"] ** 2).sum())
    models = [
        build(survey, spec),
        build(survey, replace(spec, priors={**spec.priors, "effect": effect})),
        build(survey, replace(spec, structure=replace(spec.structure, baseline_slope=False))),
        build(make_survey(supported=~SUPPORTED), spec),
        build(make_survey(supported=SUPPORTED, once=("Avalon",)), spec),
        extended,
    ]
    found = set()
    for count, model in enumerate(models, 1):
        density = Density(model)
        assert known() == count
        x = np.random.default_rng(5).normal(0, 0.5, density.dim)
        found.add(density.function()(x)[0])
    assert len(found) == len(models)
