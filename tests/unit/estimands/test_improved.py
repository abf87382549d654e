"""Improved shares against counting cell by cell."""

import dataclasses

import numpy as np
import pytest

import cips_models as cips

# Cells of Aland, Borduria, Costaguana (rows), Automation, Transparency (columns).
KIND = [["supported", "unsupported"], ["supported", "supported"], ["unsupported", ""]]


def counted(change, kind, margin):
    """Improved and all cells of a kind, for each draw or for raw scores, and each group."""
    better = total = 0
    for c in range(3):
        for f in range(2):
            if KIND[c][f] == kind:
                own = change.isel(country=c, factor=f).values
                better = better + (own > margin)
                total = total + ~np.isnan(own)
    return better, total


@pytest.mark.parametrize("margin", [0.0, 2.5, 8.0])
def test_shares_are_counts_of_cells(fit, margin):
    found = cips.improved(fit, margin)
    change = cips.changes(fit)["percent"]
    shares = {}
    for kind in ("supported", "unsupported"):
        better, total = counted(change, kind, margin)
        shares[kind] = 100 * better / total
        own = found["share"].sel(support=kind).transpose("chain", "draw", "group")
        np.testing.assert_allclose(own, shares[kind])
        np.testing.assert_array_equal(found["cells"].sel(support=kind), total[0, 0])
    np.testing.assert_allclose(found["difference"], shares["supported"] - shares["unsupported"])
    assert found["cells"].sel(group="officials").values.tolist() == [2, 2]


def test_raw_shares_go_by_the_sign_of_the_score(fit):
    raw = fit.cells["score"].isel(country=[0, 1, 2])
    change = raw.sel(wave="2023") - raw.sel(wave="2021")
    for margin in (0.0, 8.0):
        found = cips.improved(fit, margin)
        shares = []
        for kind in ("supported", "unsupported"):
            better, total = counted(change, kind, 0.0)
            shares.append(100 * better / total)
            np.testing.assert_allclose(found["raw_share"].sel(support=kind), shares[-1])
        np.testing.assert_allclose(found["raw_difference"], shares[0] - shares[1])


def test_equal_scores_are_no_improvement_in_whichever_order_they_were_added_up(fit):
    """0.1 + 0.2 is more than 0.3 to a computer."""
    same = fit.cells.copy(deep=True)
    for wave, score in (("2021", 100 * 0.3), ("2023", 100 * (0.1 + 0.2))):
        same["score"].loc[{"wave": wave}] = same["score"].sel(wave=wave) * 0 + score
    assert (same["score"].sel(wave="2023") > same["score"].sel(wave="2021")).any()
    found = cips.improved(dataclasses.replace(fit, cells=same))
    assert (found["raw_share"] == 0).all()


def test_probability_is_the_share_of_draws(fit):
    found = cips.improved(fit, 3.0)["probability"]
    change = cips.changes(fit)["percent"].values
    for place in np.ndindex(3, 2, 2):
        own = change[:, :, *place].ravel()
        wanted = np.nan if np.isnan(own).any() else np.mean(own > 3.0)
        np.testing.assert_allclose(found.values[place], wanted)
    assert 0 < float(found.mean()) < 1


def test_without_support_table_there_is_one_share(make_fit):
    fit = make_fit(support=False)
    found = cips.improved(fit)
    assert found["support"].values.tolist() == [""]
    assert "difference" not in found
    assert found["cells"].isel(support=0).values.tolist() == [5, 6]
    change = cips.changes(fit)["percent"].sel(group="private sector")
    wanted = 100 * (change.values > 0).mean(axis=(2, 3))
    np.testing.assert_allclose(found["share"].sel(group="private sector").isel(support=0), wanted)


def test_another_support_table_gives_other_shares(fit):
    moved = fit.design_data.copy(deep=True)
    moved["support"] = moved["support"].roll(country=1)
    other = cips.improved(dataclasses.replace(fit, design_data=moved))
    gap = (other["share"] - cips.improved(fit)["share"]).mean(("chain", "draw"))
    assert float(abs(gap).max()) > 1
