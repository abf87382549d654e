"""The specification curve: what its words count, and what it draws.  The numbers are made up."""

import numpy as np
import pytest

from cips_models import charts
from cips_models.charts.specification_curve import finding
from cips_models.errors import IdentificationError


@pytest.fixture(scope="module")
def table(tables):
    """3 x 3 x 2 specifications of two groups, on the latent scale and twice in per cent."""
    return tables["multiverse"]


def test_the_title_counts_intervals_and_names_the_range(table):
    own = table[(table["group"] == "officials") & (table["scale"] == "percent")].copy()
    own["mean"], own["lower"], own["upper"] = 2.0, -1.0, 5.0
    own.iloc[0, own.columns.get_indexer(["mean", "lower"])] = (3.5, 0.1)
    own.iloc[1, own.columns.get_indexer(["mean", "upper"])] = (-2.0, -0.1)
    own.iloc[2, own.columns.get_indexer(["mean", "lower", "upper"])] = np.nan
    assert finding(own) == (
        "Officials: 1 of 35 specifications have an interval above zero, 1 below; "
        "estimates \N{MINUS SIGN}2.0 to +3.5 points; 1 gave no estimate"
    )


def test_estimates_are_sorted_and_every_choice_that_varies_has_a_row(table):
    figure = charts.specification_curve(table, source="made up", synthetic=True)
    top = figure.axes[0]
    heights = top.collections[-1].get_offsets()[:, 1]
    assert len(heights) == 3 * 3 * 2 * 2
    assert (np.diff(heights) >= 0).all()
    labels = [label.get_text() for label in figure.axes[2].get_yticklabels()]
    assert len(labels) == 3 + 2 + 3 + 2  # bracket, trends, drift, priors: nothing else varies
    assert labels[5:8] == ["Drift of questions:  0 ×", "1 ×", "2 ×"]
    marks = [len(c.get_segments()) for c in figure.axes[2].collections]
    assert marks[:3] == [12, 12, 12]
    assert "Officials: " in charts.alt_text(figure)
    assert "Synthetic" in charts.alt_text(figure)


def test_scales_share_no_axis(table):
    figure = charts.specification_curve(table, scale="latent")
    assert len(figure.axes[0].collections[-1].get_offsets()) == 18
    assert figure.axes[0].get_ylabel() == "Logits"


def test_without_an_estimate_there_is_no_chart(table):
    nothing = table.assign(mean=np.nan, lower=np.nan, upper=np.nan)
    with pytest.raises(IdentificationError):
        charts.specification_curve(nothing)
