"""Levels, changes, paths, dumbbells, drift, composition and calibration show their tables."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection, PolyCollection

from cips_models import charts
from cips_models.charts import select
from cips_models.charts.numbers import NONE
from cips_models.errors import IdentificationError

COUNTRIES = ("Angola", "Togo", "Ghana")
FACTORS = ("Automation", "Code of Conduct")


@pytest.fixture(scope="module")
def small(make_tables):
    return make_tables(countries=COUNTRIES, factors=FACTORS)


@pytest.fixture(scope="module")
def longer(make_tables):
    return make_tables(countries=COUNTRIES, factors=FACTORS, waves=("2021", "2023", "2025"))


def said(figure):
    return charts.alt_text(figure).replace("\N{NO-BREAK SPACE}", " ")


def means(axes):
    found = [each.get_offsets()[:, 0] for each in axes.collections
             if isinstance(each, PathCollection)]  # fmt: skip
    return np.sort(np.concatenate(found))


@pytest.mark.parametrize(("by", "estimand"), [("factor", "pooled"), ("country", "country")])
def test_levels_have_a_panel_a_group_and_a_row_a_label(small, by, estimand):
    table = small["levels"].query(f"estimand == '{estimand} level' and wave == '2023'")
    figure = charts.levels(small["levels"], by=by)
    for axes, group in zip(figure.axes, ("officials", "private sector"), strict=True):
        own = table[table["group"] == group]
        np.testing.assert_allclose(means(axes), np.sort(own["mean"]))
    assert "Level of positive answers in 2023" in said(figure)
    earlier = charts.levels(small["levels"], by=by, wave="2021")
    assert "in 2021" in said(earlier)


def test_the_title_of_levels_names_the_highest_and_the_lowest(small):
    table = small["levels"].copy()
    rows = (table["estimand"] == "pooled level") & (table["wave"] == "2023")
    high = table["factor"] == "Automation"
    table.loc[rows & high, ["mean", "lower", "upper"]] = 70.2, 65.0, 75.0
    table.loc[rows & ~high, ["mean", "lower", "upper"]] = 40.4, 38.0, 42.0
    assert (
        "Officials: highest in Automation, 70 (95 % interval 65 to 75); "
        "lowest in Code of Conduct, 40 (95 % interval 38 to 42)"
    ) in said(charts.levels(table))


def test_latent_levels_of_factors_are_not_set_side_by_side(small):
    others = {"changes": small["changes"]}
    for name, more in (("levels", {}), ("paths", others), ("dumbbells", {})):
        chart = charts.CHARTS[name]
        with pytest.raises(IdentificationError, match="origin is another in every factor"):
            chart.draw(small[chart.tables[0]], scale="latent", **more)


def test_gradients_are_darkest_at_the_median(small):
    figure = charts.changes(
        small["changes"], by="factor", marks="gradients", densities=small["densities"]
    )
    (axes,) = figure.axes
    bars = [each for each in axes.collections if isinstance(each, PolyCollection)]
    table = small["changes"].query("estimand == 'pooled change'")
    assert len(bars) == len(table) == 6  # (two factors and all) x two groups
    medians = []
    for bar in bars:
        darkest = bar.get_facecolor()[:, :3].sum(axis=1).argmin()
        medians.append(bar.get_paths()[darkest].vertices[:4, 0].mean())
    np.testing.assert_allclose(np.sort(medians), np.sort(table["mean"]), atol=0.6)
    assert "fainter, the farther from the posterior median" in said(figure)


def test_ridges_are_the_densities_of_the_table(small):
    figure = charts.changes(
        small["changes"], by="country", marks="ridges", densities=small["densities"]
    )
    (axes,) = figure.axes
    own = small["densities"].query("estimand == 'country change' and group == 'officials'")
    for country in COUNTRIES:
        x = own[own["country"] == country]["x"].to_numpy()
        drawn = [line for line in axes.lines if np.array_equal(line.get_xdata(), x)]
        assert len(drawn) == 1
        heights = drawn[0].get_ydata()[0] - drawn[0].get_ydata()
        density = own[own["country"] == country]["density"].to_numpy()
        ratio = heights[3:-3] / (density - density[0])[3:-3]
        np.testing.assert_allclose(ratio, ratio[0])


def test_without_its_density_no_ridge_is_drawn(small):
    for by, found in (("factor", None), ("cell", small["densities"])):
        with pytest.raises(IdentificationError, match="densities: found none of"):
            charts.changes(small["changes"], by=by, marks="ridges", densities=found)


@pytest.mark.parametrize(
    ("option", "value"), [("by", "wave"), ("marks", "violins")]
)  # fmt: skip
def test_a_choice_that_there_is_not_is_refused(small, option, value):
    for draw, table in ((charts.changes, "changes"), (charts.levels, "levels")):
        with pytest.raises(ValueError, match=f"{option}: found '{value}'; expected one of"):
            draw(small[table], **{option: value})


@pytest.mark.parametrize("waves", [2, 3])
def test_paths_go_through_every_wave(small, longer, waves):
    tables = small if waves == 2 else longer
    figure = charts.paths(tables["levels"], changes=tables["changes"])
    pooled = tables["levels"].query("estimand == 'pooled path' and group == 'officials'")
    panel = next(axes for axes in figure.axes if axes.get_title(loc="left") == "Automation")
    own = pooled[pooled["factor"] == "Automation"].sort_values("wave")
    bold = [line for line in panel.lines if line.get_marker() == "o"]
    assert len(bold) == 1
    np.testing.assert_allclose(bold[0].get_ydata(), own["mean"])
    assert [label.get_text() for label in panel.get_xticklabels()] == list(own["wave"])
    thin = [line for line in panel.lines if line.get_marker() != "o"]
    assert len(thin) == len(COUNTRIES)
    assert all(len(line.get_xdata()) == waves for line in thin)


def test_waves_stand_in_the_order_of_time_whatever_they_are_called(make_tables):
    waves = ("start", "middle", "end")
    tables = make_tables(countries=COUNTRIES, factors=FACTORS, waves=waves)
    figure = charts.paths(tables["levels"], changes=tables["changes"])
    panel = next(axes for axes in figure.axes if axes.get_title(loc="left") == "Automation")
    assert [label.get_text() for label in panel.get_xticklabels()] == list(waves)
    assert "seen in start and in end" in said(figure)
    assert "Level of positive answers in end" in said(charts.levels(tables["levels"]))


def test_a_wave_that_only_some_factors_have_still_comes_in_its_place(small):
    table = pd.concat(
        small["levels"].query(f"estimand == 'level' and factor == '{factor}'").replace(
            {"wave": dict(zip(("2021", "2023"), waves, strict=True))}
        )
        for factor, waves in (("Automation", ("a", "z")), ("Code of Conduct", ("z", "b")))
    )  # fmt: skip
    assert select.waves(table) == ("a", "z", "b")


def test_a_factor_that_a_group_is_not_asked_leaves_its_panel_empty(small):
    levels = small["levels"]
    asked = (levels["factor"] != "Automation") | (levels["group"] != "private sector")
    figure = charts.paths(levels[asked], changes=small["changes"])
    told = [bool(axes.lines) for axes in figure.axes]
    assert sum(told) == len(told) - 1
    (empty,) = (axes for axes in figure.axes if not axes.lines)
    assert [text.get_text() for text in empty.texts] == [NONE]
    figure.canvas.draw()
    assert all(len(axes.get_yticks()) > 1 for axes in figure.axes)  # its row keeps the shared ones


def test_dumbbells_join_before_and_after_and_are_grey_where_the_change_is_unclear(small):
    changes = small["changes"].copy()
    pooled = changes["estimand"] == "pooled change"
    unclear = pooled & (changes["factor"] == "Automation")
    changes.loc[pooled, ["lower", "upper"]] = 1.0, 9.0
    changes.loc[unclear, ["lower", "upper"]] = -1.0, 9.0
    figure = charts.dumbbells(changes)
    axes = figure.axes[0]
    ends = changes[changes["group"] == "officials"].set_index(["factor", "estimand"])["mean"]
    colours = []
    for y, factor in enumerate(FACTORS):
        own = ends[factor]
        (bar,) = [line for line in axes.lines if list(line.get_ydata()) == [y, y]]
        assert list(bar.get_xdata()) == [own["pooled level before"], own["pooled level after"]]
        colours.append(bar.get_color())
    assert colours[0] == "#BFBFBF" != colours[1]


def test_drift_has_a_row_an_amount_and_counts_intervals_without_zero(small):
    table = small["drift"].copy()
    table["lower"], table["upper"], table["mean"] = 1.0, 3.0, 2.0
    table.loc[table["drift"] == 2, "lower"] = -1.0
    figure = charts.drift(table)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels[:4] == ["Mean change", "no drift", "as the questions show", "twice that"]
    assert said(figure).count("mean change +2.0 points, 2 of 3 intervals exclude zero") == 2


def test_composition_is_drawn_only_where_strata_are_told_apart(small):
    with pytest.raises(IdentificationError, match="as composed"):
        charts.composition(small["changes"])
    pooled = small["changes"].query("estimand == 'pooled change'").assign(mean=1.0)
    own = pooled.assign(estimand="pooled change as composed", mean=2.5)
    raw = pooled.assign(estimand="raw pooled change", mean=3.5)
    figure = charts.composition(pd.concat([pooled, own, raw]))
    assert "Officials: +1.0 points with one composition of people, +2.5 as the waves" in said(
        figure
    )
    np.testing.assert_allclose(means(figure.axes[0]), [1.0] * 3 + [2.5] * 3 + [3.5] * 3)


def test_calibration_counts_the_tails(small):
    table = small["predictive"].assign(p=0.5)
    table.loc[table.index[:1], "p"] = 0.99
    n = int((table["group"] == "officials").sum())
    figure = charts.calibration(table)
    assert said(figure).startswith(f"Officials: 1 of {n} cell means in the outer 5 %")


def test_calibration_is_of_the_cells_that_are_not_withheld(small):
    table = small["predictive"].assign(p=0.5)
    group = table["group"] == "officials"
    table.loc[table.index[group][:2], ["observed", "p"]] = np.nan
    figure = charts.calibration(table)
    assert said(figure).startswith(f"Officials: 0 of {group.sum() - 2} cell means in the outer 5 %")
    with pytest.raises(IdentificationError):
        charts.calibration(table.assign(p=np.nan))
