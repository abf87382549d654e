"""Critical people who say "don't know" at the first wave and answer at the second; nothing changes.

People differ in how readily they say it by more than by their outlook; so do questions in one
country and wave and in another, on Afrobarometer 2008-2013 by an sd of 0.4 logits.

Gates, set before the run: where don't know is dropped, changes that are not there lie further from
zero than twice their posterior sd (root mean square); where it may depend on the outlook, within
1.6 times, and changes of single cells within 1.3 times. The slope of answering is found within
three of its sds, and where there is none, too.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.estimands.changes import pooled_changes
from cips_models.inference.fit import Fit
from cips_models.model.forward import simulate_answers
from cips_models.model.layout import layout
from cips_models.model.likelihood import parameters
from cips_models.survey.survey import ANSWERED, DONT_KNOW, Survey

COUNTRIES, FACTORS, ITEMS, PEOPLE = 10, 6, 4, 100

#: True slope of answering, what persons differ in beside it, and ease at the two waves: some 45
#: and 10 per cent don't know.
SLOPE, SPREAD, EASE = 1.2, 1.0, (0.3, 3.0)

#: Sd of what the ease of a question has to itself in a country and wave.
OWN = 0.5


def simulated(make_survey: Callable[..., Survey], slope: float) -> Survey:
    """A survey in which no level changes, and don't know becomes rarer."""
    rng = np.random.default_rng(31)
    questions = [
        (f"Q{f}{j}", f"F{f}", 5, ("officials",), False)
        for f in range(FACTORS)
        for j in range(ITEMS)
    ]
    asked = {
        "questions": questions,
        "countries": [f"C{c}" for c in range(COUNTRIES)],
        "groups": ("officials",),
        "respondents": PEOPLE,
    }
    blank = make_survey(**asked, missing=0.5)  # so that don't know occurs everywhere
    lay = layout(blank, thresholds_by=("country", "wave"), dont_know=True)
    items = FACTORS * ITEMS
    public = {
        "discrimination": np.ones(items),
        "threshold": np.tile([-1.5, -0.5, 0.5, 1.5], items),
        "level": rng.normal(0, 0.4, (COUNTRIES, FACTORS, 1, 1)) * np.ones(2),
        "general_spread": np.full((FACTORS, 1, 2), 0.9),
        "specific_spread": np.full((FACTORS, 1), 0.6),
        "answering_slope": np.array([slope]),
        "answering_spread": np.array([SPREAD]),
        "answering_ease": rng.normal(0, 0.3, (items, 1)) + EASE,
        "answering_in_cell": rng.normal(0, 0.3, (COUNTRIES, 1, 2)),
        "answering_by_country": rng.normal(0, OWN, (items, COUNTRIES, 2)),
    }
    drawn = simulate_answers(rng, **parameters(public, lay), layout=lay)
    answers = np.empty_like(drawn)
    answers[lay.order] = drawn
    survey = make_survey(**asked, answers=answers)
    reasons = survey.reasons.copy(data=np.where(answers >= 0, ANSWERED, DONT_KNOW).astype(np.int8))
    return replace(survey, reasons=reasons)


@pytest.fixture(scope="module")
def unsure(make_survey: Callable[..., Survey]) -> Survey:
    """Critical people say don't know more than others."""
    return simulated(make_survey, SLOPE)


@pytest.fixture(scope="module")
def fits(unsure: Survey) -> dict[str, Fit]:
    """By the cut route, with don't know dropped and informative."""
    names = ("did", "informative-dont-know")
    return {name: cips.cut(unsure, cips.specification(name), seed=1, draws=400) for name in names}


def distance(change: xr.DataArray) -> float:
    """Root mean square of changes in their posterior sds; truth: zero."""
    z = change.mean(("chain", "draw")) / change.std(("chain", "draw"))
    return float(np.sqrt((z**2).mean()))


def pooled(fit: Fit) -> xr.DataArray:
    """Latent changes of all factors, countries pooled."""
    return pooled_changes(cips.changes(fit))["latent"]


def test_fewer_dont_know_are_no_change(unsure: Survey, fits: dict[str, Fit]) -> None:
    first, last = (
        float((unsure.reasons[(unsure.respondents["wave"] == wave).to_numpy()] == DONT_KNOW).mean())
        for wave in unsure.waves
    )
    assert first > 2 * last
    assert distance(pooled(fits["did"])) > 2
    assert distance(pooled(fits["informative-dont-know"])) < 1.6


def test_a_question_that_is_answered_more_readily_in_a_country_is_no_change_there(
    fits: dict[str, Fit],
) -> None:
    assert distance(cips.changes(fits["informative-dont-know"])["latent"]) < 1.3


def test_the_slope_of_answering_is_found(fits: dict[str, Fit]) -> None:
    slope = fits["informative-dont-know"].posterior["answering_slope"]
    assert abs(float(slope.mean()) - SLOPE) < 3 * float(slope.std())
    assert float(slope.std()) < 0.2


def test_people_who_say_dont_know_whatever_their_outlook_bend_nothing(
    make_survey: Callable[..., Survey],
) -> None:
    survey = simulated(make_survey, 0.0)
    fit = cips.cut(survey, cips.specification("informative-dont-know"), seed=1, draws=400)
    slope = fit.posterior["answering_slope"]
    assert abs(float(slope.mean())) < 3 * float(slope.std())
    assert float(slope.std()) < 0.2
    assert distance(pooled(fit)) < 1.6
