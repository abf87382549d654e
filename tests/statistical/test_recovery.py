"""One real short fit of each route against a known truth; gates stated before the numbers.

Gate: bulk ESS of at least 150 for everything judged.  Then a mean may miss the truth by three
posterior standard deviations and Monte Carlo errors, and no more.
"""

from collections.abc import Callable
from dataclasses import replace

import arviz as az
import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.did.contrast import comparison, imputation_weights
from cips_models.inference.chains import Schedule
from cips_models.inference.every_cell import stage_one
from cips_models.inference.expansion import expanded
from cips_models.inference.importance import weighted
from cips_models.inference.sampling import sample
from cips_models.inference.weights import MOST_PARETO_K
from cips_models.model.build import CellEstimates, blueprint
from cips_models.model.forward import simulate_answers
from cips_models.model.layout import layout
from cips_models.survey.survey import Survey

LEAST_ESS = 150
GROUP = ("officials",)
QUESTIONS = tuple(
    (f"Q{f}{j}", f"F{f}", levels, GROUP, False)
    for f in range(4)
    for j, levels in enumerate((5, 5, 4))
)


def judge(draws: xr.DataArray) -> tuple[float, float]:
    """Mean and sd of draws with enough effective ones; fails the gate otherwise."""
    data = draws.rename("x").to_dataset()
    assert float(az.ess(data)["x"]) >= LEAST_ESS
    error = float(az.mcse(data)["x"])
    return float(draws.mean()), float(np.hypot(draws.std(), error))


@pytest.fixture(scope="module")
def supported() -> np.ndarray:
    """Half of the cells of eight countries and four factors, in all patterns."""
    rng = np.random.default_rng(5)
    return np.array([rng.permutation([True, True, False, False]) for _ in range(8)])


def hierarchy_levels(supported: np.ndarray, effect: float, seed: int) -> np.ndarray:
    """Levels (country, factor, group, wave) of a world with one known effect."""
    rng = np.random.default_rng(seed)
    countries, factors = supported.shape
    baseline = 0.3 + rng.normal(0, 0.4, (countries, 1)) + rng.normal(0, 0.3, (countries, factors))
    shift = 0.2 + rng.normal(0, 0.2, (countries, 1)) + rng.normal(0, 0.1, (1, factors))
    change = shift + rng.normal(0, 0.1, (countries, factors)) + effect * supported
    return np.stack([baseline, baseline + change], axis=-1)[:, :, None, :]


@pytest.fixture(scope="module")
def world(make_survey: Callable[..., Survey], supported: np.ndarray) -> tuple[Survey, np.ndarray]:
    """A survey answered by 25 people in each cell, and its levels."""
    return answered(make_survey, supported, respondents=25)


@pytest.fixture(scope="module")
def large_world(
    make_survey: Callable[..., Survey], supported: np.ndarray
) -> tuple[Survey, np.ndarray]:
    """The same with 400 people in each cell."""
    return answered(make_survey, supported, respondents=400)


def answered(
    make_survey: Callable[..., Survey], supported: np.ndarray, respondents: int
) -> tuple[Survey, np.ndarray]:
    """A survey answered by the model itself at known levels, and those levels."""
    blank = make_survey(
        questions=QUESTIONS,
        countries=[f"C{c}" for c in range(8)],
        groups=GROUP,
        respondents=respondents,
        missing=0.05,
        supported=supported,
    )
    lay = layout(blank)
    level = hierarchy_levels(supported, effect=0.5, seed=11)
    cuts = [np.linspace(-1.5, 1.5, k - 1) for k in lay.questions.levels]
    where = tuple(lay.cells[dim].to_numpy() for dim in ("country", "group", "wave"))
    cells = len(lay.cells)
    answers = simulate_answers(
        np.random.default_rng(12),
        np.ones(len(cuts)),
        np.concatenate(cuts)[None, :],
        level.transpose(0, 2, 3, 1)[where],
        np.full((cells, 4), 0.9),
        np.full((cells, 4), 0.6),
        lay,
    )
    in_survey_order = np.empty_like(answers)
    in_survey_order[lay.order] = answers
    survey = make_survey(
        questions=QUESTIONS,
        countries=[f"C{c}" for c in range(8)],
        groups=GROUP,
        respondents=respondents,
        supported=supported,
        answers=in_survey_order,
    )
    return survey, level


def test_a_short_joint_fit_recovers_levels_effect_and_spreads(
    world: tuple[Survey, np.ndarray],
) -> None:
    survey, truth = world
    model = cips.build(survey, cips.specification("did"))
    fit = cips.fit(model, seed=1, draws=250, tune=150, chains=2)
    assert int(fit.sample_stats["diverging"].sum()) == 0

    mean, sd = judge(cips.effects(fit, scales=("latent",))["att"].sel(scale="latent").isel(group=0))
    assert abs(mean - 0.5) < 3 * sd
    mean, sd = judge(fit.posterior["sd_outlook"].isel(group=0))
    assert abs(mean - 0.9) < 3 * sd

    level = fit.posterior["level"]
    least = float(az.ess(level.rename("x").to_dataset())["x"].min())
    assert least >= LEAST_ESS
    z = (level.mean(("chain", "draw")).to_numpy() - truth) / level.std(("chain", "draw")).to_numpy()
    # 64 correlated z-scores: none beyond four, and no more spread than chance allows.
    assert np.abs(z).max() < 4
    assert 0.4 < np.sqrt(np.mean(z**2)) < 1.6


