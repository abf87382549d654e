"""Placebo in time and exposure, by imputation: against regressions, loops and known worlds."""

import dataclasses

import numpy as np
import pytest
import xarray as xr

from cips_models.did.contrast import comparison, imputation_weights
from cips_models.did.trends.exposure import conditions, doses, exposure_effects, exposure_reasons
from cips_models.did.trends.from_cells import average_from_cells
from cips_models.did.trends.own_changes import own_changes
from cips_models.did.trends.placebo import placebo, placebo_reasons, pretended
from cips_models.did.trends.tables import exposure_table, placebo_table
from cips_models.model.build import CellEstimates

COUNTRIES = tuple(f"C{c}" for c in range(5))
SUPPORTED = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0]], bool)
WAVES = ("1", "2", "4")
LATE = np.where(SUPPORTED, 2, -1)


def cells_of(fit, level, seed=0):
    """Stage 1 as if it had estimated these levels (country, factor, group, wave)."""
    rng = np.random.default_rng(seed)
    position = np.argwhere(fit.design.observed)
    n = len(position)
    alone = (position[:, 0][:, None] == position[:, 0]) * np.diag(rng.uniform(0.01, 0.02, n))
    return CellEstimates(position, level[tuple(position.T)], alone, 0.05 * rng.normal(size=(n, 2)))


def additive(fit, seed=1):
    """Levels of cells, of countries and waves, of factors and waves: trends are parallel."""
    rng = np.random.default_rng(seed)
    c, f, g, w = fit.design.observed.shape
    sizes = ((c, f, g, 1), (c, 1, g, w), (1, f, g, w))
    return sum(rng.normal(size=size) for size in sizes)


@pytest.fixture(scope="module")
def fit(make_fit):
    """Support starts at the third wave; C3 was not seen at the second."""
    return make_fit({"C3": ("1", "4")}, length=300, countries=COUNTRIES, waves=WAVES,
                    supported=SUPPORTED, start=LATE)  # fmt: skip


# --- imputation ----------------------------------------------------------------------------


def test_imputed_is_the_regression_estimate_with_both_variances(fit):
    """Against least squares with indicators, and the variance of its own linear form."""
    group = 1
    rng = np.random.default_rng(5)
    level = rng.normal(size=fit.design.observed.shape)
    cells, one = cells_of(fit, level), comparison(fit.design, group)
    rows = [tuple(at) for at in np.argwhere(one.untreated)]
    wanted = [(c, f, one.last[c, f]) for c, f in np.argwhere(one.treated)]

    def indicators(place):
        c, f, w = place
        names = {("cell", c, f), ("country", c, w), ("factor", f, w)}
        return [float(name in names) for name in every]

    every = sorted(
        {n for c, f, w in [*rows, *wanted]
         for n in (("cell", c, f), ("country", c, w), ("factor", f, w))}
    )  # fmt: skip
    x = np.array([indicators(at) for at in rows])
    inverse = np.linalg.pinv(x, rcond=1e-10)
    told = [at for at in wanted if np.allclose(indicators(at) @ inverse @ x, indicators(at))]
    assert len(told) > 0
    predict = np.array([indicators(at) for at in told]) @ inverse

    def estimate(values):
        seen = np.array([values[c, f, group, w] for c, f, w in rows])
        return np.mean([values[c, f, group, w] for c, f, w in told] - predict @ seen)

    own = xr.full_like(own_changes(fit).isel(group=group, drop=True), 0.4)
    found = average_from_cells(fit, cells, group, one, own)
    form = np.zeros(len(cells.mean))
    for k, place in enumerate(cells.position):
        unit = np.zeros_like(level)
        unit[tuple(place)] = 1.0
        form[k] = estimate(unit)
    variance = form @ cells.covariance @ form
    for c in range(len(COUNTRIES)):
        for f in range(3):
            mine = form[(cells.position[:, :3] == (c, f, group)).all(axis=1)]
            waves = cells.position[(cells.position[:, :3] == (c, f, group)).all(axis=1), 3]
            time = np.array([0.0, 1.0, 3.0])[waves] / 1.5
            variance += 0.16 * mine @ np.minimum.outer(time, time) @ mine
    sd = np.sqrt(variance)
    assert float(found.mean()) == pytest.approx(estimate(level), abs=4 * sd / np.sqrt(600))
    assert float(found.std()) == pytest.approx(sd, rel=0.12)  # 600 draws: 4 times 3 %


