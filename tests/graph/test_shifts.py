"""Item shifts: what they are made of, and the Gaussian that integrates them out."""

from dataclasses import replace

import numpy as np
import pytest

from cips_models.inference.coordinates import Coordinates
from cips_models.inference.every_cell import every_cell_alone, expanded_around
from cips_models.model.build import blueprint
from cips_models.model.shifts import Asked, terms
from cips_models.model.specification import Prior

COUNTRY, WAVE, BOTH = "item_country", "item_wave", "item_country_wave"


@pytest.fixture(scope="module")
def alone(survey, spec):
    return every_cell_alone(survey, spec)


@pytest.fixture(scope="module")
def start(alone):
    """A point with every sd of item shifts at its prior's scale, the rest anything."""
    x = np.random.default_rng(7).normal(0, 0.3, alone.dim)
    x[alone.places["item_sd_z"]] = 1.0
    return x


@pytest.fixture(scope="module")
def stage(alone, start):
    return expanded_around(alone, start, Coordinates.of(alone).scale, threads=1)[0]


def fixed(spec, **sds):
    priors = dict(spec.priors) | {name: Prior("fixed", sd, 1.0, "held") for name, sd in sds.items()}
    return replace(spec, priors=priors)


def public(density, x):
    found = density.public(x[None, None]).isel(chain=0, draw=0)
    return {name: array.to_numpy() for name, array in found.data_vars.items()}


def test_country_terms_sum_to_zero_over_the_items_asked(survey, spec):
    density = every_cell_alone(survey, fixed(spec, item_wave=0.0, item_country_wave=0.0))
    x = np.random.default_rng(1).normal(size=density.dim)
    found, book = public(density, x), blueprint(density.model).layout.questions
    assert np.abs(found["item_shift"]).max() > 0.01
    for block in np.unique(book.block):
        np.testing.assert_allclose(
            found["item_shift"][book.block == block].sum(axis=0), 0, atol=1e-12
        )
    np.testing.assert_allclose(found["item_shift"].sum(axis=1), 0, atol=1e-12)
    np.testing.assert_array_equal(found["item_shift"][..., 0], found["item_shift"][..., 1])


def test_drift_of_a_factor_has_the_stated_sd(survey, spec):
    """Mean over J items of the change of their shifts: sd omega / sqrt(J), not zero."""
    omega = {"item_wave": 0.3, "item_country_wave": 0.4}
    density = every_cell_alone(survey, fixed(spec, item_country=0.0, **omega))
    book = blueprint(density.model).layout.questions
    origin = np.zeros(density.dim)
    columns = []
    for name in ("item_wave_z", "item_country_wave_z"):
        for place in density.places[name]:
            unit = origin.copy()
            unit[place] = 1.0
            columns.append(public(density, unit)["item_shift"])
    shift = np.array(columns)
    change = shift[..., 1] - shift[..., 0]
    for block in np.unique(book.block):
        members = book.block == block
        mean = change[:, members].mean(axis=1)
        for country in range(3):
            variance = (mean[:, country] ** 2).sum()
            assert variance == pytest.approx((0.3**2 + 0.4**2) / members.sum())
        # Between two countries only the drift of all is shared.
        assert (mean[:, 0] * mean[:, 1]).sum() == pytest.approx(0.3**2 / members.sum())


def test_a_walk_starts_at_the_first_wave_of_a_country(make_survey, spec):
    survey = make_survey(waves=("2019", "2021", "2023"), once=("Avalon",))
    lay = blueprint(every_cell_alone(survey, spec).model).layout
    asked = Asked.of(lay, 3, np.ones(2))
    assert not asked.followed[0].any()
    assert asked.followed[1].all()
    assert (terms(spec, asked)[BOTH][:, 0] > 0).all()


@pytest.mark.parametrize(
    ("countries", "waves", "expected"),
    [
        (("Avalon",), ("2021",), set()),
        (("Avalon",), ("2021", "2023"), {WAVE}),
        (("Avalon", "Belovodye"), ("2021",), {COUNTRY}),
        (("Avalon", "Belovodye"), ("2021", "2023"), {COUNTRY, WAVE, BOTH}),
    ],
)
def test_terms_that_cannot_be_told_apart_are_left_out(
    make_survey, spec, countries, waves, expected
):
    density = every_cell_alone(make_survey(countries=countries, waves=waves), spec)
    present = {name.removesuffix("_z") for name in density.places if name.startswith("item_")}
    assert present - {"item_sd"} == expected


