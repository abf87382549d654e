"""Reports in a browser: no barrier that an engine can find (WCAG 2.2, levels A and AA)."""

import pytest
from axe_playwright_python.sync_playwright import Axe

import pseudo
from cips_models.report import page
from cips_models.report.anonymity import anonymised
from cips_models.report.readers import READERS, national
from cips_models.wording import SOURCE_LANGUAGE, speaking

pytestmark = pytest.mark.browser

#: What the engine checks: WCAG 2.2, and its own advice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: A phone and a desk; at 320 pixels a page of 1280 is at 400 % (success criterion 1.4.10).
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
REFLOWED = {"width": 320, "height": 640}


@pytest.fixture(params=[SOURCE_LANGUAGE, pseudo.ARABIC])
def spoken(request, tmp_path, monkeypatch):
    """English, and a language from right to left."""
    if request.param != SOURCE_LANGUAGE:
        pseudo.speak(request.param, tmp_path / "locale", monkeypatch)
    with speaking(request.param):
        yield request.param


@pytest.fixture
def opened(assessment, spoken, offline, tmp_path):
    """Open a report by its name, in the language."""
    country = assessment.about["followed"][0]
    reports = {
        **{name: reader.document for name, reader in READERS.items()},
        "national": lambda of: national.document(of, country),
        "anonymous": lambda of: READERS["evaluator"].document(anonymised(of)),
    }

    def open_report(name):
        file = page.write_document(reports[name], assessment, tmp_path / "page.html")
        offline.goto(file.as_uri())
        return offline

    return open_report


@pytest.mark.parametrize("name", [*READERS, "national", "anonymous"])
def test_no_barrier_is_found_on_a_phone_or_a_desk(opened, name):
    opened_page = opened(name)
    for viewport in (PHONE, DESK):
        opened_page.set_viewport_size(viewport)
        opened_page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(opened_page, options={"runOnly": RULES})
        assert not found.response["violations"], found.generate_report()


@pytest.mark.parametrize("name", ["head", "evaluator"])
def test_a_page_needs_no_second_direction_to_scroll(opened, name):
    opened_page = opened(name)
    opened_page.set_viewport_size(REFLOWED)
    opened_page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    size = opened_page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert size[0] <= size[1]


def test_keys_lead_through_a_page_in_the_order_of_its_words(opened):
    opened_page = opened("evaluator")
    places = []
    for _stop in range(40):
        opened_page.keyboard.press("Tab")
        places.append(
            opened_page.evaluate(
                "() => { const e = document.activeElement; const b = e.getBoundingClientRect();"
                " const s = getComputedStyle(e); return {top: b.top + scrollY, name: e.tagName,"
                " shown: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0}; }"
            )
        )
    assert all(each["shown"] for each in places), places
    tops = [each["top"] for each in places]
    assert tops == sorted(tops)