def test_an_estimate_without_levels_is_none(fit):
    cells = cells_of(fit, additive(fit))
    some = cells.position[:, 0] > 0
    fewer = CellEstimates(
        cells.position[some], cells.mean[some], cells.within[np.ix_(some, some)],
        cells.shared[some],
    )  # fmt: skip
    own = own_changes(fit).isel(group=0, drop=True)
    assert average_from_cells(fit, fewer, 0, comparison(fit.design, 0), own).isnull().all()


# --- placebo in time -----------------------------------------------------------------------


def test_a_pretended_start_uses_waves_without_support_alone(fit):
    one = comparison(fit.design, 0)
    before = pretended(one)
    assert [tuple(at) for at in np.argwhere(before.treated)] == [(0, 0), (1, 0), (1, 1), (2, 2)]
    assert (before.last[before.treated] == 1).all()
    assert not before.untreated[..., 2].any()
    assert not before.untreated[before.treated][:, 1].any()
    assert before.untreated[before.control & (np.arange(5) != 3)[:, None]][:, :2].all()


def test_a_trend_before_support_is_found_and_one_after_is_not(fit):
    level = additive(fit)
    level[..., 2][SUPPORTED] += 5.0  # the effect itself, and whatever came with it
    flat = placebo(fit, exact(cells_of(fit, level)))
    level[..., 1][SUPPORTED] += 0.7
    steep = placebo(fit, exact(cells_of(fit, level)))
    assert abs(float(flat["effect"].mean())) < 0.1
    for group in fit.design.groups:
        difference = steep["effect"].sel(group=group) - flat["effect"].sel(group=group)
        np.testing.assert_allclose(difference, 0.7, atol=1e-9)
    np.testing.assert_allclose(steep["ratio"] * own_changes(fit), steep["effect"])


def exact(cells):
    """The same cells, known without error."""
    return dataclasses.replace(cells, within=0 * cells.within, shared=0 * cells.shared)


def test_two_waves_have_no_placebo_and_a_reason(make_fit):
    fit = make_fit(countries=COUNTRIES, supported=SUPPORTED)
    reasons = placebo_reasons(fit)
    assert set(reasons) == set(fit.design.groups)
    assert all("has 2 waves" in each for each in reasons.values())
    assert placebo_table(fit, cells_of(fit, additive(fit))).empty


def test_support_from_the_second_of_three_waves_on_has_none_either(make_fit):
    fit = make_fit(countries=COUNTRIES, waves=WAVES, supported=SUPPORTED)
    assert all("seen twice before" in each for each in placebo_reasons(fit).values())


def test_the_table_of_the_placebo_counts(fit):
    table = placebo_table(fit, cells_of(fit, additive(fit)))
    assert len(table) == 2 * 2
    assert set(table["cells"]) == {4}
    assert placebo_table(fit, None).empty


# --- exposure ------------------------------------------------------------------------------


def a_map(fit, **weights):
    factors = list(fit.design.factors)
    array = xr.DataArray(
        np.zeros((3, 3)), {"factor": factors, "exposed": factors}, ("factor", "exposed")
    )
    for pair, weight in weights.items():
        start, end = pair.split("_")
        array.loc[{"factor": start, "exposed": end}] = weight
    return array


def test_conditions_are_those_of_a_loop(fit):
    """F1 reaches F2 wholly and F3 in part; F2 reaches F3 in part: together they do wholly."""
    told = a_map(fit, F1_F2=1.0, F1_F3=0.5, F2_F3=0.5)
    dose, found = doses(fit, told), conditions(fit, told, 0)
    exposed, unexposed, aside = set(), set(), 0
    for c in range(5):
        for f in range(3):
            amount = sum(float(told[k, f]) for k in range(3) if SUPPORTED[c, k] and k != f)
            assert dose[c, f, 2] == amount
            assert not dose[c, f, :2].any()
            if SUPPORTED[c, f]:
                continue
            exposed |= {(c, f)} if amount >= 1 else set()
            unexposed |= {(c, f)} if amount == 0 else set()
            aside += 0 < amount < 1
    assert {tuple(at) for at in np.argwhere(found.exposed.treated)} == exposed == {(0, 1), (1, 2)}
    assert {tuple(at) for at in np.argwhere(found.exposed.control)} == unexposed
    assert {tuple(at) for at in np.argwhere(found.supported.treated)} == {
        tuple(at) for at in np.argwhere(SUPPORTED)
    }
    assert found.set_aside == aside == 2


