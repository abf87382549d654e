"""Which sampler a joint fit gets, and on which grid: plumbing only, with fits that are made up."""

from dataclasses import asdict, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.errors import FitError, SpecificationError
from cips_models.inference import joint as module
from cips_models.inference.importance import trusted, wanting
from cips_models.model.quadrature import Quadrature

SPEC = cips.specification("did")
FINER = SPEC.quadrature.finer()


def made_up(by: str, grid: Quadrature, pareto_k: float, efficiency: float) -> SimpleNamespace:
    statistics = {
        "pareto_k": pareto_k,
        "efficiency": efficiency,
        "log_weight": (("chain", "proposal"), np.zeros((2, 100))),
    }
    return SimpleNamespace(
        by=by,
        sample_stats=xr.Dataset(statistics),
        posterior=xr.Dataset(coords={"chain": np.arange(2), "draw": np.arange(100)}),
        provenance={"quadrature": asdict(grid), "settings": {}},
    )


class Stage:
    """Stand-ins for the samplers, what their diagnostics say, and how far a grid errs."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.pareto_k, self.efficiency, self.identified, self.mends = 0.3, 0.5, True, True
        self.error = {SPEC.quadrature: 0.0, FINER: 0.0}
        stand_ins = {
            "stage_one": self.stage_one,
            "importance": lambda _, spec, **__: self.fit(spec, "importance"),
            "approximate": lambda _, spec, **__: self.fit(spec, "approximate"),
            "build": lambda _, spec: spec,
            "fit": lambda spec, sampler="nutpie", **_: self.fit(spec, sampler),
            "quadrature_error": self.quadrature_error,
            "sufficient": lambda *_, **__: FINER,
            "reweighted": lambda fit, *_, **__: self.mended(fit),
            "matching_layout": lambda *_: None,
            "thinned": lambda *_: None,
            "every_cell_alone": lambda *_: None,
            "forecast": lambda *_: "about a minute",
            "noted": lambda fit, _: fit,
        }
        for name, stand_in in stand_ins.items():
            patch.setattr(module, name, stand_in)

    def fit(self, spec: Any, by: str) -> SimpleNamespace:
        return made_up(by, spec.quadrature, self.pareto_k, self.efficiency)

    def stage_one(self, *_: object, **__: object) -> SimpleNamespace:
        if not self.identified:
            raise FitError("made up")
        return SimpleNamespace(quadrature=SPEC.quadrature)

    def quadrature_error(self, fit: Any, _: object) -> np.ndarray:
        return np.array([-1.0, 1.0]) * self.error[Quadrature(**fit.provenance["quadrature"])]

    def mended(self, fit: Any) -> Any:
        return SimpleNamespace(**{**vars(fit), "by": "weights"}) if self.mends else None


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


@pytest.mark.parametrize(
    ("pareto_k", "efficiency", "expected"),
    [(0.3, 0.5, "importance"), (0.8, 0.5, "nutpie"), (0.3, 0.05, "nutpie")],
)
@pytest.mark.parametrize("sampler", ["auto", "importance", "approximate", "nutpie", "pymc"])
def test_it_follows_the_diagnostic_unless_named(
    stage: Stage, sampler: str, pareto_k: float, efficiency: float, expected: str
) -> None:
    stage.pareto_k, stage.efficiency = pareto_k, efficiency
    made = made_up("importance", SPEC.quadrature, pareto_k, efficiency)
    assert trusted(made) == (expected == "importance")
    found = cips.joint(None, SPEC, seed=1, sampler=sampler).by
    assert found == (expected if sampler == "auto" else sampler)


def test_an_interrupted_fit_is_not_begun_anew_by_another_sampler(stage: Stage) -> None:
    stage.pareto_k, made = 0.9, stage.fit

    def partial(spec: Any, by: str) -> SimpleNamespace:
        found = made(spec, by)
        found.provenance["settings"]["partial"] = "made up"
        return found

    stage.fit = partial
    assert cips.joint(None, SPEC, seed=1).by == "importance"


def test_without_a_gaussian_nuts_takes_the_place(stage: Stage) -> None:
    stage.identified = False
    assert cips.joint(None, SPEC, seed=1).by == "nutpie"


def test_sparse_item_shifts_go_to_nuts_at_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.stage_one = None  # not called
    with caplog.at_level("INFO", logger="cips_models"):
        assert cips.joint(None, cips.specification("sparse-shifts"), seed=1).by == "nutpie"
    assert "item shifts are sparse, which takes NUTS" in caplog.text
    for sampler in ("importance", "approximate"):
        with pytest.raises(SpecificationError, match=f"sampler '{sampler}' cannot take.*nutpie"):
            cips.joint(None, cips.specification("sparse-shifts"), seed=1, sampler=sampler)


def test_a_gaussian_that_fails_later_leaves_it_to_nuts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise FitError("made up")

    monkeypatch.setattr(module, "importance", fails)
    assert cips.joint(None, SPEC, seed=1).by == "nutpie"
    with pytest.raises(FitError, match="made up"):
        cips.joint(None, SPEC, seed=1, sampler="importance")


def test_an_unknown_sampler_is_refused() -> None:
    with pytest.raises(SpecificationError, match="found 'gibbs'; expected one of"):
        cips.joint(None, SPEC, seed=1, sampler="gibbs")


@pytest.mark.parametrize(
    ("error", "mends", "by", "grid"),
    [
        (0.05, True, "importance", SPEC.quadrature),
        (0.5, True, "weights", SPEC.quadrature),
        (0.5, False, "importance", FINER),
    ],
)
def test_too_coarse_a_grid_is_mended_by_weights_or_by_a_finer_fit(
    stage: Stage, error: float, mends: bool, by: str, grid: Quadrature
) -> None:
    stage.error[SPEC.quadrature], stage.mends = error, mends
    found = cips.joint(None, SPEC, seed=1)
    assert (found.by, found.provenance["quadrature"]) == (by, asdict(grid))


def test_nuts_goes_on_with_the_grid_that_stage_one_needed(stage: Stage) -> None:
    stage.efficiency = 0.05
    stage.stage_one = lambda *_, **__: None  # not called: given
    given = SimpleNamespace(quadrature=replace(SPEC.quadrature, nodes=40), density=None)
    stage.error[given.quadrature] = 0.0
    found = cips.joint(None, SPEC, seed=1, stage=given)
    assert found.by == "nutpie"
    assert found.provenance["quadrature"]["nodes"] == 40


@pytest.mark.parametrize(
    ("pareto_k", "efficiency", "more"),
    [
        (0.3, 0.5, 0),
        (0.3, 0.32, 25),  # 125 of them have the effective draws of 100 at 0.4
        (0.3, 0.1, 300),
        (0.8, 0.5, 100),  # few draws tell k poorly
        (1.2, 0.1, 0),
        (0.3, 0.02, 0),
    ],
)
def test_as_many_more_draws_are_proposed_as_the_gates_ask_for(pareto_k, efficiency, more):
    fit = made_up("importance", SPEC.quadrature, pareto_k, efficiency)
    assert wanting(fit) == more
    fit.provenance["settings"]["partial"] = "made up"
    assert wanting(fit) == 0
