"""The gallery: every chart of the tutorials' results, and every numbered script.

A script is `gallery/NN_name.py`.  It is run as `python NN_name.py RESULTS PICTURES`, reads the
folder of results and writes pictures (`.svg` or `.png`) into the other.  The first line of its
docstring is the title of its section.
"""

import ast
import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sphinx.application import Sphinx
from tutorial_results import work_folder

from cips_models.charts import CHARTS, TABLES

_ALT = re.compile(r"<(?:desc|dc:description)[^>]*>(.*?)</", re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)


def _words(svg: Path) -> str:
    """Alternative text of a picture, as its file says it."""
    text = svg.read_text(encoding="utf-8")
    found = _ALT.search(text) or _TITLE.search(text)
    return " ".join(html.unescape(found[1]).split()) if found else svg.stem


def _figure(picture: Path, beside: Path) -> list[str]:
    alt = _words(picture) if picture.suffix == ".svg" else picture.stem.replace("_", " ")
    return [
        f":::{{image}} {os.path.relpath(picture, beside)}",
        f":alt: {alt}",
        ":class: dark-light chart",
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
            "import pandas as pd\nimport cips_models as cips\n\n"
            f'table = pd.read_csv("results/{TABLES[name]}.csv", keep_default_na=False)\n'
            f"figure = cips.charts.{name}(table)"
        )
        lines += [f"## {name.replace('_', ' ').capitalize()}", "", summary, ""]
        lines += _figure(picture, page.parent)
        lines += [":::{dropdown} In Python", "```python", call, "```", ":::", ""]
    return lines


def _script_sections(scripts: list[Path], results: Path, pictures: Path, page: Path) -> list[str]:
    lines = []
    for script in scripts:
        made = pictures / script.stem
        made.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, script, results, made], check=True)
        source = script.read_text(encoding="utf-8")
        title, _, rest = (ast.get_docstring(ast.parse(source)) or script.stem).partition("\n")
        lines += [f"## {title.rstrip('.')}", "", rest.strip(), ""]
        drawn = sorted(made.glob("*.svg")) or sorted(made.glob("*.png"))
        for picture in drawn:
            lines += _figure(picture, page.parent)
        lines += [f":::{{dropdown}} `gallery/{script.name}`", "```python", source, "```", ":::", ""]
    return lines


def _write(app: Sphinx) -> None:
    """Write the pictures' pages, to be included by the page `gallery`."""
    source = Path(app.srcdir)
    results, pictures = work_folder(app) / "results", work_folder(app) / "gallery"
    shutil.rmtree(pictures, ignore_errors=True)
    page = work_folder(app) / "gallery.md"
    scripts = sorted((source.parent / "gallery").glob("[0-9]*.py"))
    lines = _script_sections(scripts, results, pictures, source / "gallery.md")
    lines = lines or _chart_sections(results, source / "gallery.md")
    page.write_text("\n".join(lines), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to the start of a build, after the results are there."""
    app.connect("builder-inited", _write, priority=200)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
