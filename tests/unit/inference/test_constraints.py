"""What a fit says identifies it, against the numbers of draws from the prior."""

import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
import xarray as xr

import cips_models as cips
from cips_models.errors import FitError
from cips_models.inference.fit import Fit, assemble, provenance
from cips_models.model.build import blueprint, build
from cips_models.model.compilation import MODE
from cips_models.model.specification import Prior, Specification

DID = cips.specification("did")
SUPPORTED = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)


def of(spec: Specification, **structure: object) -> Specification:
    return replace(spec, structure=replace(spec.structure, **structure))


@pytest.fixture(scope="module")
def drawn(make_survey) -> Callable[..., Fit]:
    """``drawn(spec, factors=..., ...)``: public variables of a model drawn from its prior."""

    def fit(spec: Specification = DID, **survey: object) -> Fit:
        model = build(make_survey(missing=0.0, **survey), spec)
        plan = blueprint(model)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*BLAS")
            values = pm.draw(model.deterministics, 4, random_seed=3, mode=MODE)
        posterior = {
            own.name: (("chain", "draw", *model.named_vars_to_dims.get(own.name, ())), value[None])
            for own, value in zip(model.deterministics, values, strict=True)
            if own.name in model.named_vars_to_dims or not own.ndim
        }
        used = {dim for dims, _ in posterior.values() for dim in dims[2:]}
        coords = {dim: list(model.coords[dim]) for dim in used if model.coords[dim] is not None}
        record = provenance(plan, route="joint", seed=1, settings={})
        return assemble(plan, xr.Dataset(posterior, coords), xr.Dataset(), record)

    return fit


@pytest.fixture(scope="module")
def usual(drawn) -> Fit:
    return drawn(supported=SUPPORTED)


def said(fit: Fit) -> str:
    return "\n".join(cips.identification(fit))


def test_blocks_are_those_within_which_the_constraints_hold(usual):
    found, block = said(usual), usual.questionnaire["block"].rename("block")
    for name, value in (
        ("discrimination", np.log(usual.posterior["discrimination"])),
        ("threshold", _locations(usual)),
    ):
        total = value.groupby(block).sum()
        np.testing.assert_allclose(total, 0, atol=1e-10, err_msg=name)
    assert "log discriminations of its questions sum to zero" in found
    # Shared in F1; in F2 the groups' versions differ; in F3 nothing is shared.
    assert "F1: one block (officials, private sector), whose levels are comparable." in found
    assert "F2, F3: 2 blocks (officials; private sector), each with a scale" in found
    assert "2 questions are one group's version of an item" in found


def _locations(fit: Fit) -> xr.DataArray:
    threshold, book = fit.posterior["threshold"], fit.questionnaire
    owner = np.repeat(np.arange(book.sizes["question"]), book["levels"].to_numpy() - 1)
    named = xr.DataArray(owner, dims="threshold_position", name="question")
    mean = threshold.drop_vars("threshold_position").groupby(named).mean()
    return mean.assign_coords(question=book["question"])


def test_one_group_is_told_nothing_of_other_groups(drawn):
    found = said(drawn(groups=("officials",)))
    assert "blocks (" not in found
    assert "all groups that were asked it" not in found
    assert "correlation between groups" not in found


def test_questions_of_two_levels_have_no_distances_between_thresholds(drawn):
    questions = [(f"Q{k}", f"F{k % 2}", 2, ("officials",), False) for k in range(4)]
    found = said(drawn(questions=questions, groups=("officials",)))
    assert "distances between its thresholds" not in found
    assert "question's discrimination" in found
    assert "weight of the outlook is 1 in every factor" in found  # two factors only


def test_shifts_are_said_as_they_are(usual, drawn):
    found = said(usual)
    for term in ("in one country than in others (sd estimated", "in all countries alike (sd est"):
        assert term in found
    assert "omega / sqrt(J)" in found
    assert "All of it is borne where one question was asked: F1, private sector; F3, offi" in found
    held = {
        "item_country": Prior("fixed", 0.25, 1.0, "held"),
        "item_wave": Prior("fixed", 0.0, 1.0, "none"),
        "item_country_wave": Prior("fixed", 0.0, 1.0, "none"),
    }
    found = said(drawn(replace(DID, priors=dict(DID.priors) | held)))
    assert "(sd held at 0.25 logits)" in found
    assert "omega" not in found
    found = said(drawn(of(DID, shifts="sparse")))
    assert "in one country than in others (sd estimated" in found
    assert "may drift in one country (most by next to nothing and a few by much" in found
    assert "omega" not in found
    assert "All of it is borne where one question was asked" in found
    found = said(drawn(of(DID, item_shifts=False)))
    assert "Held equal there too: a question's location." in found
    assert "may drift" not in found


