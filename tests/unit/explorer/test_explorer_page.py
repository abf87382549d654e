"""The page as a file: labels are texts, nothing is fetched, diagnostics decide."""

import dataclasses
import html.parser
import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from browser import until
from cips_models.cli.main import cli
from cips_models.errors import FitError, OutputError
from cips_models.explorer.packing import read
from cips_models.explorer.page import html as html_of
from cips_models.explorer.page import write
from cips_models.tables.spreadsheet import as_cell
from hostile import ATTACKS

LABELS = list(ATTACKS.values())


class Parsed(html.parser.HTMLParser):
    """Elements with their attributes, and what scripts hold."""

    def __init__(self):
        super().__init__()
        self.elements, self.scripts, self.policy, self.within = [], [], "", ""

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        told = dict(attrs)
        if told.get("http-equiv") == "Content-Security-Policy":
            self.policy = told["content"]
        self.within = tag

    def handle_data(self, data):
        if self.within == "script":
            self.scripts.append(data)


def parsed(page):
    found = Parsed()
    found.feed(page)
    return found


@pytest.fixture(scope="module")
def hostile(make_contents):
    factors = LABELS[:3]
    questions = tuple(
        (f"Q{k}", factor, 4, tuple(LABELS[3:5]), False) for k, factor in enumerate(factors)
    )
    rows = len(LABELS)
    supported = np.random.default_rng(2).random((rows, 3)) < 0.5
    made = make_contents(length=20, countries=LABELS, groups=LABELS[3:5], questions=questions,
                         supported=supported, once=(), about={"notes": LABELS})  # fmt: skip
    return dataclasses.replace(made, about={**made.about, "name": ATTACKS["script"]})


def test_no_label_becomes_an_element_or_an_attribute(hostile, explored):
    one, other = parsed(html_of(hostile)), parsed(html_of(explored))
    assert one.elements == other.elements
    assert len(one.scripts) == len(other.scripts)


def test_nothing_but_the_own_scripts_may_run_and_nothing_is_fetched(page_file):
    page = page_file.read_text(encoding="utf-8")
    policy = parsed(page).policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy.replace("http-equiv", "")
    outside = re.sub(r'<script type="text/plain".*?</script>', "", page, flags=re.DOTALL)
    assert set(re.findall(r"\w+://[\w.]+", outside)) == {"http://www.w3.org"}  # a name, of SVG
    assert not re.search(r"\b(eval|innerHTML|fetch|XMLHttpRequest|importScripts)\b", outside)


@pytest.mark.browser
def test_hostile_labels_are_texts_in_the_browser(hostile, open_page, tmp_path):
    file = write(hostile, tmp_path / "explorer.html")
    for view in ("", "view=effects", "view=about"):
        page = open_page(view, file=file)
        assert page.locator("img, [onmouseover], #results script, #results style").count() == 0
        assert page.title().endswith(ATTACKS["script"])
    page = open_page("", file=file)
    for label in LABELS:
        page.locator("#choose-country").select_option(label)
        until(page, f"state.country === {json.dumps(label)}")
        assert page.locator("#list tbody tr").count() == 4
    page.locator("#choose-factor").select_option(LABELS[1])
    until(page, "state.factor !== ''")
    assert page.locator("#levels tbody tr").count() == 2


@pytest.mark.browser
@pytest.mark.parametrize("label", [*LABELS, "a\nb", 'a"b', "-3,5", "+4", "\uff1dA1", ""])
def test_cells_of_a_csv_are_written_as_the_package_writes_its_own(open_page, label):
    page = open_page()
    cell = page.evaluate("(label) => csvCell(label)", label)
    plain = cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
    assert plain == as_cell(label)


def test_a_page_that_failed_its_diagnostics_is_refused_or_says_so(explored, tmp_path):
    told = {"passed": False, "failed": ["fit: effect"]}
    failed = dataclasses.replace(explored, about={**explored.about, **told})
    with pytest.raises(FitError, match="fit: effect"):
        write(failed, tmp_path / "explorer.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.browser
def test_a_forced_page_says_so_at_its_top(explored, open_page, tmp_path):
    told = {"passed": False, "forced": True, "failed": ["fit: effect"]}
    forced = dataclasses.replace(explored, about={**explored.about, **told})
    page = open_page(file=write(forced, tmp_path / "explorer.html"))
    assert "must not be relied on. Failed: fit: effect." in page.get_by_role("alert").inner_text()
    assert "Synthetic data." in page.locator("#banners").inner_text()


def test_other_pages_are_no_explorer(tmp_path):
    (tmp_path / "report.html").write_text("<html></html>", encoding="utf-8")
    with pytest.raises(OutputError, match="cips explore"):
        read(tmp_path / "report.html")


def test_of_a_fit_alone(fits, tmp_path):
    fit = fits["fit"].save(tmp_path / "fit.nc")
    out = tmp_path / "page.html"
    arguments = ["explore", str(fit), "--out", str(out)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == str(out)
    found = read(out)
    assert {"levels", "changes", "improved", "effects", "diagnostics"} <= set(found.tables)
    assert {each.name for each in found.draws} >= {"change", "ATT", "ATT by country"}
    before = out.read_bytes()
    assert CliRunner().invoke(cli, arguments).exit_code == 7
    assert CliRunner().invoke(cli, [*arguments, "--overwrite"]).exit_code == 0
    assert out.read_bytes() == before


@pytest.mark.browser
@pytest.mark.parametrize("told", [{"supported": None}, {"waves": ("2021",), "once": ()}])
def test_without_support_and_with_one_wave(make_contents, open_page, tmp_path, told):
    made = make_contents(length=20, checks=False, **{"supported": None, **told})
    file = write(made, tmp_path / "explorer.html")
    assert {each.name for each in read(file).draws} == (
        {"change"} if "waves" not in told else set()
    )
    page = open_page(file=file)
    assert page.locator("#list tbody tr").count() >= 3
    page.locator("#choose-country").select_option("Avalon")
    page.locator("#choose-factor").select_option("F2")
    page.wait_for_selector("#levels")
    page = open_page("view=effects", file=file)
    assert "no effect of support" in page.locator("#results").inner_text()
