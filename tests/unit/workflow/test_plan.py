"""A pre-analysis plan: written without answers, kept intact, held against what was done."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cips_models.cli.main import cli
from cips_models.errors import OutputError
from cips_models.report.plan import Plan
from cips_models.workflow.request import Request
from cips_models.workflow.run import run


def cips(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)])


@pytest.fixture
def planned(study: Path, tmp_path: Path) -> Path:
    """A study with its plan beside it, before there are responses."""
    folder = tmp_path / "survey"
    folder.mkdir()
    for name in ("study.toml", "codebook.toml", "support.csv"):
        shutil.copy(study.parent / name, folder / name)
    assert cips("plan", folder / "study.toml").exit_code == 0
    return folder / "plan.md"


def arrived(planned: Path, study: Path) -> Path:
    """The study file, once the responses are there."""
    shutil.copy(study.parent / "responses.csv.gz", planned.parent)
    return planned.parent / "study.toml"


def words(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_it_is_written_before_there_are_responses_and_read_again(planned: Path) -> None:
    plan = Plan.read(planned)
    assert plan.intentions["Estimands"]["improved"] == "a change in percent positive above 0 points"
    assert plan.intentions["Priors"]["effect"] == "normal, sd 0.4"
    assert "intensity of support" in plan.intentions["Estimands"]["effect, other weights"]
    assert "Yamauchi" in plan.intentions["Estimands"]["effect, other outcomes"]
    assert plan.fingerprint in planned.read_text(encoding="utf-8").split("## Record")[0]


def test_in_another_language_it_holds_the_same_record(planned: Path) -> None:
    french = planned.with_name("plan-fr.md")
    told = cips("plan", planned.with_name("study.toml"), "--lang", "fr", "--out", french)
    assert told.exit_code == 0
    assert Plan.read(french) == Plan.read(planned)
    assert french.read_text("utf-8").startswith("# Plan d")
    assert "Written" not in french.read_text("utf-8").partition("```json")[0]


def test_it_is_not_replaced_unasked(planned: Path) -> None:
    before = planned.read_bytes()
    assert cips("plan", planned.parent / "study.toml").exit_code == 7
    assert planned.read_bytes() == before


def test_a_run_that_follows_it_says_so(planned, study, mocked_sampling, tmp_path) -> None:
    run(Request(arrived(planned, study)), tmp_path / "results")
    assert pd.read_csv(tmp_path / "results" / "plan.csv").empty
    assert "The analysis follows the pre-analysis plan of" in words(tmp_path / "results")


def test_every_difference_is_told(planned, study, mocked_sampling, tmp_path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(
        'format = 1\nname = "mine"\nextends = "did"\n'
        '[priors.effect]\nfamily = "normal"\nsd = 1.5\nreason = "Afterwards"\n'
    )
    support = planned.parent / "support.csv"
    table = pd.read_csv(support)
    table.loc[0, "supported"] = 1 - table.loc[0, "supported"]
    if "start" in table:
        table.loc[0, "start"] = ""
    table.to_csv(support, index=False)
    request = Request(arrived(planned, study), specification=str(own), margin=2.0)
    run(request, tmp_path / "results")
    found = pd.read_csv(tmp_path / "results" / "plan.csv").set_index("subject")
    assert set(found.index) == {"support", "improved", "specification", "effect"}
    assert list(found.loc["effect", ["planned", "done"]]) == ["normal, sd 0.4", "normal, sd 1.5"]
    assert "in 4 points, which the table shows" in words(tmp_path / "results")


def test_without_a_plan_the_report_says_that_there_was_none(plumbed: Path) -> None:
    assert "There was no pre-analysis plan" in words(plumbed)


def test_prose_may_be_added_but_the_record_not_changed(planned: Path) -> None:
    text = planned.read_text(encoding="utf-8")
    planned.write_text(text.replace("## Survey", "Our own questions.\n\n## Survey"))
    assert Plan.read(planned).intentions
    planned.write_text(text.replace('"normal, sd 0.4"', '"normal, sd 4"'))
    with pytest.raises(OutputError, match="was changed after it was written"):
        Plan.read(planned)


@pytest.mark.parametrize(
    "text", ["", "# A plan\n", "```json\n[1]\n```\n", '```json\n{"format": 1}\n```\n']
)
def test_what_is_no_plan_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(text)
    with pytest.raises(OutputError, match="found no pre-analysis plan"):
        Plan.read(path)


def test_labels_cannot_break_the_table_or_the_record() -> None:
    plan = Plan("2026-01-02", {"Survey": {"study": "a | b\n```json\n{}\n```\n<script>"}})
    document = plan.document({})
    row = next(line for line in document.splitlines() if line.startswith("| study"))
    assert row.replace("\\|", "").count("|") == 3
    assert "<script>" not in row
    record = document.split("## Record")[1]
    assert json.loads(record.split("```json\n")[1].split("\n```")[0])["created"] == "2026-01-02"