@pytest.fixture(scope="module")
def noisy_cells(make_survey: Callable[..., Survey]) -> tuple[Survey, CellEstimates, float]:
    """Cells of 16 countries measured with an error as large as 20 respondents leave."""
    rng = np.random.default_rng(21)
    supported = np.array([rng.permutation([True, True, False, False]) for _ in range(16)])
    survey = make_survey(
        questions=QUESTIONS,
        countries=[f"C{c:02d}" for c in range(16)],
        groups=GROUP,
        supported=supported,
        missing=0.0,
    )
    level = hierarchy_levels(supported, effect=0.6, seed=22)
    position = np.argwhere(np.ones(level.shape, dtype=bool))
    error = 0.3
    estimate = level[tuple(position.T)] + rng.normal(0, error, len(position))
    within = error**2 * np.eye(len(position))
    return survey, CellEstimates(position, estimate, within, np.zeros((len(position), 0))), 0.6


def test_stage_two_is_not_attenuated_where_a_blind_pooled_contrast_is(
    noisy_cells: tuple[Survey, CellEstimates, float],
) -> None:
    survey, cells, truth = noisy_cells
    schedule = Schedule(seed=3, draws=250, tune=150, chains=2, cores=2)
    spec = cips.specification("cut-stage2")
    seeing = sample(cips.build(survey, spec, cells=cells), route="cut", schedule=schedule)
    mean, sd = judge(seeing.posterior["effect"].isel(group=0))
    assert abs(mean - truth) < 3 * sd

    structure = replace(
        spec.structure, support_effect=False, baseline_slope=False, spillover_slope=False
    )
    model = cips.build(survey, replace(spec, structure=structure), cells=cells)
    blind = sample(model, route="cut", schedule=schedule)
    weights = imputation_weights(comparison(blueprint(model).design, 0))
    level = blind.posterior["level"].isel(group=0)
    cells = ("country", "factor", "wave")
    contrast = (level * xr.DataArray(weights, dims=cells)).sum(cells)
    attenuated, spread = judge(contrast)
    assert attenuated < 0.8 * truth
    assert attenuated + 2 * spread < mean + 2 * sd


def test_pymcs_own_sampler_agrees_with_independent_draws_of_the_scales(
    noisy_cells: tuple[Survey, CellEstimates, float],
) -> None:
    survey, cells, _ = noisy_cells
    model = cips.build(survey, cips.specification("cut-stage2"), cells=cells)
    schedule = Schedule(seed=4, draws=150, tune=150, chains=2, cores=2)
    found = [
        judge(
            sample(model, route="cut", schedule=schedule, sampler=name)
            .posterior["effect"]
            .isel(group=0)
        )
        for name in ("nutpie", "pymc")
    ]
    (one, sd_one), (other, sd_other) = found
    assert abs(one - other) < 4 * np.hypot(sd_one, sd_other) / np.sqrt(LEAST_ESS)
    assert 0.7 < sd_one / sd_other < 1.4


def test_expansion_brings_the_gaussian_to_a_small_surveys_posterior(
    make_survey: Callable[..., Survey], supported: np.ndarray
) -> None:
    """Weights vary less than at the likelihood's own mode, from which cells are pulled far."""
    few, _ = answered(make_survey, supported, respondents=12)
    spec = cips.specification("did")
    first = stage_one(few, spec)
    stages = (first, expanded(few, spec, first, seed=1, threads=2))
    spreads = [
        float(
            weighted(few, spec, stage, Schedule(seed=5, draws=200, tune=0, chains=2, cores=2))
            .sample_stats["log_weight"]
            .std()
        )
        for stage in stages
    ]
    assert spreads[1] < 0.7 * spreads[0]


def test_importance_sampling_gets_over_a_shifted_approximation(
    large_world: tuple[Survey, np.ndarray],
) -> None:
    survey, truth = large_world
    spec = cips.specification("did")
    right = stage_one(survey, spec)
    # One posterior sd of the persons' outlook, and what goes with it: plain to see if it stays.
    (outlook,) = right.density.places["sd_outlook_z"]
    unit = np.zeros(right.density.dim)
    unit[outlook] = 1.0
    variance = replace(right, slope=right.slope + unit).mode[outlook] - right.mode[outlook]
    shifted = replace(right, slope=right.slope + unit / np.sqrt(variance))
    fits = [
        weighted(survey, spec, stage, Schedule(seed=5, draws=1000, tune=0, chains=2, cores=2))
        for stage in (right, shifted)
    ]
    for fit in fits:  # the gates first
        assert fit.sample_stats["pareto_k"] <= MOST_PARETO_K
    (one, sd), (other, _) = (judge(fit.posterior["sd_outlook"].isel(group=0)) for fit in fits)
    assert abs(one - other) < 4.5 * sd * np.sqrt(2 / LEAST_ESS)
    assert abs(one - 0.9) < 3 * sd
    mean, sd = judge(fits[1].posterior["effect"].isel(group=0))
    assert abs(mean - 0.5) < 3 * sd
    level = fits[1].posterior["level"]
    z = (level.mean(("chain", "draw")) - truth) / level.std(("chain", "draw"))
    assert 0.4 < float(np.sqrt((z**2).mean())) < 1.6