def test_spreads_are_said_as_they_are(usual, drawn):
    found = said(usual)
    loading = np.log(usual.posterior["loading"]).sum("factor")
    np.testing.assert_allclose(loading, 0, atol=1e-10)
    assert "with geometric mean 1 over factors" in found
    assert "differs by group and wave" in found
    held = usual.posterior["specific_spread"].sel(factor="F3", group="officials")
    assert (held == DID.least_specific).all()
    assert "held at 0.3 where one question cannot tell it: F1, private sector; F3," in found

    plain = drawn(of(DID, spread_by_wave=False, loadings=False))
    spread = plain.posterior["general_spread"]
    assert float(abs(spread - spread.isel(factor=0, wave=0)).max()) == 0
    found = said(plain)
    assert "differs by group and is equal in all countries and waves" in found
    assert "weight of the outlook is 1 in every factor" in found

    none = drawn(of(DID, general_factor=False))
    assert float(none.posterior["general_spread"].max()) == 0
    assert "no general outlook in this model" in said(none)
    one = [(f"Q{k}", "F", 4, ("officials",), False) for k in range(3)]
    assert "With one factor a general outlook" in said(drawn(questions=one, groups=("officials",)))


def test_dont_know_is_said_as_it_is(usual, make_survey):
    assert "Don't know is left out" in said(usual)
    model = build(make_survey(), of(DID, dont_know="informative"))
    assert "answering_slope" in model.named_vars


def test_strata_are_said_as_they_are(drawn, usual):
    background = {"gender": np.tile(["woman", "man"], 12)}
    survey = {"background": background, "composition": {"columns": ["gender"]}}
    fit = drawn(**survey)
    np.testing.assert_allclose(fit.posterior["stratum_effect"].sum("stratum"), 0, atol=1e-10)
    assert "mean trait of the standard composition" in said(fit)
    for without in (usual, drawn(of(DID, composition=False), **survey)):
        assert "standard composition" not in said(without)
        assert "mean trait of its persons" in said(without)


def test_deviations_that_are_said_to_sum_to_zero_do(usual):
    found = said(usual)
    for name, words, dims in (
        ("country_baseline", "baselines of countries (over countries)", ["country"]),
        ("cell_baseline", "baselines of cells (over", ["country", "factor"]),
        ("cell_change", "changes of cells (over", ["followed", "factor"]),
        ("country_effect", "effects in countries (over", ["treated_country"]),
        ("factor_effect", "effects on factors (over", ["treated_factor"]),
    ):
        assert words in found
        for dim in dims:
            np.testing.assert_allclose(usual.posterior[name].sum(dim), 0, atol=1e-10)


@pytest.mark.parametrize(
    ("structure", "survey", "there", "not_there"),
    [
        ({}, {"supported": SUPPORTED}, "may differ, by one coefficient a group", "exchangeable"),
        (
            {"baseline_slope": False, "persistence": True},
            {"supported": SUPPORTED},
            "exchangeable with those of the others",
            "may differ, by one coefficient",
        ),
        ({"spillover_slope": False}, {"supported": SUPPORTED}, "effect on a", "may follow"),
        ({}, {"supported": SUPPORTED}, "may follow its share of supported", "proportional"),
        (
            {},
            {"supported": SUPPORTED, "intensity": 2.0 * SUPPORTED},
            "may follow its mean intensity of support",
            "share of supported",
        ),
        ({"support_effect": False}, {"supported": SUPPORTED}, "No effect of support", "effects in"),
        ({}, {}, "baselines of cells", "upport"),
        ({"pooling": False}, {"supported": SUPPORTED}, "No pooling", "sum to zero: "),
        ({}, {"once": ("Avalon",)}, "1 country seen in one wave", "random walks"),
        ({}, {"waves": ("1", "2", "4")}, "Changes are random walks", "seen in one wave"),
        ({}, {"waves": ("1",)}, "baselines of cells", "changes of"),
        (
            {},
            {"supported": SUPPORTED, "start": np.zeros((3, 3), int)},
            "under support when first seen",
            "effect on a supported cell",
        ),
    ],
)  # fmt: skip
def test_the_hierarchy_is_said_as_it_is(drawn, structure, survey, there, not_there):
    found = said(drawn(of(DID, **structure), **survey))
    assert there in found
    assert not_there not in found


def test_it_survives_the_file_and_an_older_one_is_refused(usual, tmp_path):
    again = cips.load(usual.save(tmp_path / "fit.nc"))
    assert cips.identification(again) == cips.identification(usual)
    record = {k: v for k, v in usual.provenance.items() if k != "structure"}
    with pytest.raises(FitError, match="found a fit without the structure"):
        cips.identification(replace(usual, provenance=record))
