"""Tables of estimates: declared columns, every row once, numbers of the estimands."""

import numpy as np
import pytest

import cips_models as cips
from cips_models.errors import IdentificationError
from cips_models.tables import TABLES, read_table, write_tables
from cips_models.workflow.estimates import estimate_tables

ANATOMIES = [
    {},
    {"support": False},
    {"waves": ("1", "2", "3")},
    {"waves": ("2021",)},
    {"followed": False},
]


@pytest.mark.parametrize("anatomy", ANATOMIES, ids=str)
def test_tables_are_as_declared_and_come_back_from_their_files(make_fit, tmp_path, anatomy):
    tables = estimate_tables(make_fit(**anatomy), margin=1.0)
    assert list(tables) == ["levels", "changes", "improved", "densities", "refusals"]
    assert not tables["refusals"].empty
    write_tables(tmp_path, tables)
    for name, table in tables.items():
        assert list(table.columns) == [column.name for column in TABLES[name]]
        keys = ["country", "factor", "group", "wave", "from", "to", "estimand", "scale"]
        keys = [key for key in [*keys, "supported"] if key in table]
        back = read_table(tmp_path, name)
        if name == "densities":
            keys.append("x")
        if name == "refusals":
            assert back.to_numpy().tolist() == table.to_numpy().tolist()
            continue
        assert not table.duplicated(keys).any()
        assert table[keys].notna().all(axis=None)
        keys = [key for key in keys if key != "x"]
        assert back[keys].to_numpy().tolist() == table[keys].to_numpy().tolist()
        number = "density" if name == "densities" else "mean"
        np.testing.assert_allclose(back[number], table[number].astype(float), rtol=1e-5)
    single = "followed" in anatomy or len(anatomy.get("waves", "12")) == 1
    assert tables["changes"].empty == single
    assert tables["improved"].empty == single
    assert not tables["levels"].query("estimand == 'level'").empty


def test_numbers_of_rows(fit):
    tables = estimate_tables(fit)
    rows = {
        (name, estimand): len(part)
        for name, table in tables.items()
        if name != "refusals"
        for estimand, part in table.groupby("estimand")
    }
    # 4 countries x 2 x 2 at the first wave; 3 x 2 x 2 less one at the second.
    assert rows == {
        ("levels", "level"): 3 * (16 + 11),
        ("levels", "pooled level"): 3 * 8,
        ("levels", "pooled path"): 3 * 8,
        ("changes", "change"): 3 * 11,
        ("levels", "country level"): 2 * (8 + 6),  # not on the latent scale
        ("changes", "pooled change"): 3 * (4 + 2),
        ("changes", "country change"): 3 * 6,
        ("changes", "pooled level before"): 2 * 4,
        ("changes", "pooled level after"): 2 * 4,
        ("changes", "country level before"): 2 * 6,
        ("changes", "country level after"): 2 * 6,
        ("densities", "pooled level"): 41 * 8,
        ("densities", "country level"): 41 * 14,
        ("densities", "pooled change"): 41 * 6,
        ("densities", "country change"): 41 * 6,
        ("improved", "improved"): 11,
        ("improved", "share improved"): 4,
        ("improved", "raw share improved"): 4,
        ("improved", "difference in shares improved"): 2,
        ("improved", "raw difference in shares improved"): 2,
    }


def test_rows_hold_the_estimands(fit):
    tables = estimate_tables(fit, margin=2.0)
    change, found = cips.changes(fit), cips.improved(fit, 2.0)
    for row in tables["changes"].query("estimand == 'change'").itertuples():
        own = change[row.scale].sel(country=row.country, factor=row.factor, group=row.group)
        assert row.mean == pytest.approx(float(own.mean()))
        assert row.upper == pytest.approx(np.percentile(own, 97.5))
    for row in tables["improved"].query("estimand == 'improved'").itertuples():
        at = {"country": row.country, "factor": row.factor, "group": row.group}
        assert row.mean == pytest.approx(float(found["probability"].sel(at)))
        assert row.margin == 2.0
    shares = tables["improved"].set_index(["group", "estimand", "supported"])
    for group in fit.design.groups:
        for kind in ("supported", "unsupported"):
            at = {"group": group, "support": kind}
            model, raw = (shares.loc[(group, f"{r}share improved", kind)] for r in ("", "raw "))
            assert model["mean"] == pytest.approx(float(found["share"].sel(at).mean()))
            assert raw["mean"] == pytest.approx(float(found["raw_share"].sel(at)))
            assert model["cells"] == raw["cells"] == found["cells"].sel(at)
            assert (model["scale"], raw["scale"]) == ("percent", "score")
            assert (model["margin"], raw["margin"]) == (2.0, 0.0)
            assert np.isnan(raw["sd"])
        gap = shares.loc[(group, "difference in shares improved", "")]
        assert gap["mean"] == pytest.approx(float(found["difference"].sel(group=group).mean()))


def test_supported_says_which_cells_were(fit):
    cells = estimate_tables(fit)["changes"].query("estimand == 'change' and scale == 'percent'")
    status = cells.set_index(["country", "factor", "group"])["supported"]
    assert status["Aland", "Automation", "officials"] == "supported"
    assert status["Aland", "Transparency", "private sector"] == "unsupported"
    assert status["Costaguana", "Transparency", "officials"] == ""


