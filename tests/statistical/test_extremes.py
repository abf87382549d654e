"""Surveys at the edge of what is legal: fits of them are finite, and say what they are worth."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import cips_models as cips
from cips_models.survey.survey import Survey

GROUPS = ("officials", "private sector")
SUPPORTED = np.array([[1, 0], [0, 1], [1, 0]], dtype=bool)

#: Two factors: one item of eleven levels; thirty items of two.
UNEQUAL = (
    ("Q0", "F1", 11, GROUPS, False),
    *((f"Q{j}", "F2", 2, GROUPS, False) for j in range(1, 31)),
)
PLAIN = tuple((f"Q{f}{j}", f"F{f}", 5, GROUPS, False) for f in (1, 2) for j in range(3))


@pytest.fixture(params=["top answers", "alone", "never asked", "unequal"])
def extreme(request: pytest.FixtureRequest, make_survey: Callable[..., Survey]) -> Survey:
    """One strained survey of three countries."""
    case = request.param
    blank = make_survey(
        questions=UNEQUAL if case == "unequal" else PLAIN,
        respondents=12,
        missing=0.05,
        supported=SUPPORTED,
    )
    answers = blank.answers.to_numpy().copy()
    country = blank.respondents["country"].astype(str).to_numpy()
    first = country == blank.countries[0]
    if case == "top answers":
        answers[first] = 4
    if case == "never asked":
        answers[first, 0] = -1
    if case == "alone":
        wave = blank.respondents["wave"].astype(str).to_numpy()
        group = blank.respondents["group"].astype(str).to_numpy()
        own = np.flatnonzero(first & (wave == blank.waves[1]) & (group == GROUPS[0]))
        answers[own[1:]] = -1  # they were met, and answered nothing
    return make_survey(
        questions=UNEQUAL if case == "unequal" else PLAIN,
        respondents=12,
        supported=SUPPORTED,
        answers=answers,
    )


def test_every_way_to_a_posterior_is_finite(extreme: Survey) -> None:
    spec = cips.specification("did")
    for fit in (
        cips.approximate(extreme, spec, seed=1, draws=100),
        cips.cut(extreme, spec, seed=1, draws=100),
        cips.fit(cips.build(extreme, spec), seed=1, draws=10, tune=30, chains=2),
    ):
        for name, array in fit.posterior.data_vars.items():
            assert np.isfinite(array).all(), name
        assert float(fit.posterior["effect"].std()) > 0
    table = cips.diagnose(cips.approximate(extreme, spec, seed=1, draws=100), extreme).table
    assert {"importance", "approximation", "quadrature"} <= set(table["quantity"])


def test_too_coarse_a_grid_is_refined_before_anything_is_drawn(
    make_survey: Callable[..., Survey],
) -> None:
    survey = make_survey(questions=PLAIN, respondents=12, missing=0.05, supported=SUPPORTED)
    shipped = cips.specification("did")
    spec = replace(shipped, quadrature=replace(shipped.quadrature, nodes=5))
    cut = cips.cut(survey, spec, seed=1, draws=50)
    joint = cips.joint(survey, spec, seed=1, sampler="approximate", draws=50)
    for fit in (cut, joint):
        assert fit.provenance["quadrature"]["nodes"] > 5
        assert fit.provenance["settings"]["quadrature"] == "finer than specified"
