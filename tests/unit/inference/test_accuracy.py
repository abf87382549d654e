"""What is done where the quadrature does not suffice."""

from dataclasses import asdict, replace

import numpy as np
import pytest

import cips_models as cips
from cips_models.inference import accuracy
from cips_models.inference.accuracy import noted, quadrature_error, reweighted, sufficient
from cips_models.inference.replay import thinned
from cips_models.model.layout import layout
from cips_models.model.quadrature import ASPECTS, Quadrature

TOO_COARSE = Quadrature(nodes=5, span=4.5, step=0.5, reach=6.0)


def on(fit, grid):
    return replace(fit, provenance={**fit.provenance, "quadrature": asdict(grid)})


def test_a_sufficient_grid_stays_and_a_coarse_one_is_refined_where_it_is_coarse(fit, survey):
    lay, drawn = layout(survey), thinned(fit, 12)
    grid = cips.specification("did").quadrature
    assert sufficient(drawn, lay, grid, threads=1) == grid
    found = sufficient(drawn, lay, TOO_COARSE, threads=1)
    assert found.nodes > TOO_COARSE.nodes
    assert (found.step, found.reach) == (TOO_COARSE.step, TOO_COARSE.reach)
    errors = [quadrature_error(on(fit, one), survey, draws=12).std() for one in (TOO_COARSE, found)]
    assert errors[1] < errors[0] / 2


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_refinement_changes_one_thing(aspect):
    finer = asdict(TOO_COARSE.refined(aspect))
    changed = {name for name, value in asdict(TOO_COARSE).items() if finer[name] != value}
    assert changed == {"span": {"span", "nodes"}}.get(aspect, {aspect})
    assert TOO_COARSE.refined() == TOO_COARSE


def test_weights_move_a_fit_to_where_a_finer_grid_has_it(fit, survey, monkeypatch):
    """An error that is linear in one normal parameter moves its mean by slope times variance."""
    effect = fit.posterior["effect"]
    slope = 0.4 / float(effect[..., 0].std())

    def linear(some, *_, **__):
        return slope * some.posterior["effect"][..., 0].drop_vars("group")

    monkeypatch.setattr(accuracy, "quadrature_error", linear)
    moved = reweighted(fit, survey, seed=1)
    by = (moved.posterior["effect"] - effect).mean(("chain", "draw")) / effect.std(
        ("chain", "draw")
    )
    effective = 0.8 * effect.sizes["chain"] * effect.sizes["draw"]
    assert abs(float(by[0]) - 0.4) < 4 / np.sqrt(effective)
    assert abs(float(by[1])) < 4 / np.sqrt(effective)
    assert moved.provenance["settings"]["quadrature"] == "reweighted to a finer grid"
    assert moved.provenance["quadrature"]["step"] < fit.provenance["quadrature"]["step"]
    assert fit.posterior["effect"].identical(effect)


def test_weights_that_do_not_suffice_mend_nothing(fit, survey, monkeypatch):
    def wild(some, *_, **__):
        return 40 * some.posterior["effect"][..., 0].drop_vars("group") / 0.05

    monkeypatch.setattr(accuracy, "quadrature_error", wild)
    assert reweighted(fit, survey, seed=1) is None


def test_settings_say_when_the_grid_is_not_the_specified_one(fit):
    spec = cips.specification("did")
    assert noted(fit, spec) is fit
    finer = noted(on(fit, spec.quadrature.finer()), spec)
    assert finer.provenance["settings"]["quadrature"] == "finer than specified"
