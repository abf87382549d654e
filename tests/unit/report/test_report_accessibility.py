"""Reports in a browser: no barrier that an engine can find (WCAG 2.2, levels A and AA)."""

import pytest
from axe_playwright_python.sync_playwright import Axe

import pseudo
from cips_models.report.anonymity import anonymised
from cips_models.report.readers import READERS, national
from cips_models.report.writing import write_document
from cips_models.wording import SOURCE_LANGUAGE, speaking

pytestmark = pytest.mark.browser

#: What the engine checks: WCAG 2.2, and its own advice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: A chart is one picture with words for it; its thousands of paths have no meaning of their own.
CONTEXT = {"exclude": [["figure svg > *"]]}

#: A phone and a desk; at 320 pixels a page of 1280 is at 400 % (success criterion 1.4.10).
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
REFLOWED = {"width": 320, "height": 640}


LANGUAGES = (SOURCE_LANGUAGE, pseudo.ARABIC)
REPORTS = (*READERS, "national", "anonymous")


@pytest.fixture(scope="module")
def written(make_tables, make_assessment, tmp_path_factory):
    """Every report in English, and in a language from right to left: their files."""
    tables = make_tables(countries=("Angola", "Guinea", "Togo"), factors=("Automation", "Trust"))
    assessment = make_assessment(tables)
    country = assessment.about["followed"][0]
    reports = {
        **{name: reader.document for name, reader in READERS.items()},
        "national": lambda of: national.document(of, country),
        "anonymous": lambda of: READERS["evaluator"].document(anonymised(of)),
    }
    files = {}
    with pytest.MonkeyPatch.context() as patch:
        pseudo.speak(pseudo.ARABIC, tmp_path_factory.mktemp("locale"), patch)
        for code in LANGUAGES:
            folder = tmp_path_factory.mktemp(code)
            with speaking(code):
                for name, compose in reports.items():
                    path = folder / f"{name}.html"
                    files[code, name] = write_document(compose(assessment), assessment, path)
    return files


@pytest.fixture(params=LANGUAGES)
def opened(request, written, offline):
    """Open a report by its name, with all that is folded."""

    def open_report(name, viewport=DESK):
        offline.set_viewport_size(viewport)
        offline.goto(written[request.param, name].as_uri())
        offline.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        return offline

    return open_report


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", REPORTS)
def test_no_barrier_is_found(opened, name, viewport):
    found = Axe().run(opened(name, viewport), context=CONTEXT, options={"runOnly": RULES})
    assert not found.response["violations"], found.generate_report()


@pytest.mark.parametrize("name", ["head", "evaluator"])
def test_a_page_needs_no_second_direction_to_scroll(opened, name):
    opened_page = opened(name, REFLOWED)
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
