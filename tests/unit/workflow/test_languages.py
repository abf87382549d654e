"""The same results in other languages: a folder for each, made again where its words changed."""

import json

import openpyxl
import pytest
from click.testing import CliRunner

import pseudo
from cips_models import charts, wording
from cips_models.cli.main import cli
from cips_models.workflow.record import Record
from cips_models.workflow.request import Request
from cips_models.workflow.run import languages_of, run
from cips_models.workflow.steps import pages

OTHER = "fr"


def cips(*arguments):
    return CliRunner().invoke(cli, [*map(str, arguments)])


@pytest.fixture
def french(tmp_path, monkeypatch):
    """A made-up catalogue under the code of French."""
    monkeypatch.setitem(pseudo._LETTERS, OTHER, pseudo._LETTERS[pseudo.CYRILLIC])
    folder = tmp_path / "locale"
    pseudo.speak(OTHER, folder, monkeypatch)
    return folder


@pytest.fixture
def one_chart(monkeypatch):
    monkeypatch.setattr(charts, "CHARTS", {"headline": charts.CHARTS["headline"]})


@pytest.mark.usefixtures("french", "one_chart")
def test_reports_lie_side_by_side_under_the_same_names(results):
    done = cips("report", results, "--lang", f"en,{OTHER}")
    assert done.exit_code == 0, done.output
    for name in ("brief.html", "report.html", "annex.html"):
        english = (results / name).read_text()
        other = (results / OTHER / name).read_text()
        assert '<html lang="en" dir="ltr">' in english
        assert f'<html lang="{OTHER}" dir="ltr">' in other
        assert pseudo.written("Synthetic data.", OTHER) in other
    assert 'href="annex.html"' in (results / OTHER / "report.html").read_text()
    assert languages_of(Record.read(results)) == [OTHER]


@pytest.mark.usefixtures("french", "one_chart")
def test_charts_and_tables_in_a_language_have_its_folder(results):
    assert cips("chart", results, "--lang", OTHER).exit_code == 0
    drawn = (results / OTHER / "charts" / "headline.svg").read_text()
    assert pseudo.written("of the supported cells improved", OTHER) in drawn
    assert cips("tables", results, "--lang", OTHER).exit_code == 0
    book = openpyxl.load_workbook(results / OTHER / "tables" / "tables.xlsx")
    assert book.sheetnames[0] == pseudo.written("Contents", OTHER)
    assert "effects" in book.sheetnames


@pytest.mark.usefixtures("french", "one_chart")
def test_an_own_place_is_kept_for_one_language(results, tmp_path):
    own = tmp_path / "own"
    done = cips("chart", results, "headline", "--format", "svg", "--lang", OTHER, "--out", own)
    assert done.exit_code == 0
    assert [path.name for path in own.iterdir()] == ["headline.svg"]
    refused = cips("chart", results, "headline", "--lang", f"en,{OTHER}", "--out", own)
    assert refused.exit_code == 2
    assert "--out goes with one language" in refused.output


@pytest.mark.usefixtures("one_chart")
def test_new_words_make_the_reports_of_that_language_anew(results, french):
    assert cips("report", results, "--for", "head", "--lang", OTHER).exit_code == 0
    path = results / OTHER / "brief.html"
    first = path.read_text()
    catalogue = wording.catalogue_file(OTHER)
    title = pseudo.written("Brief", OTHER)
    catalogue.write_text(catalogue.read_text().replace(f'"{title}"', '"Sommaire"'))
    wording._compiled.cache_clear()
    wording.messages.cache_clear()
    stopped = cips("report", results, "--for", "head", "--lang", OTHER)
    assert stopped.exit_code != 0
    assert "words of fr changed" in stopped.output
    again = cips("report", results, "--for", "head", "--lang", OTHER, "--overwrite")
    assert again.exit_code == 0
    assert "Sommaire" in path.read_text()
    assert "Sommaire" not in first


@pytest.mark.usefixtures("french", "mocked_sampling")
def test_a_run_makes_other_languages_too_and_results_stay_in_english(study, tmp_path):
    def undrawn(_, folder):
        folder.mkdir(parents=True)
        for kind in ("svg", "png"):
            (folder / f"headline.{kind}").write_text(wording.language())
        return {}

    folder = tmp_path / "results"
    with pytest.MonkeyPatch.context() as patch, wording.speaking(OTHER):
        patch.setattr(pages, "pictures", undrawn)
        record = run(Request(study), folder, languages=[OTHER])
    assert (folder / "charts" / "headline.svg").read_text() == "en"
    assert (folder / OTHER / "charts" / "headline.svg").read_text() == OTHER
    assert (folder / OTHER / "tables.xlsx").is_file()
    assert {f"report-{OTHER}", f"chart-{OTHER}", f"workbook-{OTHER}"} <= set(record.steps)
    assert "In one wave only" in json.dumps(record.steps["validate"].details["notes"])


def test_a_language_that_there_is_not_is_refused(results):
    done = cips("report", results, "--lang", "en,tlh")
    assert done.exit_code == 2
    assert "expected some of en, fr, ar, pt, es" in done.output