def test_any_pair_of_waves_may_be_asked_for(make_fit):
    fit = make_fit(waves=("1", "2", "3"))
    usual, asked = estimate_tables(fit), estimate_tables(fit, pairs=[("1", "2")])
    moved = usual["changes"].query("estimand != 'path'")
    assert list(moved[["from", "to"]].drop_duplicates().itertuples(index=False, name=None)) == [
        ("1", "3"), ("1", "2"), ("2", "3"),
    ]  # fmt: skip
    for name in ("changes", "improved"):
        part = usual[name].query("`from` == '1' and to == '2' and estimand != 'path'")
        same = asked[name].query("estimand != 'path'")
        assert len(part) == len(same) > 0
        np.testing.assert_allclose(part["mean"], same["mean"])
        assert set(asked[name].query("estimand != 'path'")["to"]) == {"2"}
    with pytest.raises(IdentificationError, match="a later wave"):
        estimate_tables(fit, pairs=[("2", "1")])


def test_shares_of_any_pair_are_those_of_its_changes(make_fit):
    fit = make_fit(waves=("1", "2", "3"))
    found = cips.improved(fit, 1.0, start="2", end="3")
    assert (found["from"].item(), found["to"].item()) == ("2", "3")
    again = cips.improved(fit, 1.0, changes=cips.changes(fit, start="2", end="3"))
    np.testing.assert_allclose(found["share"], again["share"])
    assert found["already_treated"].values.tolist() == [1, 1]  # Costaguana's transparency
    assert (found["cells"].sum("support") + found["already_treated"]).values.tolist() == [5, 6]


def test_paths_are_tabulated_beside_changes(make_fit):
    fit = make_fit(waves=("1", "2", "3"))
    table = estimate_tables(fit)["changes"]
    path = table.query("estimand == 'path' and scale == 'score'")
    change = table.query("estimand == 'change' and scale == 'score' and `from` == '1'")
    keys = ["country", "factor", "group", "from", "to"]
    both = path.merge(change, on=keys, suffixes=("", "_of_pair"))
    assert len(both) == len(path) == 2 * 11
    np.testing.assert_allclose(both["mean"], both["mean_of_pair"], atol=1e-9)
    assert both["supported"].tolist() == both["supported_of_pair"].tolist()
    assert estimate_tables(make_fit())["changes"].query("estimand == 'path'").empty


def test_levels_of_countries_are_means_over_factors_seen_at_every_wave(fit):
    level = cips.levels(fit)["percent"]
    table = estimate_tables(fit)["levels"].query(
        "estimand == 'country level' and scale == 'percent'"
    )
    seen = level.isel(chain=0, draw=0, drop=True).notnull()
    assert not seen.all()
    for row in table.itertuples():
        where = {"country": row.country, "group": row.group}
        there = seen.sel(where)
        always = there.sel(wave=there.any("factor")).all("wave")
        own = level.sel(where).sel(wave=row.wave, factor=always)
        assert row.mean == pytest.approx(float(own.mean()))


def test_densities_are_those_of_the_draws(fit):
    table = estimate_tables(fit)["densities"]
    change = cips.changes(fit)["percent"].mean("country").mean("factor")
    one = table.query("estimand == 'pooled change' and factor == '' and group == 'officials'")
    assert np.trapezoid(one["density"], one["x"]) == pytest.approx(1, abs=0.02)
    draws = change.sel(group="officials").to_numpy().ravel()
    for row in one.itertuples():
        assert row.cumulative == (draws <= row.x).mean()


def test_levels_before_and_after_differ_by_the_pooled_change(make_fit):
    """Also where countries are missing at a wave: levels of all would differ by another number."""
    fit = make_fit(waves=("1", "2", "3"), away=((0, 0), (2, 2)))
    tables = estimate_tables(fit)
    keys = ["country", "factor", "group", "from", "to", "scale"]
    by = tables["changes"].set_index(["estimand", *keys])["mean"]
    for level, change in (("pooled level", "pooled change"), ("country level", "country change")):
        moved = (by[f"{level} after"] - by[f"{level} before"]).dropna()
        assert len(moved)
        np.testing.assert_allclose(moved, by[change].loc[moved.index], atol=1e-9)
    pooled = tables["levels"].query("estimand == 'pooled level' and scale == 'percent'")
    pooled = pooled.set_index(["factor", "group", "wave"])["mean"].unstack()
    apart = (pooled["2"] - pooled["1"]) - by["pooled change"].loc["", :, :, "1", "2", "percent"]
    assert (apart.dropna().abs() > 1e-6).all()


def test_a_path_is_of_the_countries_seen_at_every_wave(make_fit):
    fit = make_fit(waves=("1", "2", "3"), away=((0, 2),))
    path = estimate_tables(fit)["levels"].query("estimand == 'pooled path' and scale == 'percent'")
    level = cips.levels(fit)["percent"]
    there = level.isel(chain=0, draw=0, drop=True).notnull().all("wave")
    assert there.sum("country").values.tolist() == [[2, 2], [1, 2]]
    own = level.where(there).mean("country")
    assert len(path) == own.isel(chain=0, draw=0).size
    for row in path.itertuples():
        here = own.sel(factor=row.factor, group=row.group, wave=row.wave)
        assert row.mean == pytest.approx(float(here.mean()))
