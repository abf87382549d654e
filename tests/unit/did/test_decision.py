"""Margins, equivalence and naming against loops over draws."""

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.did.decision import (
    average_effect,
    beyond,
    in_parts,
    local_false_sign_rate,
    naming,
)
from cips_models.did.decision_tables import decision_table, naming_table
from cips_models.errors import IdentificationError

COUNTRIES = ("C0", "C1", "C2", "C3")
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], bool)


@pytest.fixture(scope="module")
def fit(make_fit):
    return make_fit(countries=COUNTRIES, supported=SUPPORTED)


@pytest.fixture
def better():
    """1 or 0, and one cell that does not count; probabilities from sure to hopeless."""
    rng = np.random.default_rng(2)
    p = rng.beta(1.5, 0.7, (6, 3, 2))
    p[0, 0, :] = 1.0
    values = (rng.random((2, 40, 6, 3, 2)) < p).astype(float)
    values[:, :, 3, 1, 0] = np.nan
    dims = ("chain", "draw", "country", "factor", "group")
    return xr.DataArray(values, {"group": ["a", "b"]}, dims)


def test_every_draw_is_in_one_part():
    effect = xr.DataArray([[-1.5, -1.0, 0.0, 1.0, 1.2]], dims=("chain", "draw"))
    found = in_parts(effect, 1.0)
    assert found.transpose("part", ...).values[:, 0].tolist() == [
        [1, 0, 0, 0, 0], [0, 1, 1, 1, 0], [0, 0, 0, 0, 1],
    ]  # fmt: skip


def test_the_table_counts_draws_beyond_the_margin_and_in_each_part(fit):
    effect = average_effect(fit)
    table = decision_table(fit, margin=7.0, equivalent=6.0, stated={"margin": "command"})
    for group in fit.design.groups:
        draws = effect.sel(group=group).to_numpy().ravel()
        own = table[table["group"] == group]
        larger = own[own["estimand"] == "P(effect > margin)"].set_index("margin")["mean"]
        assert larger.to_dict() == {0.0: np.mean(draws > 0), 7.0: np.mean(draws > 7)}
        parts = own[own["estimand"] == "P(effect in part)"].set_index("part")["mean"]
        assert parts["below"] == np.mean(draws < -6)
        assert parts["above"] == np.mean(draws > 6)
        assert parts.sum() == pytest.approx(1.0)
    assert table.groupby("estimand")["stated"].unique().map(list).to_dict() == {
        "P(effect > margin)": ["command"], "P(effect in part)": ["study"],
    }  # fmt: skip


def test_where_nobody_states_margins_the_defaults_are_marked(fit):
    table = decision_table(fit)
    assert set(table["stated"]) == {"default"}
    assert sorted(set(table["margin"])) == [0, 1, 2, 3]


def test_a_group_without_an_effect_is_in_no_row(make_fit):
    late = {f"{country} / private sector": ("2023",) for country in COUNTRIES}
    fit = make_fit(late, countries=COUNTRIES, supported=SUPPORTED)
    assert set(decision_table(fit)["group"]) == {"officials"}
    assert beyond(average_effect(fit), [0.0]).sel(group="private sector").isnull().all()


def test_naming_is_what_a_loop_over_cells_and_draws_finds(better):
    thresholds = (0.5, 0.8, 0.95, 1.0)
    found = naming(better, thresholds)
    for t in thresholds:
        for group in ("a", "b"):
            own = better.sel(group=group).to_numpy()
            cells = [(c, f) for c in range(6) for f in range(3) if not np.isnan(own[0, 0, c, f])]
            named = [cell for cell in cells if own[:, :, *cell].mean() >= t]
            at = found.sel(threshold=t, group=group)
            assert int(at["named"]) == len(named)
            for chain, draw in np.ndindex(2, 40):
                wrong = sum(1 - own[chain, draw, *cell] for cell in named)
                missed = sum(own[chain, draw, *cell] for cell in set(cells) - set(named))
                here = at.isel(chain=chain, draw=draw)
                assert float(here["wrong"]) == wrong
                assert float(here["missed"]) == missed
            if named:
                mean = np.mean([1 - own[:, :, *cell].mean() for cell in named])
                assert float(at["risk"].mean()) == pytest.approx(100 * mean)


def test_the_local_false_sign_rate_is_the_lesser_probability(better):
    change = better - 0.5
    rate = local_false_sign_rate(change)
    p = better.mean(("chain", "draw"), skipna=False)
    np.testing.assert_array_equal(rate, np.minimum(p, 1 - p))
    assert bool(rate.sel(group="a").isel(country=3, factor=1).isnull())


def test_a_higher_bar_names_fewer_and_risks_less(fit):
    table = naming_table(fit)
    risk = table[table["estimand"] == "false-sign risk"]
    for _, own in risk.groupby(["group", "supported"]):
        assert (np.diff(own["named"].astype(float)) <= 0).all()
        assert (np.diff(own["mean"]) <= 1e-9).all()
        assert (own["mean"] <= 100 * (1 - own["threshold"]) + 1e-9).all()


def test_cells_are_named_by_the_first_waves_between_which_there_is_a_change(make_fit):
    """C0 was seen at 1 and 2, C1 at 2 and 3: nobody was asked at the first and the last wave."""
    chain = make_fit({"C0": "12", "C1": "23"}, countries=("C0", "C1"), waves=("1", "2", "3"))
    table = naming_table(chain)
    assert set(zip(table["from"], table["to"], strict=True)) == {("1", "2")}
    later = naming_table(chain, pairs=[("2", "3")])
    assert set(zip(later["from"], later["to"], strict=True)) == {("2", "3")}
    change = cips.changes(chain, start="2", end="3")["percent"]
    expected = (change > 0).sum(("country", "factor")).mean(("chain", "draw")).to_series()
    number = later[later["estimand"] == "cells improved"].set_index("group")["mean"]
    np.testing.assert_allclose(number, expected[number.index])
    with pytest.raises(IdentificationError, match="no country was surveyed in both waves"):
        naming_table(chain, pairs=[("1", "3")])


def test_cells_improved_add_up_over_kinds(fit):
    table = naming_table(fit, margin=2.0)
    number = table[table["estimand"] == "cells improved"].set_index(["group", "supported"])
    for group in fit.design.groups:
        mean, cells = number.loc[group, "mean"], number.loc[group, "cells"]
        assert mean[""] == pytest.approx(mean["supported"] + mean["unsupported"])
        assert cells.to_dict() == {"": 12, "supported": 4, "unsupported": 8}
