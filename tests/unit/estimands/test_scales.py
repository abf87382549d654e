"""Per cent and score of a level against persons simulated one by one, and known truth."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from scipy.special import expit

import cips_models as cips
from cips_models.estimands.scales import on_scale, on_scales
from cips_models.inference.fit import Fit
from cips_models.model.design import as_dataset, design
from cips_models.model.layout import layout
from cips_models.model.record import cells, questionnaire

REFERENCE = {
    ("Automation", "officials"): ["A1", "A2"],
    ("Automation", "private sector"): ["A1"],
    ("Transparency", "officials"): ["T1"],
    ("Transparency", "private sector"): ["T1", "T2"],
}


def by_simulation(fit, at, rng, people=20_000):
    """Mean and standard error of percent and score among simulated persons of a cell."""
    one = fit.posterior.sel(at)
    trait = float(one["level"]) + rng.normal(size=people) * float(one["general_spread"])
    trait += rng.normal(size=people) * float(one["specific_spread"])
    worth = {"percent": [], "score": []}
    for name in REFERENCE[at["factor"], at["group"]]:
        item = fit.questionnaire.sel(question=name)
        first = int(item["start"])
        cuts = one["threshold"].values[first : first + int(item["levels"]) - 1]
        a = float(one["discrimination"].sel(question=name))
        passed = rng.uniform(size=people)[:, None] < expit(a * (trait[:, None] - cuts))
        answer = passed.sum(axis=1)
        worth["percent"].append(100 * item["positive"].values[answer])
        worth["score"].append(100 * item["points"].values[answer])
    each = {scale: np.mean(values, axis=0) for scale, values in worth.items()}
    return {s: (v.mean(), v.std() / np.sqrt(people)) for s, v in each.items()}


def test_levels_are_what_simulated_persons_answer(fit):
    rng = np.random.default_rng(5)
    found = cips.levels(fit)
    z, permuted = [], []
    for c in fit.design.countries[:3]:
        for f, g in REFERENCE:
            for w in fit.design.waves:
                at = {"country": c, "factor": f, "group": g, "wave": w, "chain": 1, "draw": 17}
                if found["latent"].sel(at).isnull():
                    continue
                for scale, (mean, error) in by_simulation(fit, at, rng).items():
                    z.append((float(found[scale].sel(at)) - mean) / error)
                    other = found[scale].roll(country=1).sel(at)
                    permuted.append((float(other) - mean) / error)
    assert len(z) == 46
    assert np.abs(z).max() < 4
    assert np.nanmax(np.abs(permuted)) > 20


def test_nothing_where_nobody_was_observed(fit):
    found = cips.levels(fit)
    observed = fit.design_data["observed"].astype(bool)
    assert int((~observed).sum()) == 5
    for scale in ("latent", "percent", "score"):
        assert found[scale].dims == fit.posterior["level"].dims
        assert (found[scale].notnull() == observed).all()


def with_question(fit, name, slope):
    posterior = fit.posterior.copy(deep=True)
    posterior["discrimination"].loc[{"question": name}] = slope
    return dataclasses.replace(fit, posterior=posterior)


def test_a_question_asked_in_one_wave_only_does_not_count(fit):
    before = cips.levels(fit)["score"]
    xr.testing.assert_identical(before, cips.levels(with_question(fit, "A3", 5.0))["score"])
    differs = abs(before - cips.levels(with_question(fit, "A2", 5.0))["score"]) > 1e-6
    officials = {"factor": "Automation", "group": "officials"}
    seen = before.notnull()
    assert differs.sel(officials).where(seen.sel(officials), True).mean() > 0.99
    assert not differs.sel(group="private sector").any()
    assert not differs.sel(factor="Transparency").any()


def test_a_group_without_reference_items_has_only_a_latent_level(fit):
    book = fit.questionnaire.copy(deep=True)
    book["asked"].loc[{"question": "T1", "group": "officials", "wave": "2023"}] = 0
    found = cips.levels(dataclasses.replace(fit, questionnaire=book))
    officials = found.sel(factor="Transparency", group="officials", country="Aland")
    assert officials["latent"].notnull().all()
    assert officials["percent"].isnull().all()
    assert found["percent"].sel(factor="Transparency", group="private sector").notnull().any()


def test_some_cells_and_draws_in_another_order(fit):
    whole = on_scale(fit.posterior["level"], fit, "percent")
    some = {
        "country": ["Costaguana", "Aland"],
        "factor": ["Transparency"],
        "group": ["private sector", "officials"],
        "wave": ["2023"],
        "draw": [3, 40, 41],
    }
    level = fit.posterior["level"].sel(some).transpose("wave", "draw", "country", ...)
    found = on_scale(level.rename(country="followed"), fit, "percent")
    assert found.dims == level.rename(country="followed").dims
    xr.testing.assert_allclose(
        found.rename(followed="country").transpose(*whole.dims), whole.sel(some), atol=1e-6
    )


def test_scales_alone_and_together_are_the_same(fit):
    level = fit.posterior["level"]
    together = on_scales(level, fit)
    assert list(together) == ["latent", "percent", "score"]
    for scale in together:
        xr.testing.assert_identical(together[scale], on_scale(level, fit, scale))


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """The truth of a simulated survey, and a one-draw fit that consists of it."""
    folder = tmp_path_factory.mktemp("known")
    survey = cips.read(cips.simulate(folder, scale="small", effect="real", seed=1))
    with xr.open_dataset(folder / "truth.nc") as dataset:
        truth = dataset.load()
    lay = layout(survey)
    plan = design(survey, lay)
    labels = {k: list(v) for k, v in plan.coords().items() if k in truth.dims}
    at = truth.sel(labels)
    question = list(lay.questions.labels)
    threshold = [at["thresholds"].sel(item=name).dropna("threshold").values for name in question]
    drawn = {
        "level": at["mu"].fillna(0.0),
        "discrimination": np.exp(at["log_a"]).rename(item="question").sel(question=question),
        "threshold": xr.DataArray(np.concatenate(threshold), dims="threshold_position"),
        "general_spread": at["loading"] * at["sigma"],
        "specific_spread": at["tau"],
    }
    posterior = xr.Dataset(drawn, coords=labels).expand_dims(chain=[0], draw=[0])
    fit = Fit(
        posterior,
        xr.Dataset(),
        as_dataset(plan),
        questionnaire(survey, lay),
        cells(survey, lay),
        {},
    )
    return truth, fit


@pytest.mark.parametrize("scale", ["percent", "score"])
def test_true_parameters_give_the_true_levels_and_changes(known, scale):
    truth, fit = known
    level = cips.levels(fit)[scale].isel(chain=0, draw=0, drop=True)
    wanted = truth[scale].sel(level.coords).transpose(*level.dims)
    np.testing.assert_allclose(level, wanted, atol=1e-5)
    for dim in level.dims:
        assert float(abs(level.roll({dim: 1}) - wanted).max()) > 1
    change = cips.changes(fit)[scale].isel(chain=0, draw=0, drop=True)
    true_change = truth[f"change_{scale}"].dropna("country").transpose(*change.dims)
    assert list(true_change["country"].values) == list(change["country"].values)
    np.testing.assert_allclose(change, true_change, atol=1e-5)


def test_true_parameters_give_the_raw_headline_of_the_simulation(known):
    truth, fit = known
    found = cips.improved(fit)
    wanted = truth["raw_headline"].transpose("support", "group").sel(group=found["group"])
    np.testing.assert_allclose(found["raw_share"].transpose("support", "group"), wanted)
