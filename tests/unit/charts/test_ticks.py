"""Labels that came with ticks, in a language that is written from right to left."""

import pytest
from matplotlib.figure import Figure

from cips_models.charts.ticks import in_the_language
from cips_models.numerals import bare, from_right
from cips_models.wording import speaking

INTERVAL = "+3.7 (من +2.1 إلى +5.3)"


@pytest.mark.parametrize("secondary", [False, True])
def test_an_interval_beside_a_row_is_read_from_the_right(secondary):
    figure = Figure()
    axes = figure.add_subplot()
    beside = axes.secondary_yaxis("right") if secondary else axes
    beside.set_yticks([0], [INTERVAL])
    with speaking("ar"):
        in_the_language(figure)
    figure.draw_without_rendering()
    shown = beside.yaxis.get_ticklabels()[0].get_text()
    assert shown == from_right(INTERVAL) != INTERVAL
    assert bare(shown) == INTERVAL
