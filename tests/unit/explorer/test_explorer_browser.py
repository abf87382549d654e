"""The page as a reader meets it, in a real browser: mouse, keyboard, telephone, right to left."""

import csv
import io
import json

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from browser import until
from cips_models.estimands.changes import changes
from cips_models.estimands.improved import improved
from cips_models.explorer.contents import thinned
from cips_models.explorer.packing import read

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = ("", "country=Avalon", "factor=F1", "country=Avalon&factor=F1&margin=2", "view=effects",
         "view=about", "country=Freedonia&factor=F2", "scale=latent&margin=0.1")  # fmt: skip


@pytest.fixture(scope="module")
def few(fits, page_file):
    """The fit of the very draws that are in the page."""
    return thinned(fits["fit"], read(page_file).about["kept"])


def number(text):
    """A number as the page prints it."""
    return float(
        text.replace("\u2212", "-").replace("\u202f", "").replace("< ", "").replace("> ", "")
    )


def saved(page, button):
    """Rows of the CSV that a button gives."""
    with page.expect_download() as waiting:
        button.click()
    text = waiting.value.path().read_text(encoding="utf-8")
    return waiting.value.suggested_filename, list(csv.DictReader(io.StringIO(text)))


# --- numbers ---------------------------------------------------------------------------------


def test_the_interval_policy_in_the_browser_is_that_of_the_package(open_page):
    page = open_page()
    draws = np.random.default_rng(3).normal(2.0, 3.0, 401)
    found = page.evaluate("(draws) => summary(draws, 95)", draws.tolist())
    ends = np.quantile(draws, [0.025, 0.25, 0.75, 0.975])
    assert [found[name] for name in ("lower", "inner_lower", "inner_upper", "upper")] == (
        pytest.approx(ends)
    )
    assert found["mean"] == pytest.approx(draws.mean())
    assert found["sd"] == pytest.approx(draws.std(ddof=1))
    assert page.evaluate("(x) => shareAbove(x, 2.5)", draws.tolist()) == (draws > 2.5).mean()
    assert page.evaluate("(x) => shareWithin(x, 1)", draws.tolist()) == (abs(draws) <= 1).mean()
    assert page.evaluate("(x) => fifty(x)", draws.tolist()) == pytest.approx(
        np.quantile(draws, (np.arange(50) + 0.5) / 50)
    )


@pytest.mark.parametrize("margin", [1.5, 4.0])
def test_shares_of_a_margin_are_those_of_the_package(open_page, few, margin):
    page = open_page(f"margin={margin}&group=private+sector")
    found = page.evaluate("sharesOf(chosenCells())")
    own = improved(few, margin).sel(group="private sector")
    for row, kind in zip(found, ("supported", "unsupported", None), strict=True):
        draws = own["difference"] if kind is None else own["share"].sel(support=kind)
        assert row["mean"] == pytest.approx(float(draws.mean()))
        ends = np.quantile(draws, [0.025, 0.975])
        assert [row["lower"], row["upper"]] == pytest.approx(ends)
        assert row["cells"] == (
            own["cells"].sum() if kind is None else own["cells"].sel(support=kind)
        )


def test_probabilities_of_cells_and_means_are_those_of_the_package(open_page, few):
    page = open_page("margin=2&scale=score")
    change = changes(few)["score"].sel(group="officials")
    for country, factor in (("Avalon", "F2"), ("Dorne", "F3")):
        place = {"country": country, "factor": factor}
        exact = float((change.sel(place) > 2).mean())
        assert page.evaluate("(place) => riseOf(place)", place) == exact
    pooled = change.mean("country").mean("factor")
    found = page.evaluate("riseOf({country: '', factor: ''})")
    assert found == pytest.approx(float((pooled > 2).mean()), abs=0.01)  # bins of single cells


