"""The gallery: the numbered scripts of `docs/gallery`, run on the tutorials' results.

A script is run as `python NN_name.py RESULTS PICTURES`, reads the folder of results and writes
pictures (`.svg` or `.png`) into the other.  The first line of its docstring is the title of its
section.
"""

import ast
import io
import os
import runpy
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from sphinx.application import Sphinx
from tutorial import words
from tutorial_results import work_folder


def _run(script: Path, *arguments: Path) -> None:
    """Run a script in this process, where everything is imported already; what it says is lost."""
    before, sys.argv = sys.argv, [str(script), *map(str, arguments)]
    try:
        with redirect_stdout(io.StringIO()):
            runpy.run_path(str(script), run_name="__main__")
    finally:
        sys.argv = before


def _section(script: Path, pictures: Path, page: Path) -> Iterator[str]:
    """Lines of a script's section: its title, what it drew, and its source."""
    source = script.read_text(encoding="utf-8")
    title, *_ = (ast.get_docstring(ast.parse(source)) or script.stem).splitlines()
    yield from (f"## {title.rstrip('.')}", "")
    for picture in sorted(pictures.glob("*.svg")) or sorted(pictures.glob("*.png")):
        said = words(picture.read_text(encoding="utf-8")) if picture.suffix == ".svg" else ""
        yield f":::{{image}} {os.path.relpath(picture, page.parent)}"
        yield from (f":alt: {said or title}", ":class: chart", ":::", "")
    yield from (f":::{{dropdown}} `docs/gallery/{script.name}`", "```python", source, "```")
    yield from (":::", "")


def _write(app: Sphinx) -> None:
    """Run the scripts and write what the page `gallery` includes."""
    folder, page = work_folder(app), Path(app.srcdir) / "gallery.md"
    shutil.rmtree(folder / "gallery", ignore_errors=True)
    lines: list[str] = []
    for script in sorted((page.parent / "gallery").glob("[0-9]*.py")):
        pictures = folder / "gallery" / script.stem
        pictures.mkdir(parents=True)
        _run(script, folder / "results", pictures)
        lines += _section(script, pictures, page)
    (folder / "gallery.md").write_text("\n".join(lines), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to the start of a build, after the results are there."""
    app.connect("builder-inited", _write, priority=200)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
