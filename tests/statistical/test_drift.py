"""Items that drift, and nothing else that changes: a model without drift is sure of changes.

Gates, set before the run: the changes that are not there lie further from zero than twice their
posterior sd (root mean square) without drift, and within 1.6 times with it; the sds of the drift
are found within three of theirs.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import cips_models as cips
from cips_models.estimands.changes import pooled_changes
from cips_models.inference.fit import Fit
from cips_models.model.forward import simulate_answers
from cips_models.model.layout import layout
from cips_models.model.likelihood import parameters
from cips_models.survey.survey import Survey

COUNTRIES, FACTORS, ITEMS, LEVELS = 10, 8, 4, 5

#: True sds in logits: of items in a country, of their drift in all countries and in single ones.
SDS = {"item_country": 0.3, "item_wave": 0.35, "item_country_wave": 0.2}


@pytest.fixture(scope="module")
def drifting(make_survey: Callable[..., Survey]) -> Survey:
    """A survey in which no level changes at all, and every item drifts."""
    rng = np.random.default_rng(20)
    questions = [
        (f"Q{f}{j}", f"F{f}", LEVELS, ("officials",), False)
        for f in range(FACTORS)
        for j in range(ITEMS)
    ]
    asked = {
        "questions": questions,
        "countries": [f"C{c}" for c in range(COUNTRIES)],
        "groups": ("officials",),
        "respondents": 60,
    }
    blank = make_survey(**asked, missing=0.05)
    lay = layout(blank, thresholds_by=("country", "wave"))
    items = FACTORS * ITEMS
    own = rng.normal(0, SDS["item_country"], (items, COUNTRIES))
    shift = np.repeat(own[:, :, None], 2, axis=2)
    shift[:, :, 1] += rng.normal(0, SDS["item_wave"], (items, 1))
    shift[:, :, 1] += rng.normal(0, SDS["item_country_wave"], (items, COUNTRIES))
    level = rng.normal(0, 0.4, (COUNTRIES, FACTORS, 1, 1)) * np.ones(2)
    public = {
        "discrimination": np.ones(items),
        "threshold": np.tile([-1.5, -0.5, 0.5, 1.5], items),
        "level": level,
        "general_spread": np.full((FACTORS, 1, 2), 0.9),
        "specific_spread": np.full((FACTORS, 1), 0.6),
        "item_shift": shift,
    }
    drawn = simulate_answers(rng, **parameters(public, lay), layout=lay)
    answers = np.empty_like(drawn)
    answers[lay.order] = drawn
    return make_survey(**asked, answers=answers)


@pytest.fixture(scope="module")
def fits(drifting: Survey) -> dict[bool, Fit]:
    """By the cut route, with item shifts and without."""
    spec = cips.specification("did")
    return {
        shifts: cips.cut(
            drifting,
            replace(spec, structure=replace(spec.structure, item_shifts=shifts)),
            seed=1,
            draws=400,
        )
        for shifts in (False, True)
    }


def distance(fit: Fit) -> float:
    """Root mean square of the pooled changes of all factors in their posterior sds; truth: zero."""
    change = pooled_changes(cips.changes(fit))["latent"]
    z = change.mean(("chain", "draw")) / change.std(("chain", "draw"))
    return float(np.sqrt((z**2).mean()))


def test_drift_is_no_change(fits: dict[bool, Fit]) -> None:
    assert distance(fits[False]) > 2
    assert distance(fits[True]) < 1.6


def test_a_factor_bears_omega_over_root_of_its_items(fits: dict[bool, Fit]) -> None:
    """More respondents would not help: the sd of a change is at least that of its drift."""
    change = pooled_changes(cips.changes(fits[True]))["latent"]
    found = fits[True].posterior["item_sd"].isel(chain=0, draw=0)
    omega = float(found.sel(item_term="item_wave"))
    assert float(change.std(("chain", "draw")).min()) > 0.9 * omega / np.sqrt(ITEMS)


def test_a_joint_fit_finds_how_far_items_shift(drifting: Survey) -> None:
    fit = cips.joint(drifting, cips.specification("did"), seed=2, draws=500, sampler="importance")
    assert fit.sample_stats["pareto_k"] <= 0.7
    sd = fit.posterior["item_sd"]
    mean, spread = sd.mean(("chain", "draw")), sd.std(("chain", "draw"))
    for term, truth in SDS.items():
        z = (float(mean.sel(item_term=term)) - truth) / float(spread.sel(item_term=term))
        assert abs(z) < 3, term
    assert distance(fit) < 1.6
