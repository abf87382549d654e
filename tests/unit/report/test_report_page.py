"""The page: self-contained, honest at its top, whole in every anatomy."""

import html.parser
import os
import re

import pytest

from cips_models import charts, report
from cips_models.errors import FitError, OutputError
from cips_models.report import figures as module
from cips_models.report.limits import LIMITS
from cips_models.report.readers import evaluator

COUNTRIES = ("Angola", "Côte d'Ivoire", "Trinidad and Tobago")
FACTORS = ("Automation", "Transparency & <Openness>")
VOID = {"meta", "br", "link", "img"}


class Outline(html.parser.HTMLParser):
    """Collects elements, and refuses a page whose tags do not close."""

    def __init__(self):
        super().__init__()
        self.open, self.found, self.ids = [], [], []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


def outline(text):
    parser = Outline()
    parser.feed(text)
    assert not parser.open
    return parser


@pytest.fixture(scope="module")
def little(make_tables):
    return make_tables(countries=COUNTRIES, factors=FACTORS)


@pytest.fixture
def no_pictures(monkeypatch):
    """Leave the charts out where a test is not about them; drawing takes seconds."""
    monkeypatch.setattr(module, "pictures", lambda *args, **kwargs: {})


@pytest.fixture(scope="module")
def page(little, make_assessment, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    assert report.write(make_assessment(little), path) == path
    return path.read_text(encoding="utf-8")


def test_the_page_needs_nothing_from_outside(page):
    addresses = re.findall(r"\S*(?:https?:)?//[\w.-]+\S*", page)
    assert {a for a in addresses if not a.startswith("xmlns")} == set()
    found = outline(page)
    assert not found.all("script")
    assert not found.all("link")
    assert not found.all("img")
    outside = [a for __, attrs in found.found for a in attrs if a in ("src", "srcset", "onclick")]
    assert not outside
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", page)


def test_the_page_is_sound_html(page):
    found = outline(page)
    assert found.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert len(found.all("h1")) == 1
    assert len(found.ids) == len(set(found.ids))
    targets = {a["href"] for a in found.all("a")}
    assert {t[1:] for t in targets if t.startswith("#")} <= set(found.ids)
    assert {t for t in targets if not t.startswith("#")} == {"brief.html", "annex.html"}
    for use in found.all("use"):
        assert use["xlink:href"][1:] in found.ids
    assert len(found.all("table")) == len(found.all("caption"))
    for svg in found.all("svg"):
        assert svg["role"] == "img"
        assert len(svg["aria-label"]) > 40
    # No multiverse was run, and no strata are told apart.
    shown = set(evaluator.CHARTS) - {"specification_curve", "composition"}
    assert len(found.all("svg")) == len(shown)
    assert shown <= charts.CHARTS.keys()


def test_what_identifies_the_model_is_in_the_annex(page):
    annex = page[page.index('id="annex"') :]
    assert "<li>The log discriminations of a block &lt;sum&gt; to zero.</li>" in annex


def test_labels_of_the_user_are_escaped(page):
    assert "<Openness>" not in page
    assert "Transparency &amp; &lt;Openness&gt;" in page


@pytest.mark.usefixtures("no_pictures")
def test_banners_are_there_when_due(little, make_assessment, tmp_path, page):
    path = tmp_path / "report.html"
    report.write(make_assessment(little, synthetic=False), path)
    real = path.read_text(encoding="utf-8")
    assert "Synthetic data" in page
    assert "Synthetic data" not in real
    for text in (page, real):
        assert "failed its diagnostics" not in text
    report.write(make_assessment(little, passed=False), path, force=True)
    forced = path.read_text(encoding="utf-8")
    assert forced.index("This report was forced") < forced.index("<h1>")
    assert "Failed: joint fit: effect." in forced


@pytest.mark.usefixtures("no_pictures")
def test_a_failed_fit_is_refused_without_force(little, make_assessment, tmp_path):
    path = tmp_path / "report.html"
    with pytest.raises(FitError, match=r"fails its diagnostics \(joint fit: effect\)"):
        report.write(make_assessment(little, passed=False), path)
    assert list(tmp_path.iterdir()) == []
    report.write(make_assessment(little, passed=False, forced=True), path)
    assert path.exists()


@pytest.mark.usefixtures("no_pictures")
def test_an_old_page_survives_a_failure(little, make_assessment, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old")

    def refuse(draft, target):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="disk full"):
        report.write(make_assessment(little), path)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_every_limit_and_rule_and_setting_is_printed(page, assessment):
    for limit in LIMITS:
        assert f"<h3>{limit.title}</h3>" in page
    for text in ("0.975", "0.025", "20260101", "5f2c" * 16, "pymc 6.4.0", "trainee"):
        assert text in page
    for note in assessment.notes:
        assert note in page
    assert "within-country differences &amp; trends &lt;parallel&gt;" in page


def test_what_cannot_be_said_is_listed_with_its_reason(page):
    table = page[page.index("<caption>What cannot be said, and why</caption>") :]
    table = table[: table.index("</table>")]
    assert "Difference of levels between factors" in table
    assert "No &lt;question&gt; was asked twice." in table
    assert "positive answers, score" in table
    assert "Compare changes." in table


def test_no_probability_is_certain(page):
    cells = re.findall(r'<td class="n">([^<]*)</td>', page)
    assert cells
    assert not {"0.00", "1.00"} & set(cells)


def test_what_an_effect_is_an_effect_of_is_said_once(little, make_assessment, page):
    """In the text, and in no chart: the report's charts refer to it by standing in it."""
    comparison = little["effects"].query("estimand == 'ATT'")["comparison"].iloc[0]
    assert comparison
    assert page.count(comparison) == 1
    population = little["effects"].query("estimand == 'ATT'")["population"].iloc[0]
    drawn = {
        alone: module.pictures(make_assessment(little), wanted=("bracket",), alone=alone)
        for alone in (True, False)
    }
    assert population in drawn[True]["bracket"].alt
    assert population not in drawn[False]["bracket"].alt


def test_long_tables_are_folded(page):
    folded = "".join(re.findall(r"<details>.*?</details>", page, flags=re.DOTALL))
    assert "Change of every country × factor cell" in folded
    assert "What the effect rests on" not in folded


@pytest.mark.usefixtures("no_pictures")
def test_without_support_nothing_is_said_of_effects(make_tables, make_assessment, tmp_path):
    tables = make_tables(countries=COUNTRIES, factors=FACTORS, groups=("all",), support=False)
    path = report.write(make_assessment(tables), tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    outline(text)
    assert "describes change, not its causes" in text
    assert 'id="effect"' not in text
    assert "Parallel trends" not in text
    assert "Drift of the questions" in text


def test_charts_go_into_a_folder_when_asked(little, make_assessment, tmp_path, monkeypatch):
    monkeypatch.setattr(charts, "CHARTS", {"headline": charts.CHARTS["headline"]})
    module.pictures(make_assessment(little), tmp_path / "charts")
    names = {path.name for path in (tmp_path / "charts").iterdir()}
    assert names == {"headline.svg", "headline.png"}
