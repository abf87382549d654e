"""The explorer as one HTML page that works offline: no server, no external address."""

import base64
import hashlib
import os
from importlib.resources import files
from pathlib import Path
from typing import Final

import jinja2
import markupsafe

from cips_models.charts.palette import COLOURS
from cips_models.explorer.contents import Contents
from cips_models.explorer.packing import DRAWS, FACTS, block, packed
from cips_models.files import new_file
from cips_models.report.front import failing

FILE: Final = "explorer.html"

#: Scripts of the page, in the order in which they are read; plain JavaScript, nothing built.
SCRIPTS: Final = (
    "unpacking", "draws", "state", "words", "marks", "tables", "results", "changes", "cell",
    "effects", "checks", "about", "controls", "main",
)  # fmt: skip
_BROWSER: Final = files("cips_models.explorer") / "browser"


def write(contents: Contents, path: str | os.PathLike[str]) -> Path:
    """Write the explorer as one self-contained HTML file.

    Parameters
    ----------
    contents : Contents
        Its ``about`` says whether the diagnostics are passed, and if not, whether the page is
        wanted all the same; it then says so at its top.
    path : path
        File to write; replaced at once when the page is complete.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FitError
        The diagnostics fail and the page is not forced.
    OutputError
        The file cannot be written.
    """
    about = contents.about
    if not (about["passed"] or about["forced"]):
        raise failing(str(about["name"]), about["failed"], "page")
    page = html(contents)
    with new_file(Path(path)) as draft:
        draft.write_text(page, encoding="utf-8", newline="\n")
    return Path(path)


def html(contents: Contents) -> str:
    """Set the page."""
    scripts = [_file(f"{name}.js") for name in SCRIPTS]
    style = _file("style.css").replace("BLUE", COLOURS[0]).replace("ORANGE", COLOURS[1])
    texts = packed(contents)
    words = contents.words[contents.about["language"]]
    page: str = (
        _environment()
        .get_template("page.html.j2")
        .render(
            about=contents.about,
            language=contents.about["language"],
            words=words,
            policy=_policy(scripts, style),
            style=markupsafe.Markup(style),
            scripts=[markupsafe.Markup(script) for script in scripts],
            blocks=[markupsafe.Markup(block(name, texts[name])) for name in (FACTS, DRAWS)],
        )
    )
    return page


def _file(name: str) -> str:
    return (_BROWSER / name).read_text(encoding="utf-8")


def _policy(scripts: list[str], style: str) -> str:
    """Content security policy: these very scripts and this style, and no address at all."""
    allowed = " ".join(map(_digest, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_digest(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    found = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{found}'"


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("cips_models.explorer", "browser"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
