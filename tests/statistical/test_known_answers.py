"""Published answers of other people's programs, found again by the likelihood of this one.

Every table is small, embedded and sourced.  Where a specification can express the model, it is
built by :func:`cips_models.build`; parameters that the published model ties together are tied
by the test.  Tolerances were stated before the first run.
"""

from collections.abc import Callable
from dataclasses import replace

import arviz as az
import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy.optimize import minimize
from scipy.stats import norm

import cips_models as cips
from cips_models.model.build import blueprint
from cips_models.model.density import Density
from cips_models.model.likelihood import parameters, pointwise
from cips_models.model.priors import zero_sum_basis
from cips_models.model.quadrature import Quadrature
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

FINE = Quadrature(nodes=4, span=4.5, step=0.05, reach=12.0)

#: Ratings of 9 judges (rows) of 8 bottles: Randall (1989), The analysis of sensory data by
#: generalised linear model, Biometrical Journal 31, 781-793, table 1; R package ordinal, ``wine``.
WINE = np.array(
    [
        [2, 3, 3, 4, 4, 4, 5, 5],
        [1, 2, 1, 3, 2, 3, 5, 4],
        [2, 3, 3, 2, 5, 5, 4, 4],
        [3, 2, 3, 2, 3, 2, 5, 3],
        [2, 3, 4, 3, 3, 3, 3, 3],
        [3, 2, 3, 2, 2, 4, 5, 4],
        [1, 1, 2, 2, 2, 3, 2, 3],
        [2, 2, 2, 3, 3, 3, 3, 4],
        [1, 2, 3, 2, 3, 2, 4, 4],
    ]
)
WARM = np.array([0, 0, 0, 0, 1, 1, 1, 1])
CONTACT = np.array([0, 0, 1, 1, 0, 0, 1, 1])

#: Maximum likelihood by adaptive Gauss-Hermite quadrature with ten nodes, of
#: ``clmm(rating ~ temp + contact + (1 | judge))``: Christensen (2019), A tutorial on fitting
#: cumulative link mixed models with clmm2 from the ordinal package, section 2.
WINE_ANSWER = {
    "log likelihood": -81.5325,
    "warm, contact": [3.0619, 1.8334],
    "thresholds": [-1.6235, 1.5128, 4.2271, 6.0862],
    "sd of judges": 1.1348,
}

#: Tenants of Copenhagen by influence, type, contact (rows: contact changes fastest, then type)
#: and satisfaction (low, medium, high): Madsen (1976), Statistical analysis of multiple
#: contingency tables, Scandinavian Journal of Statistics 3, 97-106; R package MASS, ``housing``.
HOUSING = np.array(
    [
        *([21, 21, 28], [14, 19, 37], [61, 23, 17], [78, 46, 43]),
        *([13, 9, 10], [20, 23, 20], [18, 6, 7], [57, 23, 13]),
        *([34, 22, 36], [17, 23, 40], [43, 35, 40], [48, 45, 86]),
        *([8, 8, 12], [10, 22, 24], [15, 13, 13], [31, 21, 13]),
        *([10, 11, 36], [3, 5, 23], [26, 18, 54], [15, 25, 62]),
        *([6, 7, 9], [7, 10, 21], [7, 5, 11], [5, 6, 13]),
    ]
)

#: Maximum likelihood of ``polr(Sat ~ Infl + Type + Cont, weights = Freq)``: Venables & Ripley
#: (2002), Modern Applied Statistics with S, 4th ed., section 7.3.
HOUSING_ANSWER = {
    "deviance": 3479.149,
    "thresholds": [-0.4961, 0.6907],
    "influence": [0.5664, 1.2888],
    "type": [-0.5724, -0.3662, -1.0910],
    "contact": 0.3603,
}

