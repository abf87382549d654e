"""A real browser, without a window, for the pages that the package writes.

Chromium is the machine's own (``CHROMIUM``, or the first that is found): nothing is downloaded.
"""

import os
import shutil
import time

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SETTINGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    """The browser; ``chromium.new_context(viewport={"width": 390, "height": 844})``."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    assert path, f"found none of {', '.join(_NAMES)}; install Chromium or set CHROMIUM to its path"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_SETTINGS])
        yield browser
        browser.close()


@pytest.fixture
def offline(chromium):
    """A page without network; a request to anywhere but a file, or an error, fails the test."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    troubles = []

    def asked(request):
        if not request.url.startswith(("file:", "data:", "blob:")):
            troubles.append(f"asked for {request.url}")

    page.on("request", asked)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: line.type == "error" and troubles.append(line.text))
    yield page
    context.close()
    assert not troubles


def until(page, expression):
    """Wait for what a step leads to (the page forbids evaluation of text, Playwright's own way)."""
    end = time.monotonic() + 10
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(20)
