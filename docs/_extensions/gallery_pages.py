"""The gallery: every chart of the tutorials' results, and every numbered script.

A script is `docs/gallery/NN_name.py`.  It is run as `python NN_name.py RESULTS PICTURES`, reads the
folder of results and writes pictures (`.svg` or `.png`) into the other.  The first line of its
docstring is the title of its section.  Without scripts the gallery shows the charts of the results.
"""

import ast
import os
import runpy
import shutil
import sys
from pathlib import Path

from sphinx.application import Sphinx
from tutorial import words
from tutorial_results import work_folder

from cips_models.charts import CHARTS, TABLES


def _figure(picture: Path, beside: Path) -> list[str]:
    said = words(picture.read_text(encoding="utf-8")) if picture.suffix == ".svg" else ""
    alt = said or picture.stem.replace("_", " ")
    return [
        f":::{{image}} {os.path.relpath(picture, beside)}",
        f":alt: {alt}",
        ":class: chart",
        ":::",
        "",
    ]


def _chart_sections(results: Path, page: Path) -> list[str]:
    lines = []
    for name in CHARTS:
        picture = results / "charts" / f"{name}.svg"
        if not picture.exists():
            continue
        summary = (CHARTS[name].__doc__ or "").splitlines()[0]
        call = (
            "from pathlib import Path\n\nimport cips_models as cips\n"
            "from cips_models.tables import read_table\n\n"
            f'table = read_table(Path("results"), "{TABLES[name]}")\n'
            f"figure = cips.charts.{name}(table)"
        )
        lines += [f"## {name.replace('_', ' ').capitalize()}", "", summary, ""]
        lines += _figure(picture, page.parent)
        lines += [":::{dropdown} In Python", "```python", call, "```", ":::", ""]
    return lines


def _run(script: Path, *arguments: Path) -> None:
    """Run a script in this process, where everything is imported already."""
    before, sys.argv = sys.argv, [str(script), *map(str, arguments)]
    try:
        runpy.run_path(str(script), run_name="__main__")
    finally:
        sys.argv = before


def _script_sections(scripts: list[Path], results: Path, pictures: Path, page: Path) -> list[str]:
    lines = []
    for script in scripts:
        made = pictures / script.stem
        made.mkdir(parents=True, exist_ok=True)
        _run(script, results, made)
        source = script.read_text(encoding="utf-8")
        title, *_ = (ast.get_docstring(ast.parse(source)) or script.stem).splitlines()
        lines += [f"## {title.rstrip('.')}", ""]
        drawn = sorted(made.glob("*.svg")) or sorted(made.glob("*.png"))
        for picture in drawn:
            lines += _figure(picture, page.parent)
        lines += [
            f":::{{dropdown}} `docs/gallery/{script.name}`",
            "```python",
            source,
            "```",
            ":::",
            "",
        ]
    return lines


def _write(app: Sphinx) -> None:
    """Write the pictures' pages, to be included by the page `gallery`."""
    source = Path(app.srcdir)
    results, pictures = work_folder(app) / "results", work_folder(app) / "gallery"
    shutil.rmtree(pictures, ignore_errors=True)
    page = work_folder(app) / "gallery.md"
    scripts = sorted((source / "gallery").glob("[0-9]*.py"))
    lines = _script_sections(scripts, results, pictures, source / "gallery.md")
    lines = lines or _chart_sections(results, source / "gallery.md")
    page.write_text("\n".join(lines), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to the start of a build, after the results are there."""
    app.connect("builder-inited", _write, priority=200)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