def test_what_the_tables_hold_is_shown_as_the_tables_have_it(open_page, explored):
    page = open_page("country=Belovodye")
    table = explored.tables["changes"].query(
        "estimand == 'change' and country == 'Belovodye' and factor == 'F2' and "
        "group == 'officials' and scale == 'percent'"
    )
    (row,) = table.to_dict("records")
    shown = page.locator("#list tbody tr", has_text="F2").locator("td.n").all_inner_texts()
    *_, mean, span, rise, people = shown
    assert number(mean) == pytest.approx(row["mean"], abs=0.051)
    ends = [number(end) for end in span.split(" to ")]
    assert ends == pytest.approx([row["lower"], row["upper"]], abs=0.051)
    if 0.01 < row["p_positive"] < 0.99:
        assert number(rise) == pytest.approx(row["p_positive"], abs=0.0051)
    assert people == row["sample"].replace("-", "–")


def test_effects_and_their_checks_are_there(open_page, explored):
    page = open_page("view=effects&worth=1.5")
    rows = page.locator("#assumptions tbody tr")
    table = explored.tables["effects"].query(
        "estimand == 'ATT' and group == 'officials' and scale == 'percent'"
    )
    assert rows.count() == len(table) + 1  # and that in a country not in the data
    assert number(rows.nth(0).locator("td.n").first.inner_text()) == pytest.approx(
        table["mean"].iloc[0], abs=0.051
    )
    page.locator("summary", has_text="The effect among permuted support maps").click()
    assert page.locator("#permutations tbody tr").count() > 0
    assert page.get_by_text("Breakdown", exact=True).first.is_visible()


# --- mouse and keyboard ----------------------------------------------------------------------


def test_with_a_mouse_from_all_cells_to_one_and_back(open_page):
    page = open_page()
    assert page.locator("#grid tbody tr").count() == 6  # five countries and their mean
    page.locator("#grid").get_by_role("link", name="Cockaigne, F2:").click()
    page.get_by_role("heading", name="Cockaigne, F2").wait_for()
    assert page.locator("#choose-country").input_value() == "Cockaigne"
    page.go_back()
    page.locator("#grid").wait_for()
    page.locator("#choose-factor").select_option("F3")
    page.get_by_role("heading", name="F3, by country").wait_for()
    assert page.locator("#list tbody tr").count() == 7  # the country seen once has a level


