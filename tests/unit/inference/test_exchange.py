"""Cells that leave a country: what is in the file, and that pooling them is stage 2."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import cips_models as cips
from cips_models.errors import FitError, IdentificationError, SurveyError
from cips_models.inference.exchange import READ
from cips_models.survey.study import Mode
from cips_models.workflow.estimates import estimate_tables

SUPPORTED = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)
COUNTRIES = ("Avalon", "Belovodye", "Cockaigne")


@pytest.fixture(scope="module")
def spec():
    return cips.specification("did")


@pytest.fixture(scope="module")
def survey(make_survey):
    return make_survey(respondents=30, supported=SUPPORTED)


@pytest.fixture(scope="module")
def stage(survey, spec):
    return cips.stage_one(survey, spec)


@pytest.fixture(scope="module")
def whole(stage, tmp_path_factory):
    return cips.export_cells(stage, tmp_path_factory.mktemp("cells") / "cells.nc")


@pytest.fixture(scope="module")
def support(survey, tmp_path_factory):
    path = tmp_path_factory.mktemp("support") / "support.csv"
    cells = itertools.product(survey.countries, survey.factors)
    rows = [(*cell, int(s)) for cell, s in zip(cells, SUPPORTED.ravel(), strict=True)]
    pd.DataFrame(rows, columns=["country", "factor", "supported"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def apart(make_survey, spec, tmp_path_factory):
    """Files of two countries that never saw each other's answers."""
    folder = tmp_path_factory.mktemp("apart")
    return [
        cips.export_cells(
            cips.stage_one(make_survey(countries=(name,), respondents=30, seed=k), spec),
            folder / f"{name}.nc",
        )
        for k, name in enumerate(COUNTRIES[:2])
    ]


def test_one_file_of_all_countries_is_the_cut_route(survey, spec, stage, whole, support):
    pooled = cips.pool([whole], spec, seed=3, support=support, draws=60, chains=2)
    cut = cips.cut(survey, spec, seed=3, stage=stage, draws=60, chains=2)
    for name in ("level", "effect"):
        xr.testing.assert_allclose(pooled.posterior[name], cut.posterior[name])
    effect = cips.effects(pooled)["att"]
    xr.testing.assert_allclose(
        effect.sel(scale="latent"), cips.effects(cut)["att"].sel(scale="latent")
    )
    assert np.isfinite(effect.sel(scale="percent")).all()


def test_nothing_in_the_file_has_a_respondent_or_counts_any(survey, whole):
    with xr.open_datatree(whole, engine="netcdf4") as tree:
        sizes = {n: size for part in tree.subtree for n, size in part.dataset.sizes.items()}
        names = {str(name) for part in tree.subtree for name in part.dataset.variables}
    assert len(survey.respondents) not in sizes.values()
    assert not names & {"answers", "respondents", "score", "percent", "item_shift"}


def test_countries_apart_are_pooled_and_survive_the_file(apart, spec, tmp_path):
    fit = cips.pool(apart, spec, seed=1, draws=60, chains=2)
    said = "\n".join(cips.identification(fit))
    assert "estimated file by file" in said
    assert "baselines of cells" in said
    assert "counts as if each file had one of its own" in said
    assert fit.design.countries == COUNTRIES[:2]
    read = cips.load(fit.save(tmp_path / "fit.nc"))
    change = cips.changes(read)
    assert change["latent"].notnull().any()  # noqa: PD004 - an xarray method
    xr.testing.assert_allclose(change, cips.changes(fit))


def told_apart(make_survey, name, ranks, modes, **more):
    """A country whose people have a rank, and one mode at each wave."""
    rng = np.random.default_rng(len(name))
    each, waves = 30, 2
    rank = rng.choice(ranks, 2 * waves * each)
    mode = np.tile(np.repeat(modes, each), 2)
    survey = make_survey(
        countries=(name,), respondents=each, background={"rank": rank, "mode": mode},
        composition={"columns": ["rank"], "mode": "mode"} | more,
    )  # fmt: skip
    said = "As the study says." if more else ""
    return replace(survey, composition=replace(survey.composition, assumption=said))


def test_levels_of_strata_are_on_every_scale_those_of_the_cut_route(make_survey, spec, tmp_path):
    survey = told_apart(make_survey, "Avalon", ["chief", "clerk"], ["tablet", "tablet"])
    stage = cips.stage_one(survey, spec)
    path = cips.export_cells(stage, tmp_path / "cells.nc")
    found = cips.pool([path], spec, seed=3, draws=40, chains=2)
    read = cips.load(found.save(tmp_path / "fit.nc"))
    cut = cips.cut(survey, spec, seed=3, stage=stage, draws=40, chains=2)
    at_the_mode = {
        name: found.posterior[name].broadcast_like(cut.posterior[name])
        for name in (*READ, "stratum_effect")
    }
    same = replace(cut, posterior=cut.posterior.assign(at_the_mode))
    for scale in ("latent", "percent", "score"):
        xr.testing.assert_allclose(cips.levels(read)[scale], cips.levels(same)[scale])
    with pytest.raises(IdentificationError, match="do not hold whom each wave asked"):
        cips.changes(read, composition="observed")
    assert not estimate_tables(read)["changes"]["estimand"].str.contains("composed").any()


def test_no_change_is_pooled_where_wave_and_mode_coincide_in_a_file(make_survey, spec, tmp_path):
    """One country changed its mode, the other has ranks of its own and did not."""
    kept = told_apart(make_survey, "Belovodye", ["chief", "trainee"], ["online", "online"])
    for assumed, told in ((Mode(), False), (Mode(sd=0.0), True), (Mode(sd=0.2), True)):
        changed = told_apart(make_survey, "Avalon", ["chief", "clerk"], ["tablet", "online"],
                             assumed=assumed)  # fmt: skip
        files = [
            cips.export_cells(cips.stage_one(survey, spec), tmp_path / f"{name}.nc")
            for name, survey in (("a", changed), ("b", kept))
        ]
        fit = cips.pool(files, spec, seed=1, draws=30, chains=2)
        change = cips.changes(fit)["percent"]
        there = xr.ufuncs.isfinite(change).any(("chain", "draw", "factor", "group"))
        assert there.to_series().to_dict() == {"Avalon": told, "Belovodye": True}
        refused = [r for r in cips.refusals(fit) if "different modes" in r.reason]
        assert bool(refused) == (not told)
        assert cips.changes(fit).attrs == ({"assumption": "As the study says."} if told else {})


def test_the_same_country_twice_is_refused(apart, spec):
    with pytest.raises(FitError, match="Avalon"):
        cips.pool([apart[0], apart[0]], spec, seed=1)


def test_other_waves_are_refused(make_survey, apart, spec, tmp_path):
    other = make_survey(countries=("Cockaigne",), waves=("2022", "2024"), respondents=30)
    path = cips.export_cells(cips.stage_one(other, spec), tmp_path / "other.nc")
    with pytest.raises(FitError, match="waves"):
        cips.pool([*apart, path], spec, seed=1)


def test_a_support_table_of_other_countries_is_refused(apart, spec, support):
    with pytest.raises(SurveyError, match="Cockaigne"):
        cips.pool(apart, spec, seed=1, support=support)


def test_another_file_is_refused(tmp_path, spec):
    path = tmp_path / "other.nc"
    xr.Dataset({"x": 1}).to_netcdf(path, engine="netcdf4")
    with pytest.raises(FitError, match="cips cells"):
        cips.pool([path], spec, seed=1)
