"""Critical people who say "don't know" at the first wave and answer at the second; nothing changes.

Gates, set before the run: where don't know is dropped, changes that are not there lie further from
zero than twice their posterior sd (root mean square); where it may depend on the trait, within 1.6
times. The slope of answering is found within three of its sds.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import cips_models as cips
from cips_models.estimands.changes import pooled_changes
from cips_models.inference.fit import Fit
from cips_models.model.answering import ANSWERING
from cips_models.model.forward import simulate_answers
from cips_models.model.layout import layout
from cips_models.model.likelihood import parameters
from cips_models.survey.survey import ANSWERED, DONT_KNOW, Survey

COUNTRIES, FACTORS, ITEMS, PEOPLE = 10, 6, 4, 100

#: True slope of answering, and ease at the two waves: some 45 and 10 per cent don't know.
SLOPE, EASE = 1.2, (0.3, 3.0)


@pytest.fixture(scope="module")
def unsure(make_survey: Callable[..., Survey]) -> Survey:
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
        ANSWERING[0]: np.array([SLOPE]),
        ANSWERING[1]: rng.normal(0, 0.3, (items, 1)) + EASE,
        ANSWERING[2]: rng.normal(0, 0.3, (COUNTRIES, 1, 2)),
    }
    drawn = simulate_answers(rng, **parameters(public, lay), layout=lay)
    answers = np.empty_like(drawn)
    answers[lay.order] = drawn
    survey = make_survey(**asked, answers=answers)
    reasons = survey.reasons.copy(data=np.where(answers >= 0, ANSWERED, DONT_KNOW).astype(np.int8))
    return replace(survey, reasons=reasons)


@pytest.fixture(scope="module")
def fits(unsure: Survey) -> dict[str, Fit]:
    """By the cut route, with don't know dropped and informative."""
    names = ("did", "informative-dont-know")
    return {name: cips.cut(unsure, cips.specification(name), seed=1, draws=400) for name in names}


def distance(fit: Fit) -> float:
    """Root mean square of the pooled changes of all factors in their posterior sds; truth: zero."""
    change = pooled_changes(cips.changes(fit))["latent"]
    z = change.mean(("chain", "draw")) / change.std(("chain", "draw"))
    return float(np.sqrt((z**2).mean()))


def test_fewer_dont_know_are_no_change(unsure: Survey, fits: dict[str, Fit]) -> None:
    first, last = (
        float((unsure.reasons[(unsure.respondents["wave"] == wave).to_numpy()] == DONT_KNOW).mean())
        for wave in unsure.waves
    )
    assert first > 2 * last
    assert distance(fits["did"]) > 2
    assert distance(fits["informative-dont-know"]) < 1.6


def test_the_slope_of_answering_is_found(fits: dict[str, Fit]) -> None:
    slope = fits["informative-dont-know"].posterior[ANSWERING[0]]
    mean, sd = float(slope.mean()), float(slope.std())
    assert abs(mean - SLOPE) < 3 * sd
    assert sd < 0.2
