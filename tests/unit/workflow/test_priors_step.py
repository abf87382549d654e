"""Priors that draws cannot be weighed for: how the chain fits them anew, and what it says of it."""

from types import SimpleNamespace

import pytest

import cips_models as cips
from cips_models.did.powered_priors import powered_specification
from cips_models.errors import InterruptedFitError
from cips_models.tables import empty_table
from cips_models.workflow.request import Request
from cips_models.workflow.steps import priors
from cips_models.workflow.workspace import ENOUGH_FOR_DRIFT, Workspace


class Drawn:
    """A fit in name only."""

    def __init__(self, **settings):
        self.provenance = {"settings": settings}

    def save(self, path):
        return path


@pytest.fixture
def work(study, tmp_path, monkeypatch):
    """A workspace whose stage 1 is at hand, and which remembers what it was asked to fit."""
    asked = []
    for route in ("joint", "cut"):

        def fit(survey, spec, route=route, **options):
            asked.append((route, spec, options))
            return Drawn(**work.settings)

        monkeypatch.setattr(cips, route, fit)
    monkeypatch.setattr(Workspace, "stage_one", "at hand")
    request = Request(study=study, sampling={"sampler": "auto", "chains": 3, "draws": 900})
    work = SimpleNamespace(own=Workspace(tmp_path, request=request), asked=asked, settings={})
    return work


def test_a_joint_refit_makes_its_own_stage_one_and_keeps_the_settings(work):
    own = work.own
    own.sample("joint", own.specification, None)
    other = powered_specification(own.specification, ("discrimination",), 0.5)
    own.refit("joint", other)
    (_, _, first), (route, spec, again) = work.asked
    assert first["stage"] == "at hand"
    assert again["stage"] is None
    assert (route, spec) == ("joint", other)
    assert (again["sampler"], again["chains"], again["seed"]) == ("auto", 3, own.request.seed)
    assert again["draws"] == ENOUGH_FOR_DRIFT


def test_a_refit_by_the_cut_route_has_stage_one_at_hand(work):
    own = work.own
    own.refit("cut", powered_specification(own.specification, ("effect",), 0.5))
    ((route, _, options),) = work.asked
    assert (route, options["stage"], options["draws"]) == ("cut", "at hand", ENOUGH_FOR_DRIFT)


@pytest.fixture
def failing(work, monkeypatch):
    """The step, with weights that fail for one prior of every fit."""
    monkeypatch.setattr(
        priors.Scalable,
        "of",
        lambda fit, spec: SimpleNamespace(route="joint" if fit == "fit" else "cut"),
    )
    monkeypatch.setattr(priors, "all_fits", lambda _: {n: n for n in ("fit", "cut-did")})
    monkeypatch.setattr(priors, "sensitivity_tables", lambda _: {})

    def powered_table(scalable, spec, refit):
        refit(powered_specification(spec, ("effect",), 0.5), "effect to the power 0.5")
        return empty_table("powered_priors")

    monkeypatch.setattr(priors, "powered_table", powered_table)
    return work


def test_each_fit_is_refitted_by_its_own_route_and_that_is_said(failing):
    said = []
    priors.prior_tables(failing.own, lambda done, message: said.append((done, message)))
    assert [route for route, *_ in failing.asked] == ["joint", "cut"]
    assert said == [
        (0.0, "fit: weighing draws"),
        (0.0, "fit: fitting anew, effect to the power 0.5"),
        (0.5, "cut-did: weighing draws"),
        (0.5, "cut-did: fitting anew, effect to the power 0.5"),
    ]


def test_of_a_refit_that_was_interrupted_nothing_is_shown(failing):
    failing.settings["partial"] = "2 of 4 chains, 250 of 250 draws of each"
    with pytest.raises(InterruptedFitError, match=r"partial-fit-refit\.nc holds 2 of 4 chains"):
        priors.prior_tables(failing.own, lambda *_: None)
