"""What is predicted of the next wave, against the next wave simulated and fitted.

Gates, stated before the run, 40 surveys of planned cells simulated from the hierarchy and its
errors, with an effect of a given size, and stage 2 fitted to each with its scales unknown:
the mean width of the effect's 95 % interval is within 10 % of the predicted one (scales that have
to be learnt widen it by a few per cent), and the share of intervals without zero is within three
standard errors of the predicted probability.
"""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from threadpoolctl import threadpool_limits

from cips_models.did.next_wave import as_now, next_wave
from cips_models.did.next_wave.cell_errors import Drift, FromPersons
from cips_models.did.next_wave.detection import HALF_WIDTH, detection
from cips_models.did.next_wave.quantities import Quantities
from cips_models.inference.fit import Fit
from cips_models.inference.mixture import mixture
from cips_models.model.build import CellEstimates
from cips_models.model.design import as_dataset, design
from cips_models.model.layout import layout
from cips_models.model.record import cells, questionnaire
from cips_models.model.specification_file import specification

SURVEYS, COUNTRIES, FACTORS = 40, 12, 5
SPEC = specification("did")
SDS = {
    "country_baseline": 0.3,
    "cell_baseline": 0.25,
    "country_change": 0.15,
    "cell_change": 0.15,
    "country_effect": 0.1,
    "factor_effect": 0.1,
}
OMEGA = 0.06


@pytest.fixture(scope="module")
def fit(make_survey):
    """Twelve countries, five factors of three items, one group, twice; scales as above."""
    factors = [f"F{f}" for f in range(FACTORS)]
    questions = [(f"{f}{k}", f, 5, ("officials",), False) for f in factors for k in range(3)]
    supported = (np.arange(COUNTRIES)[:, None] + 2 * np.arange(FACTORS)) % 5 < 2
    survey = make_survey(
        questions=questions, groups=("officials",), respondents=150, missing=0.0,
        countries=[f"C{c:02d}" for c in range(COUNTRIES)], supported=supported,
    )  # fmt: skip
    lay = layout(survey)
    plan = design(survey, lay)
    one, chain = (1, 2), ("chain", "draw")
    threshold = np.tile([-1.5, -0.5, 0.5, 1.5], len(questions))
    spread = np.full((*one, FACTORS, 1, 2), 0.7)
    posterior = xr.Dataset(
        {
            "level": ((*chain, *plan.coords())[:6], np.zeros((*one, *plan.observed.shape))),
            "discrimination": ((*chain, "question"), np.ones((*one, len(questions)))),
            "threshold": ((*chain, "threshold_position"), np.tile(threshold, (*one, 1))),
            "general_spread": ((*chain, "factor", "group", "wave"), spread),
            "specific_spread": ((*chain, "factor", "group"), spread[..., 0]),
            "sd": ((*chain, "term", "group"), np.tile([[v] for v in SDS.values()], (*one, 1, 1))),
            "item_sd": ((*chain, "item_term"), np.full((*one, 2), OMEGA)),
        },
        coords={
            **{name: list(labels) for name, labels in plan.coords().items() if name != "step"},
            "question": list(lay.questions.labels),
            "term": list(SDS),
            "item_term": ["item_wave", "item_country_wave"],
        },
    )
    made = {"study": survey.name, "specification": "did", "route": "joint"}
    book = questionnaire(survey, lay)
    return Fit(posterior, xr.Dataset(), as_dataset(plan), book, cells(survey, lay), made)


@pytest.fixture(scope="module")
def plan(fit):
    now = as_now(fit)
    return dataclasses.replace(now, respondents=2 * now.respondents)


def simulated(fit, horizon, quantities, effect, rng):
    """Stage 2 of planned cells that were drawn with an effect of this size, in points."""
    draw = fit.posterior.isel(chain=0, draw=0)
    errors = Drift.of(fit, horizon).added(FromPersons(fit, horizon)(draw), np.full(2, OMEGA))
    hierarchy = horizon.hierarchy
    x = horizon.scales(draw, np.zeros(hierarchy.dim))
    own = hierarchy.scaled(x, quantities.effects)[:, 0]
    z = rng.standard_normal(len(hierarchy.linear))
    z += own * (effect - own @ z) / (own @ own)
    mean = hierarchy.levels(x, z[:, None])[:, 0]
    mean += np.linalg.cholesky(errors.within) @ rng.standard_normal(len(mean))
    mean += errors.shared @ rng.standard_normal(errors.shared.shape[1])
    found = horizon.measured(errors.within, errors.shared)
    estimates = CellEstimates(horizon.position, mean, errors.within, errors.shared)
    return found.measured(estimates)


def test_predicted_width_and_detection_are_found(fit, plan):
    found = next_wave(fit, plan, spec=SPEC, draws=2, sizes=(1.0,))
    sd, prior = (found.sds[name].to_numpy().ravel()[0] for name in ("effect", "effect_prior"))
    effect = 2.2 * sd
    predicted = float(detection(effect, np.array(sd), np.array(prior)))
    quantities, rng = Quantities.of(fit, found.horizon), np.random.default_rng(11)
    ends = []
    with threadpool_limits(1):
        for _ in range(SURVEYS):
            marginal = simulated(fit, found.horizon, quantities, effect, rng)
            ends.append(mixture(marginal, quantities.effects[:, 0], rng, 128).interval())
    lower, upper = np.array(ends).T
    assert (upper - lower).mean() / (2 * HALF_WIDTH * sd) == pytest.approx(1.0, abs=0.10)
    detected = ((lower > 0) | (upper < 0)).mean()
    error = np.sqrt(predicted * (1 - predicted) / SURVEYS)
    assert abs(detected - predicted) < 3 * error