#: 316 people, 24 items on verbal aggression, "no" against "perhaps" or "yes": R package lme4,
#: ``VerbAgg``, from De Boeck & Wilson (2004), Explanatory Item Response Models.  In a model with
#: one parameter an item, how many agreed to each item and how many people agreed to 0, 1, ..., 24
#: items are all that answers tell of its parameters (Rasch 1960), so that these counts are the
#: data.  Items: curse, scold, shout in four situations that they want to, then that they do.
AGREED = np.array(
    [
        *(225, 190, 162, 249, 198, 158, 188, 118, 76, 218, 137, 99),
        *(225, 180, 108, 207, 154, 78, 145, 77, 29, 198, 135, 57),
    ]
)
PEOPLE = np.array(
    [4, 4, 10, 7, 18, 13, 11, 17, 21, 20, 19, 15, 19, 15, 25, 23, 16, 9, 12, 10, 6, 9, 5, 3, 5]
)

#: Posterior means and sds of ``r2 ~ 1 + (1 | item) + (1 | id)`` with half-normal priors of scale
#: 3 on both sds: Buerkner (2021), Bayesian item response modeling in R with brms and Stan,
#: Journal of Statistical Software 100(5), section 5.1.
VERBAL_ANSWER = {"person": (1.39, 0.07), "item": (1.20, 0.19), "intercept": (-0.16, 0.26)}


def without_hierarchy(**quadrature: object) -> Specification:
    """Every cell's level on its own, on a fine grid in double precision."""
    shipped = cips.specification("did")
    structure = replace(shipped.structure, pooling=False, item_shifts=False)
    return replace(shipped, structure=structure, quadrature=replace(FINE, **quadrature))