def test_spillover_is_found_and_taken_out_of_the_effect(make_fit):
    """Seven countries: support does 1.0, and 0.4 to what it reaches; the naive effect is less."""
    countries = tuple(f"C{c}" for c in range(7))
    supported = np.zeros((7, 4), bool)
    supported[[0, 1, 2], 0] = supported[3, 1] = True
    questions = [(f"Q{k}", f"F{k + 1}", 3, ("officials",), False) for k in range(4)]
    fit = make_fit(
        countries=countries, supported=supported, questions=questions, groups=("officials",),
        length=50,
    )  # fmt: skip
    factors = list(fit.design.factors)
    told = xr.DataArray(
        np.zeros((4, 4)), {"factor": factors, "exposed": factors}, ("factor", "exposed")
    )
    told.loc[{"factor": "F1", "exposed": "F2"}] = 1.0
    level = additive(fit)
    level[..., 1][supported] += 1.0
    exposed = np.zeros((7, 4), bool)
    exposed[[0, 1, 2], 1] = True
    level[..., 1][exposed] += 0.4
    still = dataclasses.replace(
        fit, posterior=fit.posterior.assign(cell_change=1e-9 * fit.posterior["cell_change"])
    )
    found = exposure_effects(still, exact(cells_of(still, level)), told)
    mean = found["effect"].mean(("chain", "draw")).sel(group="officials")
    np.testing.assert_allclose(mean, [0.4, 1.0], atol=1e-6)
    naive = (imputation_weights(comparison(fit.design, 0)) * level[:, :, 0]).sum()
    assert naive < 0.95
    assert found["cells"].values[:, 0].tolist() == [3, 4]


def test_without_a_map_or_without_exposed_cells_the_reason_is_said(fit):
    assert "no exposure map" in exposure_reasons(fit, None)["officials"]
    reasons = exposure_reasons(fit, a_map(fit))
    assert all("no cell" in each for each in reasons.values())
    assert exposure_table(fit, cells_of(fit, additive(fit)), a_map(fit)).empty


def test_the_table_of_exposure_counts(fit):
    told = a_map(fit, F1_F2=1.0)
    table = exposure_table(fit, cells_of(fit, additive(fit)), told)
    assert list(table["estimand"]) == ["exposed, not supported"] * 2 + ["supported"] * 2
    assert set(table["set_aside"]) == {0}


def test_cells_of_a_real_stage_one_are_those_of_the_fit(make_survey):
    """Random answers: no number is expected, only that cells, weights and fit belong together."""
    import cips_models as cips

    survey = make_survey(
        countries=COUNTRIES, waves=WAVES, supported=SUPPORTED, start=LATE, respondents=12,
        missing=0.0,
    )  # fmt: skip
    spec = cips.specification("no-item-shifts")
    stage = cips.stage_one(survey, spec, threads=1)
    fit = cips.cut(survey, spec, seed=1, draws=60, chains=2, cores=1, stage=stage)
    found = placebo(fit, stage.cells)
    level = np.full(fit.design.observed.shape, np.nan)
    level[tuple(stage.cells.position.T)] = stage.cells.mean
    for g, group in enumerate(fit.design.groups):
        weights = pretended(comparison(fit.design, g)).weights
        expected = np.nansum(np.where(weights != 0, weights * level[:, :, g], 0.0))
        draws = found["effect"].sel(group=group)
        assert float(draws.mean()) == pytest.approx(expected, abs=4 * float(draws.std()) / 120**0.5)
        assert not np.isnan(level[:, :, g][weights != 0]).any()
