"""Charts show the numbers of their tables, and say what these say."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection, QuadMesh
from matplotlib.patches import Polygon

from cips_models import charts
from cips_models.charts import select
from cips_models.errors import IdentificationError

SMALL = {
    "countries": ("Angola", "Côte d'Ivoire", "Trinidad and Tobago"),
    "factors": ("Automation", "Morale and Organizational Culture", "Transparency"),
}


#: All but that of a table of its own, which other tests draw.
DRAWN = sorted(charts.CHARTS.keys() - {"next_wave"})


@pytest.fixture(scope="module")
def small(make_tables):
    tables = make_tables(**SMALL)
    return tables | {"changes": composed(tables["changes"])}


def composed(changes):
    """Changes of a study that tells strata apart."""
    pooled = changes[changes["estimand"] == "pooled change"]
    numbers = ["mean", "lower", "upper", "inner_lower", "inner_upper"]
    own = pooled.assign(estimand="pooled change as composed")
    own[numbers] += 2.0
    raw = pooled.assign(estimand="raw pooled change", mean=pooled["mean"] + 3.0)
    return pd.concat([changes, own, raw], ignore_index=True)


@pytest.fixture(scope="module")
def drawn(small):
    """Every chart once, of synthetic data."""
    return {name: draw(name, small, source="A survey", synthetic=True) for name in DRAWN}


def draw(name, tables, **options):
    chart = charts.CHARTS[name]
    first, *others = (tables[each] for each in chart.tables)
    return chart.draw(first, **dict(zip(chart.tables[1:], others, strict=True)), **options)


def dots(figure):
    """x of every dot of a figure, sorted."""
    found = [
        np.asarray(each.get_offsets())[:, 0]
        for axes in figure.axes
        for each in axes.collections
        if isinstance(each, PathCollection)
    ]
    return np.sort(np.concatenate(found))


def lines(figure):
    """(left, right) of every horizontal line of a figure, sorted."""
    found = [
        (segment[0, 0], segment[-1, 0])
        for axes in figure.axes
        for each in axes.collections
        if isinstance(each, LineCollection)
        for segment in each.get_segments()
    ]
    return np.array(sorted(found))


def ends(table):
    outer, inner = table[["lower", "upper"]], table[["inner_lower", "inner_upper"]]
    return np.array(sorted([*map(tuple, outer.to_numpy()), *map(tuple, inner.to_numpy())]))


def said(figure):
    return charts.alt_text(figure).replace("\N{NO-BREAK SPACE}", " ")


def test_changes_shows_every_cell_and_every_pooled_change(small, drawn):
    shown = small["changes"].query("factor != '' and estimand in ('change', 'pooled change')")
    figure = drawn["changes"]
    assert dots(figure) == pytest.approx(np.sort(shown["mean"].to_numpy()))
    assert lines(figure) == pytest.approx(ends(shown))


def test_effect_shows_average_new_country_and_both_breakdowns(small, drawn):
    shown = small["effects"].query(
        "scale == 'percent' and specification == 'did' and route == 'joint' "
        "and parallel_trends == 'latent'"
    )
    figure = drawn["effect"]
    assert dots(figure) == pytest.approx(np.sort(shown["mean"].to_numpy()))
    assert lines(figure) == pytest.approx(ends(shown))


def test_bracket_shows_every_way_of_estimating(small, drawn):
    shown = small["effects"].query("estimand == 'ATT' and scale == 'percent'")
    assert len(shown) == 2 * 4 * 2  # groups, specifications and routes, trends
    figure = drawn["bracket"]
    assert dots(figure) == pytest.approx(np.sort(shown["mean"].to_numpy()))
    assert lines(figure) == pytest.approx(ends(shown))


def test_influence_shows_the_effect_without_each_beside_that_with_all(small, drawn):
    shown = small["leave_one_out"].query("scale == 'percent'")
    both = pd.concat([shown, shown.query("country == '' and factor == ''")])  # in either panel
    assert dots(drawn["influence"]) == pytest.approx(np.sort(both["mean"].to_numpy()))
    assert "0 of 6 intervals hold zero" in said(drawn["influence"])


def test_permutations_show_every_bin_and_say_the_larger_p(small, drawn):
    bins = small["permutation_distribution"]
    figure = drawn["permutations"]
    for axes, (scheme, group) in zip(
        figure.axes,
        [(s, g) for s in bins["scheme"].unique() for g in bins["group"].unique()],
        strict=True,
    ):
        own = bins[(bins["scheme"] == scheme) & (bins["group"] == group)]
        heights = [bar.get_height() for bar in axes.patches]
        assert heights == own["maps"].to_list()
    assert said(figure).count("rare among permuted maps (p = 0.034)") == 2
    likely = charts.permutations(bins.assign(p=0.2))
    assert said(likely).count("not rare among permuted maps (p = 0.200)") == 2


def test_headline_shows_model_and_raw(small, drawn):
    shown = small["improved"].query("estimand != 'improved'")
    assert set(shown["estimand"]) == {
        f"{raw}{what}"
        for raw in ("", "raw ")
        for what in ("share improved", "difference in shares improved")
    }
    assert dots(drawn["headline"]) == pytest.approx(np.sort(shown["mean"].to_numpy()))


def test_improved_shows_every_probability_and_marks_the_supported(small, drawn):
    figure = drawn["improved"]
    cells = small["improved"].query("estimand == 'improved'")
    for axes, group in zip(figure.axes, ("officials", "private sector"), strict=True):
        own = cells[cells["group"] == group].set_index(["country", "factor"])["mean"]
        mesh = next(each for each in axes.collections if isinstance(each, QuadMesh))
        grid = np.asarray(mesh.get_array()).reshape(3, 3)
        for i, country in enumerate(SMALL["countries"]):
            for j, factor in enumerate(SMALL["factors"]):
                assert grid[i, j] == own[country, factor]
        marked = [each for each in axes.patches if isinstance(each, Polygon)]
        supported = cells[(cells["group"] == group) & (cells["supported"] == "supported")]
        assert len(marked) == len(supported) > 0


def test_predictive_counts_what_lies_outside(small):
    table = small["predictive"].copy()
    table["observed"] = table["mean"]
    table.loc[[0, 5], "observed"] = table.loc[[0, 5], "upper"] + 1
    figure = charts.predictive(table)
    n = len(table)
    assert said(figure).startswith(f"{n - 2} of {n} cell means lie inside")
    assert dots(figure) == pytest.approx(np.sort(table["mean"].to_numpy()))


@pytest.mark.parametrize(
    ("name", "column", "up", "down"),
    [
        ("changes", "changes", "positive answers rose", "positive answers fell"),
        ("effect", "effects", "supported cells gained more", "supported cells gained less"),
    ],
)
def test_titles_follow_the_sign(small, name, column, up, down):
    table = small[column].assign(
        mean=9.0, lower=8.0, upper=10.0, inner_lower=8.7, inner_upper=9.3, p_positive=1.0
    )
    flipped = table.assign(
        mean=-9.0, lower=-10.0, upper=-8.0, inner_lower=-9.3, inner_upper=-8.7, p_positive=0.0
    )
    title = said(charts.CHARTS[name].draw(table))
    assert f"Officials: {up}, +9.0 points (95 % interval +8.0 to +10.0)" in title
    title = said(charts.CHARTS[name].draw(flipped))
    assert f"Officials: {down}, −9.0 points (95 % interval −10.0 to −8.0)" in title


@pytest.mark.parametrize("name", DRAWN)
def test_equal_input_gives_equal_bytes_and_no_address(small, drawn, name):
    text = charts.svg(drawn[name])
    assert charts.svg(draw(name, small, source="A survey", synthetic=True)) == text
    assert "matplotlib.org" not in text
    assert "<desc>" in text


def test_files_have_equal_bytes(small, drawn, tmp_path):
    first = charts.save(drawn["improved"], tmp_path / "a", "improved")
    same = draw("improved", small, source="A survey", synthetic=True)
    again = charts.save(same, tmp_path / "b", "improved")
    assert [path.name for path in first] == ["improved.svg", "improved.png"]
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("name", DRAWN)
def test_charts_name_interval_source_and_synthetic_data(drawn, name):
    assert "Source: A survey. Synthetic data" in said(drawn[name])
    if name not in {"improved", "decision"}:  # these show probabilities
        assert "95 %" in said(drawn[name])


def test_only_synthetic_data_are_called_so_and_no_table_is_changed(small):
    before = small["improved"].copy(deep=True)
    words = said(charts.headline(small["improved"], source="A survey"))
    assert words.endswith("Source: A survey.")
    assert small["improved"].equals(before)


def test_other_anatomies(make_tables):
    factors = ("Trust in institutions", "Perceived corruption")
    urban = make_tables(factors=factors, groups=("urban", "rural"), countries=SMALL["countries"])
    lone = make_tables(**SMALL, groups=("officials",))
    for name in ("changes", "effect"):
        words = said(draw(name, urban))
        assert "Urban:" in words
        assert "Rural:" in words
    for name in ("bracket", "headline"):
        words = said(draw(name, lone))
        assert "Officials:" in words
        assert "Private sector" not in words


def test_without_support_there_are_changes_but_no_effects(make_tables):
    tables = make_tables(**SMALL, support=False)
    for name in ("changes", "improved", "headline", "predictive"):
        words = said(draw(name, tables))
        assert "supported" not in words
    assert "% of cells improved (95 % interval" in said(draw("headline", tables))
    for name in ("effect", "bracket", "permutations", "influence"):
        with pytest.raises(IdentificationError, match="expected"):
            draw(name, tables)


def test_a_scale_that_is_not_there_is_refused_with_what_is(small):
    with pytest.raises(IdentificationError, match="found 'percent'; expected 'latent'"):
        draw("changes", small, scale="latent")


def test_of_several_waves_all_charts_show_and_say_the_whole_span(small):
    table = small["changes"]
    whole = table[table["country"] != "Angola"].assign(**{"from": "2021", "to": "2025"})
    longer = pd.concat([whole, table, table.assign(**{"from": "2023", "to": "2025"})])
    assert "from 2021 to 2025" in said(charts.changes(longer))
    assert "from 2023 to 2025" in said(charts.changes(longer, between=("2023", "2025")))
    with pytest.raises(IdentificationError, match="'from'"):
        charts.changes(longer, between=("2019", "2025"))


def test_the_users_own_settings_change_nothing(small):
    usual = charts.svg(charts.improved(small["improved"]))
    with mpl.rc_context({"font.size": 20, "axes.grid": True, "lines.linewidth": 9}):
        assert charts.svg(charts.improved(small["improved"])) == usual


def test_charts_do_not_import_the_model():
    code = "import sys, cips_models.charts; assert not {'pymc', 'arviz'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_of_several_comparisons_the_first_or_the_one_asked_for_is_shown(small):
    table = small["improved"]
    later = table.assign(**{"from": "2023", "to": "2025"})
    both = pd.concat([table, later], ignore_index=True)
    pd.testing.assert_frame_equal(select.first_compared(both), table)
    found = select.first_compared(both, ("2023", "2025"))
    assert found["mean"].tolist() == later["mean"].tolist()
    with pytest.raises(IdentificationError, match="expected '2024'"):
        select.first_compared(both, ("2024", "2025"))


def test_selection_shows_every_cell_and_says_how_supported_cells_started(small, drawn):
    cells = small["selection"].query("estimand == 'net baseline'")
    assert dots(drawn["selection"]) == pytest.approx(np.sort(cells["mean"].to_numpy()))
    title = said(drawn["selection"])
    assert "Officials: supported cells started lower than others, by 4.0 points (95 %" in title
    higher = small["selection"].assign(p_positive=0.95)
    assert "probably started higher" in said(charts.selection(higher))
