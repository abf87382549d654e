"""Summaries against NumPy, and labels that stay with their numbers."""

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.estimands.intervals import observed, probability
from cips_models.names import TABLE_COLUMNS

COLUMNS = [*TABLE_COLUMNS, "inner_lower", "inner_upper", "mcse"]


@pytest.fixture
def draws():
    rng = np.random.default_rng(8)
    centre = np.array([[0.0, 1.0], [2.0, 3.0], [-1.0, 0.5]])
    values = centre.T + rng.normal(size=(4, 500, 2, 3))
    return xr.DataArray(
        values,
        dims=("chain", "draw", "factor", "country"),
        coords={"factor": ["F", "G"], "country": ["A", "B", "C"], "from": "2021"},
    )


def test_one_row_an_element_with_the_numbers_of_numpy(draws):
    table = cips.summarise(draws, estimand="change", scale="percent")
    assert list(table.columns) == ["country", "factor", "from", *COLUMNS]
    assert len(table) == 6
    for row in table.itertuples():
        own = draws.sel(country=row.country, factor=row.factor).values.ravel()
        low, inner_low, inner_high, high = np.percentile(own, [2.5, 25, 75, 97.5])
        assert row.mean == pytest.approx(own.mean())
        assert row.sd == pytest.approx(own.std(ddof=1))
        assert (row.lower, row.upper) == pytest.approx((low, high))
        assert (row.inner_lower, row.inner_upper) == pytest.approx((inner_low, inner_high))
        assert row.p_positive == pytest.approx(np.mean(own > 0))
        # Independent draws: their number is the effective one, within what chance allows.
        assert row.mcse == pytest.approx(own.std() / np.sqrt(own.size), rel=0.25)
    assert set(table["interval"]) == {"95% ETI"}
    assert set(table["estimand"]) == {"change"}
    assert set(table["from"]) == {"2021"}


def test_correlated_draws_have_a_larger_error(draws):
    walk = draws.copy(data=np.repeat(draws.values[:, :50], 10, axis=1))
    sticky = cips.summarise(walk, estimand="change", scale="percent")
    naive = sticky["sd"] / np.sqrt(2000)
    assert (sticky["mcse"] > 2 * naive).all()


def test_elements_without_numbers_are_left_out(draws):
    draws.loc[{"country": "B", "factor": "G"}] = np.nan
    table = cips.summarise(draws, estimand="change", scale="percent", kind=draws["country"])
    assert len(table) == 5
    assert (table["kind"] == table["country"]).all()
    assert table.query("country == 'B'")["factor"].tolist() == ["F"]
    nothing = cips.summarise(draws.where(False), estimand="change", scale="percent", kind="")
    assert nothing.empty
    assert list(nothing.columns) == [*table.columns]


def test_extra_columns_are_matched_by_label(draws):
    extra = xr.DataArray(["c", "a", "b"], dims="country", coords={"country": ["C", "A", "B"]})
    table = cips.summarise(draws, estimand="change", scale="score", small=extra, margin=1.5)
    assert (table["small"] == table["country"].str.lower()).all()
    assert (table["margin"] == 1.5).all()
    assert list(table.columns[-5:]) == ["small", "margin", "inner_lower", "inner_upper", "mcse"]


def test_the_sign_of_a_level_means_nothing(draws):
    table = cips.summarise(draws, estimand="level", scale="latent", signed=False)
    assert table["p_positive"].isna().all()
    assert table["mean"].notna().all()


def test_a_single_number(draws):
    table = cips.summarise(draws.isel(country=0, factor=1), estimand="ATT", scale="percent")
    assert len(table) == 1
    assert table.loc[0, ["country", "factor"]].tolist() == ["A", "G"]


def test_a_probability_has_no_interval(draws):
    happened = (draws > 1).astype(float)
    happened.loc[{"country": "A"}] = 1.0
    happened.loc[{"country": "C", "factor": "F"}] = np.nan
    table = probability(happened, estimand="improved", scale="percent", cells=1)
    assert len(table) == 5
    for row in table.itertuples():
        own = (draws.sel(country=row.country, factor=row.factor).values > 1).mean()
        assert row.mean == pytest.approx(1.0 if row.country == "A" else own)
        error = 0 if row.country == "A" else np.sqrt(own * (1 - own) / 2000)
        assert row.mcse == pytest.approx(error, rel=0.25)
    blank = ["sd", "lower", "upper", "p_positive", "inner_lower", "inner_upper"]
    assert table[blank].isna().all(axis=None)


def test_what_was_observed_has_no_uncertainty(draws):
    table = observed(draws.mean(("chain", "draw")), estimand="raw share", scale="score")
    assert len(table) == 6
    numbers = ["sd", "lower", "upper", "p_positive", "inner_lower", "inner_upper", "mcse"]
    assert table[numbers].isna().all(axis=None)
    at = table.query("country == 'B' and factor == 'G'")["mean"].item()
    assert at == pytest.approx(float(draws.sel(country="B", factor="G").mean()))
