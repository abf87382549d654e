"""The regression on raw cells, and the bootstrap of every hypothesis from three runs."""

import dataclasses
import sys

import numpy as np
import pytest

from cips_models.did.contrast import comparison
from cips_models.did.estimand import of_rows
from cips_models.did.few_clusters.regression import Regression
from cips_models.did.few_clusters.wild import (
    WildBootstrap,
    _bootstrapped,
    wild_bootstrap,
    wild_table,
)
from cips_models.errors import IdentificationError, SpecificationError
from cips_models.tables import TABLES

COUNTRIES = tuple(f"C{c}" for c in range(8))
FACTORS = 3
SUPPORTED = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], bool
)
REPLICATIONS = 499


@pytest.fixture(scope="module")
def fit(make_fit):
    return make_fit(countries=COUNTRIES, supported=SUPPORTED)


@pytest.fixture(scope="module")
def levels():
    rng = np.random.default_rng(4)
    noise = rng.normal(size=(8, FACTORS, 2))
    return 50 + noise + rng.normal(size=(8, 1, 2)) + 2.0 * SUPPORTED[..., None] * [0, 1]


@pytest.fixture(scope="module")
def regression(fit, levels):
    return Regression.of(levels, fit.design.given, comparison(fit.design, 0))


@pytest.fixture(scope="module")
def bootstrap(regression):
    return WildBootstrap.of(regression, seed=1, replications=REPLICATIONS)


def test_the_estimate_is_that_of_the_two_way_regression_of_changes(bootstrap, levels):
    change = (levels[..., 1] - levels[..., 0]).ravel()
    country, factor = (place.ravel() for place in np.indices(SUPPORTED.shape))
    dummies = np.column_stack([SUPPORTED.ravel(), np.eye(8)[country], np.eye(FACTORS)[factor]])
    expected = np.linalg.lstsq(dummies, change, rcond=None)[0][0]
    assert bootstrap.estimate == pytest.approx(expected)


def test_any_hypothesis_follows_from_three_runs_of_the_library(bootstrap, regression):
    from wildboottest.wildboottest import WildboottestCL

    for effect in (-3.0, 0.7, 2.0):
        run = _bootstrapped(WildboottestCL, regression, effect, 1, REPLICATIONS)
        run.get_tboot()
        run.get_tstat()
        run.get_pvalue()
        count = round(bootstrap.p(effect) * (REPLICATIONS + 1)) - 1
        assert count == round(run.pvalue * REPLICATIONS)
        assert run.t_stat == pytest.approx((bootstrap.estimate - effect) / bootstrap.se)


def test_the_interval_ends_where_p_is_five_per_cent(bootstrap):
    lower, upper = bootstrap.interval()
    assert lower < bootstrap.estimate < upper
    step = 1e-4 * bootstrap.se
    for end, out in ((lower, -step), (upper, step)):
        assert bootstrap.p(end - out) > 0.05 >= bootstrap.p(end + out)


def test_intensities_count_and_the_effect_is_that_of_the_average_one(fit, levels):
    given = np.where(SUPPORTED, np.random.default_rng(1).uniform(0.5, 2, SUPPORTED.shape), 0.0)
    effect = 3.0 * given / given[SUPPORTED].mean()
    flat = np.zeros_like(levels)
    flat[..., 1] = effect
    found = Regression.of(flat, given, comparison(fit.design, 0))
    slope = np.linalg.lstsq(found.regressors, found.outcome, rcond=None)[0][0]
    assert slope == pytest.approx(3.0)


def test_support_that_follows_from_country_and_factor_is_refused(fit, levels):
    compared = comparison(fit.design, 0)
    whole = np.zeros_like(SUPPORTED)
    whole[:, 0] = True
    same = dataclasses.replace(
        compared,
        treated=whole,
        control=~whole,
        untreated=np.stack([np.ones_like(whole), ~whole], axis=-1),
    )
    with pytest.raises(IdentificationError, match="follows from country and factor"):
        Regression.of(levels, whole.astype(float), same)


def test_levels_of_one_wave_alone_are_refused_as_those_withheld_of_few_people_are(fit, levels):
    known = levels.copy()
    known[..., 1] = np.nan
    with pytest.raises(IdentificationError, match="no cell whose raw level is known at two waves"):
        Regression.of(known, SUPPORTED.astype(float), comparison(fit.design, 0))


def test_table_is_as_declared_and_reproducible(fit):
    tables = [wild_table(fit, scales=["score"], seed=3, replications=199) for _ in range(2)]
    assert list(tables[0]) == [column.name for column in TABLES["wild_bootstrap"]]
    assert tables[0].equals(tables[1])
    assert (tables[0]["clusters"] == 8).all()
    for one in of_rows(tables[0]):
        assert "cells weigh by how much they tell a regression" in one.words()


def test_without_the_package_the_error_says_what_to_install(fit, monkeypatch):
    monkeypatch.setitem(sys.modules, "wildboottest", None)
    monkeypatch.setitem(sys.modules, "wildboottest.wildboottest", None)
    with pytest.raises(SpecificationError, match=r"cips-models\[bootstrap\]"):
        wild_bootstrap(fit)
    table = wild_table(fit, scales=["score"])
    assert table["mean"].isna().all()
    assert table["reason"].str.contains("wildboottest").all()


def test_a_group_that_has_none_says_why_and_keeps_the_other(fit):
    raw = fit.cells.copy(deep=True)
    group = fit.design.groups[0]
    raw["score"].loc[{"group": group, "wave": raw["wave"][-1]}] = np.nan
    table = wild_table(dataclasses.replace(fit, cells=raw), scales=["score"], replications=199)
    none, some = table.iloc[0], table.iloc[1]
    assert none["group"] == group
    assert "no cell whose raw level is known at two waves" in none["reason"]
    assert np.isnan(none["mean"])
    assert none["population"] == ""
    assert some["reason"] == ""
    assert np.isfinite(some["mean"])
    assert "supported" in some["population"]
