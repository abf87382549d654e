"""Pages that are files of the repository, and links from pages to what is no page.

A page that says `<!-- page: benchmarks/README.md -->` shows that file.  The site and the
repository's own view of a file need the same links: one that leads to a page stays a link, one
that leads to another file of the repository becomes its path.
"""

import os
import re
from pathlib import Path

from sphinx.application import Sphinx

_PAGE = re.compile(r"<!-- page: (?P<path>\S+) -->\n(?P<otherwise>.*)", re.DOTALL)
_LINK = re.compile(
    r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?\)"
)


def _pages(source: Path) -> dict[Path, Path]:
    """Files of the repository that have a page of their own, and that page."""
    found = {}
    for page in source.glob("**/*.md"):
        if (shows := _PAGE.match(page.read_text(encoding="utf-8"))) is not None:
            found[(source.parent / shows["path"]).resolve()] = page
    return found


def _relinked(text: str, *, written_in: Path, page: Path, source: Path) -> str:
    """Rewrite the links of a file of the repository for the page that shows it."""
    pages = _pages(source)

    def link(match: re.Match[str]) -> str:
        target = match["target"]
        if "://" in target or target.startswith("mailto:"):
            return match[0]
        led = (written_in.parent / target).resolve()
        led = pages.get(led, led)
        path = os.path.relpath(led, page.parent)
        if match["image"] or (led.suffix == ".md" and led.is_relative_to(source)):
            return f"{match['image']}[{match['text']}]({path}{match['anchor'] or ''})"
        if match["text"].strip("`/") == target.strip("/"):
            return f"`{target}`"
        return f"{match['text']} (`{os.path.relpath(led, source.parent)}`)"

    return _LINK.sub(link, text)


def _read(app: Sphinx, docname: str, content: list[str]) -> None:
    source = Path(app.srcdir).resolve()
    page = Path(app.env.doc2path(docname)).resolve()
    text, written_in = content[0], page
    if (shows := _PAGE.match(text)) is not None:
        file = source.parent / shows["path"]
        app.env.note_dependency(str(file))
        text, written_in = shows["otherwise"], file
        if file.is_file():
            text = file.read_text(encoding="utf-8")
    if page.suffix == ".md":
        content[0] = _relinked(text, written_in=written_in, page=page, source=source)


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to pages that are read."""
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