class Maximum:
    """A survey's likelihood, and the maximum of it over fewer parameters than it has.

    ``public`` turns the published model's parameters into public variables of the built one,
    whose free variables follow from them.
    """

    def __init__(self, survey: Survey, spec: Specification):
        self.spec = spec
        self.model = cips.build(survey, spec)
        self.layout = blueprint(self.model).layout
        self.density = Density(self.model)
        self.evaluate = self.density.function()

    def log_likelihood(self, x: np.ndarray) -> float:
        """Log density of the built model less its prior, all of it standard normal."""
        return self.evaluate(x)[0] - norm.logpdf(x).sum()

    def free(self, level: np.ndarray, threshold: np.ndarray, specific: float | None) -> np.ndarray:
        """Free variables, flat, from levels (cell,), thresholds (question, cut) and a spread."""
        prior, x = self.spec.priors, self.density.start * 0.0
        place = self.density.places
        x[place["level_z"]] = level / prior["flat_cell"].sd
        cuts = threshold.shape[1]
        gap = np.diff(threshold, axis=1).ravel() * cuts
        x[place["gap_z"]] = np.log(gap / prior["gap"].median) / prior["gap"].sd
        if "difficulty_z" in place:
            basis = zero_sum_basis(self.layout.questions.block)
            x[place["difficulty_z"]] = basis.T @ threshold.mean(axis=1) / prior["difficulty"].sd
        if specific is not None:
            standard = np.log(specific / prior["specific"].median) / prior["specific"].sd
            x[place["sd_specific_z"]] = standard
        return x

    def at(self, start: np.ndarray, free: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Maximise over the published parameters; checks that every route to the value agrees."""
        found = minimize(lambda p: -self.log_likelihood(free(p)), start, options={"gtol": 1e-4})
        x = free(found.x)
        public = self.density.public(x[None, None]).isel(chain=0, draw=0)
        arrays = {name: array.to_numpy() for name, array in public.data_vars.items()}
        apart = pointwise(parameters(arrays, self.layout), self.layout, self.spec.quadrature)
        assert apart.sum() == pytest.approx(-found.fun, abs=1e-8)
        return np.append(found.x, -found.fun)


def test_wine(make_survey: Callable[..., Survey]) -> None:
    """Judges are respondents, bottles items of one factor, whose thresholds the test shifts."""
    survey = make_survey(
        questions=[(f"bottle {b + 1}", "bitterness", 5, ("judges",), False) for b in range(8)],
        countries=("here",),
        groups=("judges",),
        waves=("1",),
        respondents=9,
        answers=WINE - 1,
    )
    maximum = Maximum(survey, without_hierarchy())

    def free(p: np.ndarray) -> np.ndarray:
        threshold = p[2:6] - np.column_stack([WARM, CONTACT]) @ p[:2, None]
        centre = threshold.mean()
        return maximum.free(np.array([-centre]), threshold - centre, np.exp(p[6]))

    start = np.array([2.0, 1.0, -1.0, 1.0, 3.0, 5.0, 0.0])
    *found, log_sd, value = maximum.at(start, free)
    assert value == pytest.approx(WINE_ANSWER["log likelihood"], abs=1e-3)
    np.testing.assert_allclose(found[:2], WINE_ANSWER["warm, contact"], atol=1e-3)
    np.testing.assert_allclose(found[2:], WINE_ANSWER["thresholds"], atol=1e-3)
    assert np.exp(log_sd) == pytest.approx(WINE_ANSWER["sd of judges"], abs=1e-3)


def test_housing(make_survey: Callable[..., Survey]) -> None:
    """Profiles of tenants are cells whose levels the test ties; everybody answers one item.

    A lone item has no specific spread to estimate; held at a fiftieth of a logit it is as good
    as none.
    """
    low, medium, high = HOUSING.T
    rows = np.repeat(np.tile([0, 1, 2], len(HOUSING)), np.column_stack([low, medium, high]).ravel())
    profiles = [f"profile {k:02d}" for k in range(len(HOUSING))]
    blank = make_survey(
        questions=[("satisfaction", "housing", 3, ("tenants",), False)],
        countries=profiles,
        groups=("tenants",),
        waves=("1",),
        respondents=1,
    )
    people = blank.respondents.iloc[np.repeat(np.arange(len(HOUSING)), HOUSING.sum(axis=1))]
    people.index = [f"R{k}" for k in range(len(people))]
    answers = xr.DataArray(
        rows[:, None].astype(np.int8),
        {"respondent": people.index.to_numpy(), "item": ["satisfaction"]},
        ("respondent", "item"),
    )
    survey = replace(blank, respondents=people, answers=answers, reasons=xr.zeros_like(answers))
    spec = replace(without_hierarchy(step=0.02), least_specific=0.02)
    maximum = Maximum(survey, spec)
    influence, kind, contact = np.unravel_index(np.arange(24), (3, 4, 2))
    effects = np.column_stack(
        [*(influence == k for k in (1, 2)), *(kind == k for k in (1, 2, 3)), contact]
    )

    def free(p: np.ndarray) -> np.ndarray:
        centre = p[:2].mean()
        return maximum.free(effects @ p[2:] - centre, (p[:2] - centre)[None], None)

    *found, value = maximum.at(np.array([-0.5, 0.5, *[0.0] * 6]), free)
    assert -2 * value == pytest.approx(HOUSING_ANSWER["deviance"], abs=1e-3)
    # Levels are logits over sqrt(1 + 0.02^2 / 3): 1e-4 of them, and as much for rounding.
    names = ("thresholds", "influence", "type", "contact")
    answer = np.hstack([HOUSING_ANSWER[name] for name in names])
    np.testing.assert_allclose(found, answer, atol=2e-4)


def with_margins(people: np.ndarray, agreed: np.ndarray) -> np.ndarray:
    """(person, item) answers of 0 and 1 with given totals, after Gale (1957) and Ryser (1957).

    ``people`` counts the persons by their total; each in turn agrees to the items that are
    furthest from their own.
    """
    left, rows = agreed.copy(), []
    for total in np.repeat(np.arange(len(people)), people)[::-1]:
        row = np.zeros(len(agreed), dtype=np.int8)
        row[np.argsort(-left, kind="stable")[:total]] = 1
        left -= row
        rows.append(row)
    assert not left.any()
    return np.array(rows)


@pytest.fixture(scope="module")
def verbal(make_survey: Callable[..., Survey]) -> Callable[[np.ndarray], Survey]:
    """Builder of the survey of verbal aggression from answers (person, item)."""

    def build(answers: np.ndarray) -> Survey:
        return make_survey(
            questions=[(f"item {k:02d}", "aggression", 2, ("students",), False) for k in range(24)],
            countries=("here",),
            groups=("students",),
            waves=("1",),
            respondents=len(answers),
            answers=answers,
        )

    return build


def one_parameter() -> Specification:
    """Slopes of one; the level is as good as flat."""
    shipped = without_hierarchy(step=0.3, reach=8.0)
    slope = replace(shipped.priors["discrimination"], sd=1e-9)
    return replace(shipped, priors={**shipped.priors, "discrimination": slope})


def test_totals_are_all_that_answers_tell_of_one_parameter(
    verbal: Callable[[np.ndarray], Survey],
) -> None:
    """Other answers with the same totals: a log-likelihood that differs by nothing."""
    answers = with_margins(PEOPLE, AGREED)
    other, rng = answers.copy(), np.random.default_rng(3)
    for _ in range(20_000):  # swaps of a 2 x 2 block keep all totals
        (r, s), (j, k) = rng.choice(len(other), 2, False), rng.choice(24, 2, False)
        if other[r, j] == other[s, k] != other[r, k] == other[s, j]:
            other[[r, r, s, s], [j, k, j, k]] ^= 1
    assert (other != answers).mean() > 0.2
    for each in (answers, other):
        np.testing.assert_array_equal(each.sum(axis=0), AGREED)
        np.testing.assert_array_equal(np.bincount(each.sum(axis=1), minlength=25), PEOPLE)
    densities = [Density(cips.build(verbal(each), one_parameter())) for each in (answers, other)]
    for x in rng.normal(size=(5, densities[0].dim)):
        one, same = (density.function()(x)[0] for density in densities)
        assert one == pytest.approx(same, abs=1e-6)


def test_verbal_aggression(verbal: Callable[[np.ndarray], Survey]) -> None:
    """The built model with the published priors of both sds put in the place of its own.

    Items sum to zero here, so that the level is the published intercept plus the mean of 24
    items, N(0, sd^2 / 24) given their sd.  Gate: bulk ESS of 400; then every mean within 0.3
    published posterior sds, and every sd within a quarter.
    """
    spec = one_parameter()
    model = cips.build(verbal(with_margins(PEOPLE, AGREED)), spec)
    with model:
        sd = pm.HalfNormal("sd_item", 3.0)
        z = model["difficulty_z"]
        own = spec.priors["difficulty"].sd
        items = pm.logp(pm.Normal.dist(0, sd / own), z) - pm.logp(pm.Normal.dist(), z)
        pm.Potential("items", items.sum())
        person = model["sd_specific"]
        persons = pm.logp(pm.HalfNormal.dist(3.0), person) + pm.math.log(person)
        persons -= pm.logp(pm.Normal.dist(), model["sd_specific_z"])
        pm.Potential("persons", persons.sum())
    posterior = cips.fit(model, seed=1, draws=1000, tune=300, chains=2, cores=1).posterior
    mean_item = np.random.default_rng(2).normal(0, posterior["sd_item"] / np.sqrt(24))
    found = {
        "person": posterior["sd_specific"].squeeze(drop=True),
        "item": posterior["sd_item"],
        "intercept": posterior["level"].squeeze(drop=True) - mean_item,
    }
    for name, draws in found.items():
        mean, sd = VERBAL_ANSWER[name]
        assert float(az.ess(draws.rename("x").to_dataset())["x"]) >= 400, name
        assert abs(float(draws.mean()) - mean) < 0.3 * sd, name
        assert float(draws.std()) == pytest.approx(sd, rel=0.25), name
