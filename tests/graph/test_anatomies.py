"""Surveys of every shape become models with the right dimensions and finite gradients."""

import warnings

import numpy as np
import pytest
from pytensor.compile.mode import Mode

from cips_models.errors import SpecificationError
from cips_models.model.build import blueprint, build
from cips_models.model.specification_file import specification

#: Compiles fastest, runs slowest.
QUICK = Mode(linker="py", optimizer="fast_compile")
BOTH = ("officials", "private sector")
ONE_FACTOR = (("Q1", "F1", 5, BOTH, False), ("Q2", "F1", 2, BOTH, False))
ONE_ITEM = (("Q1", "F1", 5, BOTH, False),)

SHAPES = {
    "one factor": {"questions": ONE_FACTOR},
    "one item": {"questions": ONE_ITEM},
    "one wave": {"waves": ("2021",)},
    "one group": {"groups": ("officials",)},
    "one country": {"countries": ("Avalon",)},
    "one of everything": {
        "questions": ONE_ITEM,
        "waves": ("2021",),
        "groups": ("officials",),
        "countries": ("Avalon",),
    },
    "three waves, one country seen once": {
        "waves": ("2019", "2021", "2025"),
        "once": ("Avalon",),
        "supported": np.array([[1, 0, 0], [0, 1, 1], [1, 0, 0]], dtype=bool),
        "start": np.array([[1, 0, 0], [0, 1, 2], [0, 0, 0]]),
    },
    "three groups": {"groups": ("officials", "private sector", "citizens")},
    "strata": {
        "background": {"rank": ["chief", "clerk"] * 12},
        "composition": {"columns": ["rank"]},
    },
    "strata and a mode, one factor, one group": {
        "questions": ONE_FACTOR,
        "groups": ("officials",),
        "background": {"rank": ["chief", ""] * 6, "how": ["online"] * 5 + ["tablet"] * 7},
        "composition": {"columns": ["rank"], "mode": "how"},
    },
}


def logp_and_gradient(model):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*BLAS")
        compiled = model.logp_dlogp_function(ravel_inputs=True, mode=QUICK)
        compiled.set_extra_values({})
        size = sum(int(np.prod(v.shape)) for v in model.initial_point().values())
        return compiled(np.random.default_rng(1).normal(0, 0.3, size))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_has_a_finite_gradient(make_survey, shape):
    survey = make_survey(**SHAPES[shape])
    model = build(survey, specification("did"))
    value, gradient = logp_and_gradient(model)
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    plan = blueprint(model).design
    assert model.named_vars_to_dims["level"] == ("country", "factor", "group", "wave")
    assert [len(model.coords[d]) for d in ("country", "factor", "group", "wave")] == list(
        plan.observed.shape
    )


def test_three_waves_have_two_steps(make_survey):
    survey = make_survey(**SHAPES["three waves, one country seen once"])
    model = build(survey, specification("did"))
    plan = blueprint(model).design
    assert plan.followed_labels == ("Belovodye", "Cockaigne")
    assert list(model.coords["step"]) == ["2019 to 2021", "2021 to 2025"]
    assert model.named_vars_to_dims["cell_change"] == ("group", "step", "followed", "factor")
    # Two and four years: as long as 2/3 and 4/3 of the mean step.
    np.testing.assert_allclose(plan.step_scale**2, [2 / 3, 4 / 3])
    # Cockaigne's F1 was supported before its first wave: neither treated nor untreated.
    np.testing.assert_array_equal(plan.already_treated, [[0, 0, 0], [0, 0, 0], [1, 0, 0]])
    np.testing.assert_array_equal(plan.treated, [[0, 1, 1], [0, 0, 0]])
    np.testing.assert_array_equal(plan.support[1, 1], [False, True, True])
    np.testing.assert_array_equal(plan.support[1, 2], [False, False, True])
    assert not plan.support[0].any()


def test_free_variables_are_as_declared(make_survey):
    supported = np.array([[1, 0, 0], [0, 1, 1], [1, 0, 0]], dtype=bool)
    survey = make_survey(supported=supported)

    def names(name):
        return {v.name for v in build(survey, specification(name)).unobserved_RVs}

    did, exchangeable, conditional = map(names, ("did", "exchangeable", "conditional"))
    assert "baseline_slope" in did
    assert "persistence" not in did
    assert "baseline_slope" not in exchangeable
    assert "persistence" not in exchangeable
    assert "persistence" in conditional
    assert "baseline_slope" not in conditional
    assert {"effect", "spillover_slope"} <= did & exchangeable & conditional
    assert "effect" not in {v.name for v in build(make_survey(), specification("did")).free_RVs}


def test_model_changed_by_hand_is_not_taken_for_ours():
    import pymc as pm

    with pytest.raises(SpecificationError, match="not made by"):
        blueprint(pm.Model())


def test_cells_without_estimates_are_refused(make_survey):
    with pytest.raises(SpecificationError, match=r"cips_models\.cut"):
        build(make_survey(), specification("cut-stage2"))
