"""Which sampler a joint fit gets: plumbing only, with fits that are made up."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import xarray as xr

import cips_models
from cips_models.inference.importance import trusted
from cips_models.workflow.workspace import Request, Workspace


def weighed(pareto_k: float, efficiency: float) -> SimpleNamespace:
    statistics = {"pareto_k": pareto_k, "efficiency": efficiency}
    return SimpleNamespace(sample_stats=xr.Dataset(statistics), by="importance")


@pytest.mark.parametrize(
    ("pareto_k", "efficiency", "expected"),
    [(0.3, 0.5, "importance"), (0.8, 0.5, "nutpie"), (0.3, 0.05, "nutpie")],
)
@pytest.mark.parametrize("sampler", [None, "auto", "importance", "nutpie", "pymc"])
def test_it_follows_the_diagnostic_unless_named(
    monkeypatch: pytest.MonkeyPatch,
    study: Path,
    tmp_path: Path,
    sampler: str | None,
    pareto_k: float,
    efficiency: float,
    expected: str,
) -> None:
    fit = weighed(pareto_k, efficiency)
    assert trusted(fit) == (expected == "importance")
    monkeypatch.setattr(Workspace, "stage_one", None)
    monkeypatch.setattr(cips_models, "build", lambda *_: None, raising=False)
    monkeypatch.setattr(cips_models, "importance", lambda *_, **__: fit, raising=False)
    monkeypatch.setattr(
        cips_models, "fit", lambda *_, sampler, **__: SimpleNamespace(by=sampler), raising=False
    )
    request = Request(study, sampling={"sampler": sampler})
    work = Workspace(tmp_path, request=request)
    found = work.sample("joint", work.specification, None).by
    assert found == (expected if sampler in {None, "auto"} else sampler)
