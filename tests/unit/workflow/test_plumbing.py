"""The chain from study to report with sampling mocked: plumbing only, never a number."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cips_models import charts
from cips_models.cli.main import cli
from cips_models.errors import FitError, IdentificationError, OutputError
from cips_models.inference import sampling
from cips_models.inference.chains import FORKS
from cips_models.report import writing
from cips_models.survey.study_file import load_study
from cips_models.tables import TABLES
from cips_models.workflow import execution
from cips_models.workflow.record import Record, StepRecord
from cips_models.workflow.request import Request
from cips_models.workflow.run import run

PAGES = ("brief.html", "report.html", "annex.html", "explorer.html")
PDFS = ("brief.pdf", "report.pdf", "annex.pdf")


def cips(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)])


def record(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return content


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_results_folder_holds_what_is_promised(plumbed: Path) -> None:
    fits = {"fit.nc", "cut-did.nc", "cut-exchangeable.nc", "cut-conditional.nc"}
    tables = {f"{name}.csv" for name in (*TABLES, "data-dictionary")} - {"multiverse.csv"}
    top = {path.name for path in plumbed.iterdir()}
    assert top == {*fits, *tables, *PAGES, *PDFS, "charts", "tables.xlsx", "run.json"}
    assert {path.name for path in (plumbed / "charts").iterdir()} == {
        "headline.svg",
        "headline.png",
    }
    assert list(record(plumbed)["steps"]) == [
        "validate", "plan", "prior", "fit", "cut", "diagnose", "compare", "estimate", "did",
        "selection", "outcomes", "trends", "decide", "priors", "drift", "robustness", "predictive",
        "parameters", "disclose", "describe", "chart", "workbook", "brief-pdf", "brief",
        "annex-pdf", "annex", "report-pdf", "report", "explore",
    ]  # fmt: skip


def written(step: StepRecord) -> tuple[dict[str, str], dict[str, Any]]:
    """Details of a step, and digests of its files but for the PDFs."""
    files = {file: sha for file, sha in step.outputs.items() if not file.endswith(".pdf")}
    return files, dict(step.details)


@pytest.mark.skipif(
    not FORKS, reason="this platform cannot fork processes, so that steps are never side by side"
)
def test_steps_side_by_side_write_the_same_files(
    monkeypatch: pytest.MonkeyPatch,
    mocked_sampling: Any,
    plumbed: Path,
    study: Path,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(execution, "can_fork", lambda: True)
    # Typst is at work in the process of these tests, so that no fork of it can use it.
    monkeypatch.setattr(writing, "FORMATS", {**writing.FORMATS, "pdf": lambda *_: b"no PDF"})
    found = run(Request(study), tmp_path).steps
    assert mocked_sampling.asked == []  # all of it in other processes
    assert {name: written(step) for name, step in found.items()} == {
        name: written(step) for name, step in Record.read(plumbed).steps.items()
    }


def test_what_cannot_be_said_is_in_the_record_and_in_a_table(plumbed: Path) -> None:
    refused = record(plumbed)["steps"]["estimate"]["details"]["refused"]
    table = pd.read_csv(plumbed / "refusals.csv", keep_default_na=False)
    assert refused == table.to_dict("records")
    assert len(refused) == 2


def test_dictionary_describes_every_column_of_every_file(plumbed: Path) -> None:
    dictionary = pd.read_csv(plumbed / "data-dictionary.csv")
    described = set(zip(dictionary["table"], dictionary["column"], strict=True))
    described = {(table, column) for table, column in described if table != "multiverse"}
    found = {
        (path.stem, column)
        for path in plumbed.glob("*.csv")
        if path.stem != "data-dictionary"
        for column in pd.read_csv(path, nrows=0).columns
    }
    assert found == described


def test_rerun_samples_nothing_and_changes_nothing(
    mocked_sampling: Any, study: Path, results: Path
) -> None:
    before = content(results)
    run(Request(study, sampling={"cores": 1}), results)
    assert mocked_sampling.asked == []
    assert content(results) == before


def test_other_margin_repeats_the_estimates_but_no_fit(
    mocked_sampling: Any, study: Path, results: Path
) -> None:
    with pytest.raises(OutputError, match=r"margin was 0.0, now 2.0"):
        run(Request(study, margin=2.0), results)
    run(Request(study, margin=2.0), results, overwrite=True)
    assert mocked_sampling.asked == ["estimate_tables", "decision_tables"]


def test_waves_that_are_named_are_compared_everywhere_and_nothing_is_fitted_anew(
    mocked_sampling: Any, study: Path, results: Path
) -> None:
    first, last = load_study(study).waves.names
    named = Request(study, start=first, end=last)
    with pytest.raises(OutputError, match=f"waves was all, now {first} to {last}"):
        run(named, results)
    run(named, results, overwrite=True)
    assert mocked_sampling.asked == [
        "estimate_tables", "decision_tables", "items_table", "drift_table"
    ]  # fmt: skip
    assert record(results)["steps"]["estimate"]["details"]["compared"] == [first, last]
    assert f"Changes are from {first} to {last} alone" in (results / "report.html").read_text()
    with pytest.raises(IdentificationError, match=r"found waves .*; expected '1999' among them"):
        run(Request(study, start="1999"), results, overwrite=True)
    with pytest.raises(IdentificationError, match="expected a later wave"):
        run(Request(study, start=last), results, overwrite=True)


def test_other_seed_repeats_the_fits(mocked_sampling: Any, study: Path, results: Path) -> None:
    run(Request(study, seed=2), results, overwrite=True)
    assert mocked_sampling.asked == [
        "expected_table", "fit", "identification", "fit", "fit", "fit", "diagnostics_table", "fit",
        "comparison_table", "estimate_tables", "effects_table", "effect_statements",
        "selection_table", "outcome_tables", "paths_of", "trend_tables", "decision_tables",
        "prior_tables", "items_table", "drift_table", "robustness", "predictive_table",
        "parameters_table",
    ]  # fmt: skip
    details = record(results)["steps"]["fit"]["details"]
    assert details["seed"] == 2
    assert details["identification"] == ["A constraint."]


def test_other_default_length_of_chains_is_noticed(
    monkeypatch: pytest.MonkeyPatch, mocked_sampling: Any, study: Path, results: Path
) -> None:
    monkeypatch.setattr(sampling, "DRAWS", {"joint": 1, "cut": 1})
    with pytest.raises(OutputError, match="sampling was"):
        run(Request(study), results)
    assert mocked_sampling.asked == []


def test_failed_gates_refuse_the_report_but_keep_the_tables(
    mocked_sampling: Any, study: Path, tmp_path: Path
) -> None:
    mocked_sampling.fail_a_gate()
    with pytest.raises(FitError, match="effect"):
        run(Request(study), tmp_path)
    assert not (tmp_path / "report.html").exists()
    assert (tmp_path / "effects.csv").exists()
    assert (tmp_path / "charts" / "headline.svg").exists()
    assert record(tmp_path)["steps"]["diagnose"]["details"]["passed"] is False


def test_failed_gates_end_with_5_unless_forced(
    mocked_sampling: Any, study: Path, tmp_path: Path
) -> None:
    mocked_sampling.fail_a_gate()
    refused = cips("run", study, "--out", tmp_path)
    assert (refused.exit_code, refused.stdout) == (5, "")
    assert cips("report", tmp_path).exit_code == 5
    forced = cips("report", tmp_path, "--force")
    assert forced.exit_code == 0
    assert forced.stdout.splitlines()[-1] == str(tmp_path / "report.html")


def test_an_interrupted_fit_is_kept_apart_and_ends_with_130(
    mocked_sampling: Any, study: Path, tmp_path: Path
) -> None:
    mocked_sampling.settings = {"partial": "4 of 4 chains, 50 of 800 draws of each"}
    broken = cips("run", study, "--out", tmp_path)
    assert (broken.exit_code, broken.stdout) == (130, "")
    assert "partial-fit.nc holds 4 of 4 chains, 50 of 800 draws of each" in broken.stderr
    assert (tmp_path / "partial-fit.nc").exists()
    assert not (tmp_path / "fit.nc").exists()
    assert list(record(tmp_path)["steps"]) == ["validate", "plan", "prior"]
    mocked_sampling.settings = {}
    assert cips("run", study, "--out", tmp_path).exit_code == 0
    assert (tmp_path / "fit.nc").exists()


def test_the_report_says_that_a_fit_is_approximate_and_on_a_finer_grid(
    mocked_sampling: Any, study: Path, tmp_path: Path
) -> None:
    mocked_sampling.settings = {"sampler": "approximate", "quadrature": "finer than specified"}
    run(Request(study), tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "The joint fit is approximate" in page
    assert "finer than specified" in page


def test_report_is_the_last_line_of_stdout(
    mocked_sampling: Any, study: Path, tmp_path: Path
) -> None:
    folder = tmp_path / ("very-" * 30 + "long")
    done = cips("run", study, "--out", folder)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(folder / "report.html")


def test_json_of_a_run_is_one_object(mocked_sampling: Any, study: Path, results: Path) -> None:
    facts = json.loads(cips("run", study, "--out", results, "--json").stdout)
    assert facts["report"] == str(results / "report.html")
    assert facts["passed"] is True
    assert {row["estimand"] for row in facts["effects"]} == {"ATT"}


def test_demo_simulates_first(mocked_sampling: Any, tmp_path: Path) -> None:
    done = cips("demo", "--out", tmp_path / "demo", "--effect", "none", "--seed", "5")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(tmp_path / "demo" / "report.html")
    inputs = record(tmp_path / "demo" / "survey")["steps"]["simulate"]["inputs"]
    assert (inputs["effect"], inputs["seed"]) == ("none", 5)


def test_charts_are_drawn_again_from_the_folder_alone(
    monkeypatch: pytest.MonkeyPatch, results: Path
) -> None:
    monkeypatch.setattr(charts, "CHARTS", {"headline": charts.CHARTS["headline"]})
    (results / "charts" / "headline.svg").unlink()
    done = cips("chart", results)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.split() == [
        "wrote", str(results / "charts" / "headline.png"),
        "wrote", str(results / "charts" / "headline.svg"),
    ]  # fmt: skip
    assert "<svg " in (results / "charts" / "headline.svg").read_text()


def test_folder_without_results_is_refused(tmp_path: Path) -> None:
    done = cips("report", tmp_path)
    assert done.exit_code == 7
    assert "cips run STUDY" in done.stderr


def test_results_do_not_go_among_the_survey_files(study: Path) -> None:
    with pytest.raises(OutputError, match="Name a folder of its own"):
        run(Request(study), study.parent, overwrite=True)


def test_edited_study_name_repeats_the_report_but_no_fit(
    mocked_sampling: Any, study: Path, results: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "survey"
    copy.mkdir()
    for path in study.parent.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    text = (copy / study.name).read_text().replace('name = "', 'name = "Second edition of ')
    (copy / study.name).write_text(text)
    request = replace(Request(study), study=copy / study.name)
    run(request, results, overwrite=True)
    assert mocked_sampling.asked == []
    assert "Second edition of" in (results / "report.html").read_text()


@pytest.mark.parametrize(
    ("reader", "file"),
    [("head", "brief.html"), ("evaluator", "report.html"), ("statistician", "annex.html")],
)
def test_one_report_can_be_written_anew(results: Path, reader: str, file: str) -> None:
    for page in PAGES:
        (results / page).unlink()
    done = cips("report", results, "--for", reader)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == [str(results / file)]
    assert [page for page in PAGES if (results / page).exists()] == [file]


def test_reports_are_written_in_other_formats_and_go_on_with_the_tables(
    results: Path, study: Path, mocked_sampling: Any
) -> None:
    done = cips("report", results, "--for", "head", "--format", "docx,pdf")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == [str(results / "brief.docx"), str(results / "brief.pdf")]
    assert (results / "brief.docx").read_bytes()[:2] == b"PK"
    assert (results / "brief.pdf").read_bytes()[:5] == b"%PDF-"
    assert "brief-docx" in record(results)["steps"]
    (results / "brief.docx").unlink()
    run(Request(study), results)
    assert (results / "brief.docx").exists()
    assert not (results / "report.docx").exists()


def test_an_unknown_format_is_refused_with_those_that_are_known(results: Path) -> None:
    done = cips("report", results, "--format", "pdf,odt")
    assert done.exit_code == 2
    assert "html, pdf, docx" in done.stderr


def test_reports_without_names_lie_apart_and_are_not_overwritten(results: Path) -> None:
    done = cips("report", results, "--anonymous", "--for", "evaluator")
    assert done.stdout.splitlines() == [str(results / "anonymous" / "report.html")]
    text = (results / "anonymous" / "report.html").read_text()
    assert 'href="brief.html"' not in text  # none lies there
    assert cips("report", results, "--anonymous").exit_code == 7
    assert not (results / "anonymous" / "brief.html").exists()


def test_a_country_gets_its_report_and_only_one_that_is_there(results: Path) -> None:
    done = cips("report", results, "--country", "Country B")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == [str(results / "country-Country-B.html")]
    assert cips("report", results, "--country", "Narnia").exit_code == 6
    assert cips("report", results, "--country", "Country B", "--anonymous").exit_code == 2
    assert cips("report", results, "--out", results / "x").exit_code == 2
    named = ("report", results, "--country", "Country B", "--out")
    assert cips(*named, results / "of-b.pdf").stdout.splitlines() == [str(results / "of-b.pdf")]
    assert cips(*named, results / "of-b.odt").exit_code == 7
    assert cips(*named, results / "of-c.pdf", "--format", "html").exit_code == 2


def test_tables_are_written_in_other_formats_or_none_is(results: Path, tmp_path: Path) -> None:
    done = cips("tables", results, "--format", "xlsx,latex", "--out", tmp_path)
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "tables.xlsx").exists()
    said = (tmp_path / "latex" / "effects.tex").read_text()
    assert "the average effect of support on" in said
    assert "Assumption: both would have changed alike." in said
    (tmp_path / "tables.xlsx").unlink()
    assert cips("tables", results, "--format", "xlsx,latex", "--out", tmp_path).exit_code == 7
    assert not (tmp_path / "tables.xlsx").exists()
    assert cips("tables", results, "--format", "xls").exit_code == 2