def test_with_the_keyboard_alone(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "results"
    before = page.locator("#answer").inner_text()
    page.locator("#move-margin").focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    assert page.locator("#move-margin").input_value() == "3"
    assert page.evaluate("document.activeElement.id") == "move-margin"
    assert page.locator("#answer").inner_text() != before
    assert page.locator("#answer").get_attribute("role") == "status"
    assert "margin=3" in page.evaluate("location.hash")
    page.locator("#grid tbody a").nth(12).focus()
    page.keyboard.press("Enter")
    until(page, "state.country !== ''")  # the address changes before the page hears of it
    assert page.evaluate("document.activeElement.id") == "results"
    assert "margin=3" in page.evaluate("location.hash")


def test_everything_that_can_be_reached_shows_that_it_is(open_page):
    page = open_page()
    seen = set()
    page.locator("#grid tbody a").nth(20).focus()
    page.keyboard.press("Shift+Tab")
    for step in range(30):
        if step == 10:
            page.locator("#language").focus()
        page.keyboard.press("Tab")
        kind, outline = page.evaluate(
            "[document.activeElement].map((e) => [e.tagName, getComputedStyle(e).outlineStyle])[0]"
        )
        seen.add(kind)
        assert outline != "none", kind
    assert {"A", "SELECT", "INPUT", "BUTTON"} <= seen


def test_an_address_restores_a_view(open_page):
    page = open_page("country=Dorne&group=private+sector&scale=score&margin=2.5")
    assert page.locator("#choose-group").input_value() == "private sector"
    assert page.locator("#choose-scale").input_value() == "score"
    assert page.locator("#move-margin").input_value() == "2.5"
    address = page.evaluate("location.hash")
    table = page.locator("#list").inner_text()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert (page.evaluate("location.hash"), page.locator("#list").inner_text()) == (address, table)


@pytest.mark.parametrize(
    "address",
    ["country=Nowhere&factor=%3Cscript%3E", "margin=-4", "margin=1e9", "margin=NaN",
     "scale=toString", "view=__proto__", "from=2023&to=2021", "language=xx", "&&==", "%ff"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_the_beginning(open_page, address):
    page = open_page(address)
    assert page.locator("#grid").is_visible()
    assert page.locator("#move-margin").input_value() == "0"


# --- CSV -------------------------------------------------------------------------------------


def test_the_csv_of_a_view_is_the_rows_of_the_table(open_page, explored):
    page = open_page("country=Avalon&margin=2")
    name, rows = saved(
        page, page.locator("section", has=page.locator("#list")).get_by_role("button")
    )
    assert name == "changes.csv"
    table = explored.tables["changes"]
    assert list(rows[0]) == [*table.columns, "margin", "p_above"]
    assert {row["estimand"] for row in rows} == {"change", "country change"}
    own = table.query("country == 'Avalon' and group == 'officials' and scale == 'percent'")
    own = own[own["estimand"] == "change"]
    for row, (_, exact) in zip([r for r in rows if r["factor"]], own.iterrows(), strict=True):
        assert row["factor"] == exact["factor"]
        assert float(row["mean"]) == pytest.approx(exact["mean"], rel=1e-5)
        assert float(row["margin"]) == 2
        assert 0 <= float(row["p_above"]) <= 1


def test_the_csv_of_all_cells_and_of_shares(open_page):
    page = open_page("margin=1")
    _, rows = saved(page, page.get_by_role("button", name="Download as CSV: Change of every cell"))
    assert len(rows) == 15
    name, shares = saved(
        page, page.locator("section", has=page.locator("#shares")).get_by_role("button")
    )
    assert name == "improved.csv"
    assert [row["estimand"] for row in shares] == [
        "share improved", "share improved", "difference in shares improved"
    ]  # fmt: skip
    assert {row["margin"] for row in shares} == {"1"}


# --- languages, widths, barriers -------------------------------------------------------------


def test_the_language_turns_the_page(open_page):
    page = open_page()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        "en",
        "ltr",
    ]
    left = page.locator("#side").bounding_box()["x"]
    page.locator("#language").focus()
    page.locator("#language").select_option("ar")
    until(page, "document.documentElement.dir === 'rtl'")
    assert page.evaluate("document.documentElement.lang") == "ar"
    assert page.locator("#side").bounding_box()["x"] > left + 500
    assert page.evaluate("document.activeElement.id") == "language"
    # A sign stands before its number: in an isolate of its own.
    assert page.evaluate("points(-1.5)") == "\u2066\u22121.5\u2069"
    page.locator("#choose-country").select_option("Avalon")
    until(page, "state.country === 'Avalon'")
    assert page.evaluate("document.documentElement.dir") == "rtl"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(open_page, width, language):
    for view in VIEWS:
        page = open_page(f"{view}&language={language}", width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "ar")])
def test_no_barrier_is_found(open_page, view, width, language):
    page = open_page(f"{view}&language={language}", width=width)
    for each in page.locator("summary").all():
        each.click()
    found = Axe().run(page, options={"runOnly": RULES})
    assert not found.response["violations"], found.generate_report()


def test_without_scripts_it_says_what_is_missing(chromium, page_file):
    context = chromium.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert "needs JavaScript" in page.inner_text("noscript")
    context.close()


def test_it_prints(open_page):
    page = open_page()
    page.emulate_media(media="print")
    assert page.locator("#grid").is_visible()
    assert not page.locator("#controls").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_facts_can_be_read_by_others(open_page):
    facts = open_page().evaluate("JSON.stringify(facts.about)")
    assert json.loads(facts)["countries"][0] == "Avalon"
