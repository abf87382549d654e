"""Reports in a browser: no barrier that an engine can find (WCAG 2.2, levels A and AA)."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from cips_models.report import page
from cips_models.report.readers import READERS

pytestmark = pytest.mark.browser

#: What the engine checks: WCAG 2.2, and its own advice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("reader", READERS)
def test_no_barrier_is_found(assessment, reader, offline, tmp_path):
    file = page.write(assessment, tmp_path / "page.html", reader=reader)
    offline.goto(file.as_uri())
    found = Axe().run(offline, options={"runOnly": RULES})
    assert not found.response["violations"], found.generate_report()
