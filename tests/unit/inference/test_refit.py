"""Refits of stage 2 against fits that were built anew.

Gate, stated before: with enough draws to see a tenth of a posterior sd, means of the effect
differ by at most 4 Monte Carlo standard errors, and sds by at most 4 of theirs.
"""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.did.few_clusters.influence import (
    influence_table,
    leave_one_out,
    most_influential,
    refitted,
)
from cips_models.did.few_clusters.placebo import Placebo, placebo_maps, placebo_table
from cips_models.did.on_cells import cell_effects
from cips_models.estimands.intervals import summarise
from cips_models.inference.chains import Schedule
from cips_models.inference.cut import stage_two
from cips_models.inference.refit import Refits
from cips_models.inference.sampling import sample
from cips_models.tables import TABLES

COUNTRIES = ("Avalon", "Belovodye", "Cockaigne", "Dilmun", "Erewhon")
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]], dtype=bool)
DRAWS, CHAINS = 300, 4


@pytest.fixture(scope="module")
def survey(make_survey):
    return make_survey(countries=COUNTRIES, respondents=25, supported=SUPPORTED, missing=0.0)


@pytest.fixture(scope="module")
def spec():
    return cips.specification("did")


@pytest.fixture(scope="module")
def stage(survey, spec):
    return cips.stage_one(survey, spec, threads=1)


@pytest.fixture(scope="module")
def refits(survey, spec, stage):
    return Refits.of(survey, spec, stage, seed=1, draws=DRAWS)


def built_anew(survey, spec, stage, kept):
    """Effects of a stage 2 whose model was built for the kept cells alone."""
    model = stage_two(survey, replace(spec, quadrature=stage.quadrature), stage.cells.among(kept))
    schedule = Schedule(seed=2, draws=DRAWS, tune=200, chains=CHAINS, cores=1)
    return sample(model, route="cut", schedule=schedule).posterior["effect_cell"]


def agree(ours, theirs):
    # An sd of n draws has a relative error of 1 / sqrt(2 n); mirrored draws count half.
    error = np.sqrt((1 + 2) / (2 * DRAWS * CHAINS))
    for a, b in zip(
        *(summarise(x, estimand="ATT", scale="latent").to_dict("records") for x in (ours, theirs)),
        strict=True,
    ):
        assert np.hypot(a["mcse"], b["mcse"]) < 0.1 * b["sd"]
        assert abs(a["mean"] - b["mean"]) < 4 * np.hypot(a["mcse"], b["mcse"])
        assert abs(np.log(a["sd"] / b["sd"])) < 4 * error


def test_with_nothing_left_out_it_is_the_cut_fit(refits, survey, spec, stage):
    assert float(refits.whole.sample_stats["pareto_k_scales"]) < 0.7
    usual = cips.cut(survey, spec, seed=2, stage=stage, draws=DRAWS, cores=1)
    cells = ("country", "factor")
    agree(
        cell_effects(refits.whole, "latent").mean(cells), cell_effects(usual, "latent").mean(cells)
    )


@pytest.mark.parametrize("labels", [{"country": "Cockaigne"}, {"factor": "F2"}])
def test_leaving_one_out_is_a_model_built_for_the_other_cells(refits, survey, spec, stage, labels):
    kept = refits.without(**labels)
    fit = refits.fit(kept)
    assert float(fit.sample_stats["pareto_k_scales"]) < 0.7
    ours = cell_effects(fit, "latent")
    counted = ours.isel(chain=0, draw=0, drop=True).notnull()
    ((dim, label),) = labels.items()
    assert label not in counted[dim] or not counted.sel({dim: label}).any()
    everything = built_anew(survey, spec, stage, kept).rename(followed="country")
    theirs = everything.sel(country=counted["country"]).where(counted)
    cells = ("country", "factor")
    agree(ours.mean(cells), theirs.mean(cells))


def test_the_same_seed_gives_the_same_draws(refits):
    kept = refits.without(country="Dilmun")
    first, second = (refits.fit(kept).posterior["effect_cell"] for _ in range(2))
    assert first.equals(second)


def test_an_unknown_label_is_named(refits):
    with pytest.raises(KeyError, match="Atlantis"):
        refits.without(country="Atlantis")


def test_a_fit_without_a_country_is_a_fit(refits, tmp_path):
    fit = refits.fit(refits.without(country="Erewhon"))
    again = cips.load(fit.save(tmp_path / "fit.nc"))
    assert again.design.followed_labels == COUNTRIES[:-1]
    att = cips.effects(again, scales=("latent", "percent"))["att"]
    assert np.isfinite(att).all()


def test_influence_of_each_country_and_factor(refits):
    few = replace(refits, items=refits.items.isel(draw=slice(20)))
    found = leave_one_out(few, cores=1)
    names = [next(iter(one.left_out.values()), "") for one in found]
    assert names == ["", *COUNTRIES, "F1", "F2", "F3"]
    assert [one.estimands[0].cells for one in found[1:6]] == [
        SUPPORTED.sum() - row.sum() for row in SUPPORTED
    ]
    table = influence_table(found)
    assert list(table) == [column.name for column in TABLES["leave_one_out"]]
    whole = table[(table["country"] == "") & (table["factor"] == "")]
    assert (whole["change"] == 0).all()
    assert len(whole) == 4  # two groups on two scales
    moved = table.merge(whole, on=["scale", "group"], suffixes=("", "_whole"))
    np.testing.assert_allclose(moved["mean"] - moved["mean_whole"], moved["change"])
    latent = moved[moved["scale"] == "latent"]
    size = (latent["change"] / latent["sd_whole"]).abs()
    farthest = latent.loc[size.idxmax()]
    ((dim, label),) = most_influential(found, 1)[0].items()
    assert farthest[dim] == label


def test_placebo_maps_are_fitted_to_the_same_cells(survey, spec, stage):
    found = placebo_maps(survey, spec, stage, seed=1, maps=2, cores=1)
    assert found.effect.sizes["map"] == 2
    assert not found.effect[0].equals(found.effect[1])
    table = placebo_table([found])
    assert list(table) == [column.name for column in TABLES["placebo_maps"]]
    assert (table["maps"] == found.effect.isel(chain=0, draw=0).notnull().sum("map")).all()


def test_the_rate_of_placebo_maps_is_of_intervals_that_exclude_zero():
    rng = np.random.default_rng(1)
    effect = rng.normal(0, 0.1, (20, 4, 50, 1))
    effect[:3] += 1.0
    effect[3, 0, 0] = np.nan  # a map that left nothing to compare
    draws = xr.DataArray(
        effect, dims=("map", "chain", "draw", "group"), coords={"group": ["officials"]}
    )
    (row,) = placebo_table([Placebo("within country", draws, np.zeros(20))]).to_dict("records")
    assert (row["maps"], row["rejected"]) == (19, 3)
    assert row["lower"] < row["rate"] == 3 / 19 < row["upper"]


def test_the_whole_is_refitted_without_one(survey, spec):
    (one,) = refitted(survey, spec, [{"country": "Avalon"}], seed=1, cores=1)
    assert one.refitted == "whole"
    assert one.estimands[0].cells == SUPPORTED[1:].sum()
    assert np.isfinite(one.effect).all()
