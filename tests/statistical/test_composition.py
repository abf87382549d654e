"""Shifts of who answers and how, without any change: the model without strata is fooled.

Gates, stated before the numbers.  True change is zero in every cell.  Without strata or modes
the 95 % interval of the pooled change lies wholly on the side to which the shift pulls it.  With
them it is within 2.5 posterior sds of zero, with an sd of at most a third of what the shift
does: right, and not for want of saying anything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.errors import IdentificationError
from cips_models.estimands.changes import pooled_changes
from cips_models.inference.fit import Fit
from cips_models.model.forward import simulate_answers
from cips_models.model.layout import layout
from cips_models.survey.composition import compose
from cips_models.survey.study import Mode
from cips_models.survey.survey import Survey

GROUP = ("officials",)
COUNTRIES, EACH = 6, 200
QUESTIONS = tuple((f"Q{f}{j}", f"F{f}", 5, GROUP, False) for f in range(3) for j in range(3))
PEOPLE = COUNTRIES * 2 * EACH


def answered(
    make_survey: Callable[..., Survey],
    column: str,
    values: Sequence[str],
    effect: Mapping[str, float],
    composition: Mapping[str, Any],
) -> Survey:
    """A survey in which nothing changed but who answered, or how."""

    def made(**more: Any) -> Survey:
        return make_survey(
            questions=QUESTIONS,
            countries=[f"C{c}" for c in range(COUNTRIES)],
            groups=GROUP,
            respondents=EACH,
            missing=0.0,
            background={column: values},
            composition=composition,
            **more,
        )

    blank = made()
    lay = layout(blank)
    rng = np.random.default_rng(31)
    level = rng.normal(0, 0.4, (COUNTRIES, 1)) + rng.normal(0, 0.3, (COUNTRIES, 3))
    assert blank.composition is not None
    kinds = blank.composition.strata[column].map(dict(effect)).to_numpy()
    location = level[lay.cells["country"]] + kinds[lay.cells["stratum"], None]
    shape = location.shape
    answers = simulate_answers(
        rng,
        np.ones(len(QUESTIONS)),
        np.tile([-1.5, -0.5, 0.5, 1.5], len(QUESTIONS))[None, :],
        location,
        np.full(shape, 0.9),
        np.full(shape, 0.6),
        lay,
    )
    in_survey_order = np.empty_like(answers)
    in_survey_order[lay.order] = answers
    return made(answers=in_survey_order)


def fitted(survey: Survey) -> Fit:
    return cips.joint(survey, cips.specification("did"), seed=3, sampler="approximate", draws=500)


def pooled(fit: Fit, **how: str) -> xr.DataArray:
    return pooled_changes(cips.changes(fit, **how), "country", "factor")["latent"].squeeze()


def interval(draws: xr.DataArray) -> tuple[float, float]:
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def check_right(draws: xr.DataArray, shift: float) -> None:
    assert abs(float(draws.mean())) < 2.5 * float(draws.std())
    assert float(draws.std()) < abs(shift) / 3


def in_waves(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """The same people's values in every country, at the first and the second wave."""
    return [*first, *second] * COUNTRIES


def some(share: float, value: str, other: str) -> list[str]:
    count = round(share * EACH)
    return [value] * count + [other] * (EACH - count)


def test_fewer_managers_are_no_fall(make_survey: Callable[..., Survey]) -> None:
    """From 85 to 23 % managers, who are more favourable by 0.8 logits."""
    ranks = in_waves(some(0.85, "manager", "staff"), some(0.23, "manager", "staff"))
    effect = {"manager": 0.4, "staff": -0.4}
    survey = answered(make_survey, "rank", ranks, effect, {"columns": ["rank"]})
    shift = 0.8 * (0.23 - 0.85)
    old, new = fitted(replace(survey, composition=None)), fitted(survey)
    assert interval(pooled(old))[1] < 0
    check_right(pooled(new), shift)
    # As the waves were composed the new model says what the old one does.
    composed = pooled(new, composition="observed")
    assert abs(float(composed.mean() - pooled(old).mean())) < 0.2 * abs(shift)
    difference = new.posterior["stratum_effect"].diff("stratum").mean("factor").squeeze()
    assert abs(float(difference.mean()) + 0.8) < 3 * float(difference.std())


def modes(overlapping: int) -> list[str]:
    """Tablets first and online later; in some countries every other person online."""
    first, online, both = ["tablet"] * EACH, ["online"] * EACH, some(0.5, "online", "tablet")
    return [m for c in range(COUNTRIES) for m in (*first, *(both if c < overlapping else online))]


EFFECT = {"tablet": 0.3, "online": -0.3}


def test_another_mode_is_no_fall_where_modes_overlap(make_survey: Callable[..., Survey]) -> None:
    """Half of two countries' people stayed with tablets, on which answers are 0.6 higher."""
    survey = answered(make_survey, "how", modes(2), EFFECT, {"mode": "how"})
    old, new = fitted(replace(survey, composition=None)), fitted(survey)
    assert interval(pooled(old))[1] < 0
    check_right(pooled(new), -0.6)


def test_a_stated_prior_is_carried_by_the_change(make_survey: Callable[..., Survey]) -> None:
    """Wave and mode coincide: refused; with a stated sd of 0.3 the interval is that wide."""
    composition = {"mode": "how"}
    survey = answered(make_survey, "how", modes(0), EFFECT, composition)
    fit = fitted(survey)
    with pytest.raises(IdentificationError, match="different modes"):
        cips.changes(fit)
    stated = compose(survey.respondents, **composition, assumed=Mode(0.3))
    change = pooled(fitted(replace(survey, composition=stated)))
    # Change and the difference of the modes are told from one another by their priors alone: a
    # common change of sd 0.5 in each of three factors, and 0.3 of the modes.
    expected = 1 / np.hypot(1 / 0.3, np.sqrt(3) / 0.5)
    assert float(change.std()) == pytest.approx(expected, rel=0.25)
    low, high = interval(change)
    assert low < 0 < high