def test_shifts_fixed_at_zero_leave_the_model_without_any(survey, spec):
    density = every_cell_alone(
        survey, fixed(spec, item_country=0, item_wave=0, item_country_wave=0)
    )
    assert "item_shift" not in density.names
    assert len(blueprint(density.model).layout.sets) == 1


def dense(stage):
    """Precision and linear term of the Gaussian, from one big matrix."""
    plan, dim = stage.coordinates, stage.density.dim
    spread, unit = plan.spread(stage.sds), np.eye(dim)
    curvature = stage.curvature.times(unit)
    prior = plan.parts.free.astype(float)
    prior[plan.level] = stage.flat
    return spread[:, None] * curvature * spread + np.diag(prior), stage.slope * spread


@pytest.mark.parametrize("times", [0.3, 1.0, 2.5])
def test_stage_one_is_the_gaussian_of_one_big_matrix(stage, times):
    here = stage.given(stage.sds * times)
    precision, pull = dense(here)
    free = here.coordinates.parts.free
    level = here.coordinates.level
    covariance = np.zeros_like(precision)
    covariance[np.ix_(free, free)] = np.linalg.inv(precision[np.ix_(free, free)])
    mean = covariance @ pull
    np.testing.assert_allclose(here.mode[free], mean[free], atol=1e-9)
    np.testing.assert_allclose(here.mode[~free], times)
    unit = here.coordinates.unit
    np.testing.assert_allclose(here.cells.mean, unit * mean[level], atol=1e-8)
    expected = unit**2 * covariance[np.ix_(level, level)]
    # Small errors in common are left out between countries; see ``_NEGLIGIBLE``.
    same = here.cells.position[:, :1] == here.cells.position[:, 0]
    np.testing.assert_allclose(here.cells.covariance[same], expected[same], rtol=1e-7)
    sd = np.sqrt(np.diag(expected))
    assert np.abs((here.cells.covariance - expected) / np.outer(sd, sd)).max() < 0.02
    sign, log_det = np.linalg.slogdet(precision[np.ix_(free, free)])
    assert here.log_evidence == pytest.approx(0.5 * pull @ mean - 0.5 * sign * log_det)


def test_gradient_of_the_evidence_equals_finite_differences(stage):
    gradient, step = stage.log_evidence_gradient, 1e-5
    for k, unit in enumerate(np.eye(len(stage.sds))):
        ends = [stage.given(stage.sds + s * step * unit).log_evidence for s in (1, -1)]
        assert gradient[k] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5, abs=1e-6)


def test_completed_points_have_the_conditional_mean_and_covariance(stage):
    precision, pull = dense(stage)
    plan = stage.coordinates
    rest = plan.parts.free.copy()
    rest[plan.level] = False
    levels = np.random.default_rng(3).normal(0, 1, (1, len(plan.level)))
    given = levels[0] / plan.unit
    of_rest = precision[np.ix_(rest, rest)]
    towards = pull[rest] - precision[np.ix_(rest, plan.level)] @ given
    mean = stage.completed(levels, np.zeros((1, stage.density.dim)))[0]
    np.testing.assert_allclose(mean[rest], np.linalg.solve(of_rest, towards), atol=1e-9)
    np.testing.assert_allclose(mean[plan.level], given)
    unit = np.eye(stage.density.dim)[rest]
    moved = stage.completed(np.repeat(levels, len(unit), axis=0), unit) - mean
    np.testing.assert_allclose(moved[:, rest].T @ moved[:, rest], np.linalg.inv(of_rest), atol=1e-9)


def test_surrogate_is_the_quadratic_whatever_the_sds(stage):
    """Differences of log densities between points and sds: nothing is left out of a weight."""
    found, expected = [], []
    rng = np.random.default_rng(9)
    for times in (0.5, 1.0, 2.0):
        here = stage.given(stage.sds * times)
        levels = here.cells.mean + rng.normal(0, 0.1, (1, len(here.cells.mean)))
        z = rng.standard_normal((1, stage.density.dim))
        point = here.completed(levels, z)
        precision, pull = dense(here)
        x = point[0] * here.coordinates.parts.free
        found.append(here.log_density(levels, z)[0])
        expected.append(pull @ x - 0.5 * x @ precision @ x)
    np.testing.assert_allclose(np.diff(found), np.diff(expected), rtol=1e-3, atol=0.05)
