"""Labels that are code somewhere else: in the page and in charts they are texts."""

import html
import html.parser
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pytest

from cips_models import charts, report
from cips_models.report.page import isolated
from hostile import ATTACKS

FACTORS = ("Automation", *list(ATTACKS.values())[:3])
LABELS = list(ATTACKS.values())


class Texts(html.parser.HTMLParser):
    """Elements with their attributes, and all text."""

    def __init__(self):
        super().__init__()
        self.tags, self.names, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.names += [name for name, _ in attrs]

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def parsed(make_tables, make_assessment, tmp_path_factory):
    """The page of a survey all of whose labels are hostile, and of one with harmless ones."""

    def parse(countries, factors, groups, waves, **about):
        tables = make_tables(countries=countries, factors=factors, groups=groups, waves=waves)
        tables["items"]["item"] = countries[0]
        tables["diagnostics"]["worst"] = countries[0]
        assessment = make_assessment(tables, **about)
        path = tmp_path_factory.mktemp("report") / "report.html"
        report.write(assessment, path)
        found = Texts()
        found.feed(path.read_text(encoding="utf-8"))
        return found

    harmless = ["Benin", "Ghana", "Togo"]
    return (
        parse(LABELS, FACTORS, (LABELS[5], LABELS[9]), (LABELS[6], LABELS[14]), name=LABELS[7]),
        parse(harmless, ("A", "B", "C", "D"), ("one", "two"), ("first", "last")),
    )


def test_no_label_becomes_an_element_or_an_attribute(parsed):
    hostile, harmless = parsed
    assert set(hostile.tags) == set(harmless.tags)
    assert set(hostile.names) == set(harmless.names)
    assert not any(name.startswith("on") for name in hostile.names)
    assert "script" not in hostile.tags
    assert hostile.tags.count("style") == harmless.tags.count("style")


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_label_can_be_read_as_it_stands(parsed, attack):
    text = "\n".join(parsed[0].text)
    assert ATTACKS[attack] in text


def drawn(chart, tables, **options):
    first, *others = (tables[name] for name in chart.tables)
    return chart.draw(first, **dict(zip(chart.tables[1:], others, strict=True)), **options)


#: Those of tables that the fixtures have.
DRAWN = sorted(charts.CHARTS.keys() - {"next_wave", "composition"})


@pytest.mark.parametrize("name", DRAWN)
def test_charts_take_a_label_for_a_text(make_tables, name):
    """Neither for mathematics, which would fail to parse, nor for a part of the SVG."""
    tables = make_tables(
        countries=LABELS,
        factors=(LABELS[14], LABELS[20]),
        groups=(LABELS[5], LABELS[14]),
        waves=(LABELS[6], "2023"),
    )
    figure = drawn(charts.CHARTS[name], tables, source=LABELS[14])
    text = charts.svg(figure)
    plt.close(figure)
    elements = list(ElementTree.fromstring(text).iter())
    assert not any("script" in element.tag for element in elements)
    assert not any(name.startswith("on") for element in elements for name in element.attrib)
    # As a browser reads it inside a page, where a comment may end in more ways.
    inside = Texts()
    inside.feed(text)
    assert {tag.lower() for tag in inside.tags} == {
        element.tag.partition("}")[2].lower() for element in elements
    }
    assert html.unescape(charts.alt_text(figure)).strip()


def test_a_label_of_the_greatest_length_leaves_room_for_the_chart(make_tables):
    long = "A name of an administration that nobody has ever shortened, of the Republic of " * 3
    tables = make_tables(countries=[long[:200], "Togo"], factors=[long[1:201], "Automation"])
    for name in DRAWN:
        figure = drawn(charts.CHARTS[name], tables, source=long[:200])
        assert max(figure.get_size_inches()) < 60, name
        assert all(min(axes.get_position().bounds[2:]) > 0 for axes in figure.axes), name
        plt.close(figure)


def test_numbers_beside_a_label_from_right_to_left_keep_their_place(parsed):
    """First strong isolates around every such label, and only around whole ones."""
    text = "\n".join(parsed[0].text)
    arabic = ATTACKS["Arabic"]
    assert text.count(arabic) == text.count(f"\u2068{arabic}\u2069") > 10
    assert "\u2068" not in "\n".join(parsed[1].text)
    about = {
        "name": "n",
        "countries": ["مصر", "مصر العليا"],
        "groups": [],
        "waves": [],
        "factors": [],
    }
    assert isolated("في مصر العليا 3 ومصرف مصر 4", about) == (
        "في \u2068مصر العليا\u2069 3 ومصرف \u2068مصر\u2069 4"
    )
