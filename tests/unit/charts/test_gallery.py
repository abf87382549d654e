"""Every script of the gallery draws from a folder of results."""

import runpy
import sys
from pathlib import Path

import pytest

from cips_models import charts
from cips_models.tables import TABLES, write_tables

GALLERY = Path(__file__).parents[3] / "docs" / "gallery"
SCRIPTS = sorted(GALLERY.glob("[0-9]*.py"))


@pytest.fixture(scope="module")
def results(make_tables, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    tables = make_tables(countries=("Angola", "Togo"), factors=("Automation", "Code of Conduct"))
    columns = {name: [column.name for column in TABLES[name]] for name in tables}
    write_tables(folder, {n: table.reindex(columns=columns[n]) for n, table in tables.items()})
    return folder


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_draws_what_it_is_called_after(script, results, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(script), str(results), str(tmp_path)])
    runpy.run_path(str(script), run_name="__main__")
    made = list(tmp_path.iterdir())
    assert made
    assert {path.name[:2] for path in made} == {script.name[:2]}
    assert script.name in (GALLERY / "README.md").read_text()


def test_every_chart_is_in_the_gallery_or_said_to_need_more():
    told = "\n".join(path.read_text() for path in GALLERY.iterdir() if path.is_file())
    for name in charts.CHARTS:
        assert f"charts.{name}" in told or f"`{name}`" in told, name
