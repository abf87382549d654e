"""The built site: complete, and nothing in it comes from elsewhere.  Run by `make docs`."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from bs4 import BeautifulSoup

import cips_models
from cips_models.cli.main import COMMANDS, cli

SITE = Path(__file__).parents[1] / "_build" / "html"
PAGES = sorted(SITE.glob("**/*.html"))
TUTORIALS = ("evaluator", "analyst", "researcher", "administration")

_LOADED = (
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("source", "src"),
    ("iframe", "src"),
)


def page(name: str) -> BeautifulSoup:
    return BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")


def options(command: click.Command, words: str) -> Iterator[tuple[str, str]]:
    """Every command, with each of its options."""
    context = click.Context(command)
    for parameter in command.params:
        for option in (*parameter.opts, *parameter.secondary_opts):
            if isinstance(parameter, click.Option):
                yield words, option
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield f"{words} {name}", ""
            yield from options(inner, f"{words} {name}")


def test_the_site_was_built() -> None:
    assert len(PAGES) > len(cips_models.__all__)


def test_every_command_and_option_is_in_the_reference() -> None:
    html = page("reference/cli.html")
    ids = {tag["id"] for tag in html.find_all(id=True)}
    missing = [
        f"{words} {option}"
        for words, option in options(cli, "cips")
        if option and f"cmdoption-{'-'.join(words.split())}-{option.lstrip('-')}" not in ids
    ]
    assert missing == []
    headings = {h.get_text().rstrip("#") for h in html.find_all(["h2", "h3"])}
    assert {f"cips {name}" for name in COMMANDS} <= headings


@pytest.mark.parametrize("name", sorted(set(cips_models.__all__) - {"__version__"}))
def test_every_public_name_has_a_page_with_words(name: str) -> None:
    body = page(f"reference/_api/cips_models.{name}.html").find("article")
    assert body is not None
    assert len(body.get_text().split()) > 15


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(SITE)))
def test_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    html = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    loaded = [tag.get(attribute, "") for tag, attribute in _LOADED for tag in html.find_all(tag)]
    assert [place for place in loaded if re.match(r"(https?:)?//", place)] == []


def test_no_style_is_loaded_from_elsewhere() -> None:
    for path in SITE.glob("**/*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", text), path.name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(SITE)))
def test_every_picture_has_words(path: Path) -> None:
    html = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    pictures = html.select("article img")
    assert [img["src"] for img in pictures if len(img.get("alt", "").split()) < 3] == []


@pytest.mark.parametrize("name", TUTORIALS)
def test_tutorials_ran(name: str) -> None:
    html = page(f"tutorials/{name}.html")
    assert html.select(".cell_output")
    assert "Traceback" not in html.get_text()


def test_every_reader_is_met_on_the_first_page() -> None:
    led = {link["href"] for link in page("index.html").select("article a[href]")}
    assert {f"tutorials/{name}.html" for name in TUTORIALS} <= led
