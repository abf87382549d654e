"""Charts of biases, spillover and decisions show the numbers of their tables."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection

from cips_models import charts
from cips_models.charts.spillover import slope_words
from cips_models.errors import IdentificationError
from cips_models.tables import empty_table

SMALL = {"countries": ("Angola", "Benin", "Botswana", "Cameroon", "Ghana")}


@pytest.fixture(scope="module")
def small(make_tables):
    return make_tables(**SMALL)


def said(figure):
    return charts.alt_text(figure).replace("\N{NO-BREAK SPACE}", " ")


def test_the_interval_is_drawn_at_every_bias(small):
    table = small["trends"]
    figure = charts.trends(table)
    shown = table.query(
        "estimand == 'ATT under a bias' and scale == 'percent' and specification == 'did' "
        "and route == 'joint' and group == 'officials'"
    )
    drawn = [(line.get_linestyle(), tuple(line.get_ydata())) for line in figure.axes[0].get_lines()]
    for bias, style in (("common", "-"), ("by country", "--")):
        own = shown[shown["bias"] == bias]
        for end in ("lower", "upper"):
            assert (style, tuple(own[end])) in drawn


@pytest.mark.parametrize(
    ("least", "words"),
    [(0.8, "from a bias of M = 0.80 on"), (0.0, "without any bias"), (np.nan, "up to M = 2")],
)
def test_the_title_says_the_breakdown(small, least, words):
    table = small["trends"]
    common = table["bias"] == "common"
    figure = charts.trends(table.assign(breakdown=table["breakdown"].where(~common, least)))
    assert said(figure).startswith("Officials: ")
    assert words in said(figure)
    lines = [line for line in figure.axes[0].get_lines() if line.get_linestyle() == ":"]
    assert [list(line.get_xdata()) for line in lines] == ([[0.8, 0.8]] if least == 0.8 else [])


def test_every_country_stands_at_its_share(small):
    table = small["spillover"]
    figure = charts.spillover(table)
    for axes, group in zip(figure.axes, ("officials", "private sector"), strict=True):
        own = table[table["group"] == group]
        own = own.query("estimand == 'country shift' and scale == 'percent'")
        (dots,) = [each for each in axes.collections if isinstance(each, PathCollection)]
        x, y = np.asarray(dots.get_offsets()).T
        np.testing.assert_allclose(y, own["mean"])
        # Countries with equal shares stand side by side, nearer to each other than to others.
        np.testing.assert_allclose(x, own["share"], atol=0.049)
        assert len(set(x)) == len(x)
        lines = [each for each in axes.collections if isinstance(each, LineCollection)]
        ends = sorted(
            (segment[0, 1], segment[1, 1]) for each in lines for segment in each.get_segments()
        )
        outer, inner = own[["lower", "upper"]], own[["inner_lower", "inner_upper"]]
        np.testing.assert_allclose(
            ends, sorted([*map(tuple, outer.to_numpy()), *map(tuple, inner.to_numpy())])
        )


def test_slopes_get_words_by_the_rules():
    row = {"mean": 0.4, "lower": 0.1, "upper": 0.7}
    words = {0.99: "changed more", 0.5: "no clear link", 0.01: "changed less"}
    for p, expected in words.items():
        assert expected in slope_words(pd.Series({**row, "p_positive": p}))


def test_parts_fill_each_bar(small):
    figure = charts.decision(small["decision"])
    assert "exceeds 1 point with probability 0.80" in said(figure)
    for axes in figure.axes:
        widths = np.array([bar.get_width() for bar in axes.patches]).reshape(-1, 3)
        np.testing.assert_allclose(widths, [[0.02, 0.18, 0.8]] * 4)
    assert "Nobody stated this margin" in said(figure)
    stated = charts.decision(small["decision"].assign(stated="study"))
    assert "Nobody stated" not in said(stated)


@pytest.mark.parametrize("name", ["trends", "spillover", "decision"])
def test_an_empty_table_is_no_chart(name):
    with pytest.raises(IdentificationError):
        charts.CHARTS[name].draw(empty_table(name))


def test_one_group_has_one_panel(make_tables):
    lone = make_tables(**SMALL, groups=("officials",))
    for name in ("trends", "spillover", "decision"):
        figure = charts.CHARTS[name].draw(lone[name])
        assert len(figure.axes) == 1
        assert "rivate sector" not in said(figure)
