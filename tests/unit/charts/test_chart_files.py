"""Sizes, files and words of charts: what every chart has in common."""

import re
from itertools import combinations
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from cips_models import charts
from cips_models.charts.chart import OPTIONS
from cips_models.charts.palette import COLOURS, INK, MARKERS, SOFT, contrast, look

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def table(make_tables):
    return make_tables(countries=("Angola", "Togo"), factors=("Automation", "Transparency"))[
        "effects"
    ]


def drawn(table, size="page"):
    return charts.effect(table, size=size, source="A survey")


def chunks(data):
    """Texts of a PNG file by their keywords."""
    found, at = {}, 8
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        if kind in {b"tEXt", b"iTXt"}:
            key, _nul, text = body.partition(b"\0")
            found[key.decode()] = text.lstrip(b"\0").decode("latin1" if kind == b"tEXt" else "utf8")
        at += 12 + length
    return found


@pytest.mark.parametrize("kind", charts.FORMATS)
@pytest.mark.parametrize("size", charts.SIZES)
def test_equal_figures_are_equal_files_without_dates(table, tmp_path, size, kind):
    one, other = (
        charts.save(drawn(table, size), tmp_path / place, "effect", [kind])[0] for place in "ab"
    )
    data = one.read_bytes()
    assert data == other.read_bytes()
    assert not re.search(rb"20\d\d-\d\d-\d\d|CreationDate|Matplotlib", data)


def test_every_kind_of_file_says_what_it_shows(table):
    figure = drawn(table)
    title, alt = charts.title(figure), charts.alt_text(figure)
    assert alt.startswith(title)
    assert "95" in alt
    root = ElementTree.fromstring(charts.svg(figure))
    assert [root.find(f"{SVG}{name}").text for name in ("title", "desc")] == [title, alt]
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    told = chunks(charts.png(figure))
    assert {"Title", "Description"} <= told.keys()
    assert told["Title"].split(",")[0] == title.split(",")[0]
    written = charts.pdf(figure)
    assert b"/Title" in written
    assert b"/Subject" in written


def test_a_slide_is_16_by_9_and_a_page_is_a_column(table):
    assert tuple(drawn(table, "slide").get_size_inches()) == pytest.approx((40 / 3, 7.5))
    width, height = drawn(table).get_size_inches()
    assert width == 6.5
    assert height < 10
    with pytest.raises(ValueError, match="found 'poster'; expected one of page, slide"):
        drawn(table, "poster")
    with pytest.raises(ValueError, match="found 'gif'"):
        charts.save(drawn(table), "nowhere", "effect", ["gif"])


def test_a_slide_of_many_rows_grows_in_proportion_and_its_letters_stay_readable(make_tables):
    countries = [f"Country {k}" for k in range(60)]
    table = make_tables(countries=countries, factors=("Automation", "Transparency"))["effects"]
    figure = drawn(table, "slide")
    width, height = figure.get_size_inches()
    assert height > 7.5
    assert width / height == pytest.approx(16 / 9)
    written = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    assert min(text.get_size() for text in written) >= 9


@pytest.mark.parametrize("name", sorted(charts.CHARTS.keys() - {"next_wave", "composition"}))
def test_no_letter_on_a_slide_is_under_9_points_and_none_is_cut_off(make_tables, name):
    tables = make_tables(countries=("Angola", "Togo"), factors=("Automation", "Code of Conduct"))
    chart = charts.CHARTS[name]
    others = {each: tables[each] for each in chart.tables[1:]}
    for size in charts.SIZES:
        figure = chart.draw(tables[chart.tables[0]], **others, size=size, source="A survey")
        written = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
        assert min(text.get_size() for text in written) >= {"slide": 9, "page": 6.4}[size]
        width, height = figure.get_size_inches() * figure.dpi
        for text in figure.texts:  # findings, how to read it, notes, source
            box = text.get_window_extent()
            assert box.x0 >= 0, text
            assert box.y0 >= 0, text
            assert box.x1 <= width, text
            assert box.y1 <= height, text


def test_axes_can_be_changed_afterwards(table):
    figure = drawn(table)
    assert isinstance(figure, Figure)
    before = charts.svg(figure)
    first = figure.axes[0]
    first.set_xlim(-30, 30)
    first.set_title("My own words", loc="left")
    first.axvline(2)
    changed = charts.svg(figure)
    assert changed != before
    assert first.get_xlim() == (-30, 30)
    assert first.get_title(loc="left") == "My own words"
    sizes = {label.get_size() for label in first.get_xticklabels()}
    assert len(sizes) == 1  # new ticks look like the old ones


def test_drawing_leaves_the_users_settings_alone(table):
    with mpl.rc_context({"font.size": 3.5}):
        drawn(table, "slide")
        assert mpl.rcParams["font.size"] == 3.5


def test_colours_can_be_seen_and_told_apart_in_grey():
    assert contrast("black") == pytest.approx(21)
    assert contrast("#777777") == pytest.approx(4.48, abs=0.01)  # of the WCAG's own examples
    assert len(COLOURS) <= 4
    assert all(contrast(colour) >= 3 for colour in COLOURS)
    assert all(contrast(colour) >= 7 for colour in (INK, SOFT))
    # The contrast of two colours is that of their greys; the first two, in most use, have 3:1.
    assert contrast(*COLOURS[:2]) >= 3
    assert min(contrast(*pair) for pair in combinations(COLOURS, 2)) >= 1.75
    assert len({look(k)[1] for k in range(len(MARKERS))}) == len(MARKERS)


def test_every_option_is_described_in_every_chart():
    for name, chart in charts.CHARTS.items():
        assert chart.options | set(chart.tables[1:]) <= OPTIONS.keys()
        words = getattr(charts, name).__doc__
        for option in chart.options:
            assert f"\n{option} : {OPTIONS[option][0]}\n" in words
        assert "Raises\n------" in words
        assert {"size", "source", "synthetic"} <= chart.options
