"""The command line as a user meets it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

import cips_models
from cips_models import errors
from cips_models.cli.main import COMMANDS

type Run = Callable[..., subprocess.CompletedProcess[str]]


def test_help_lists_every_command_in_the_order_of_the_work(cips: Run) -> None:
    text = cips("--help").stdout
    positions = [text.index(f"\n  {name} ") for name in COMMANDS]
    assert positions == sorted(positions)
    assert list(COMMANDS) == [
        "init", "models", "validate", "compress", "plan", "prior", "fit", "diagnose", "estimate",
        "did", "trends", "decide", "drift", "robust", "multiverse", "design", "cells", "pool",
        "compare", "chart", "tables", "report", "releases", "explore", "run", "simulate", "demo",
    ]  # fmt: skip


def test_help_documents_the_exit_codes(cips: Run) -> None:
    text = cips("--help").stdout
    described = {int(line.split()[0]) for line in text.split("Exit codes:")[1].splitlines() if line}
    raised = {
        value.exit_code
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.CipsError)
    }
    assert described == {0, 2} | raised
    assert raised == {1, 3, 4, 5, 6, 7, 8, 130}


@pytest.mark.parametrize("name", COMMANDS)
def test_short_help_is_what_the_list_says(name: str) -> None:
    command = import_module(f"cips_models.cli.{name}").command
    assert command.name == name
    assert command.help.splitlines()[0] == COMMANDS[name]


def test_help_of_everything_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from cips_models.cli.main import COMMANDS, cli\n"
        "for arguments in [[], *([name] for name in COMMANDS)]:\n"
        "    cli([*arguments, '--help'], standalone_mode=False)\n"
        "heavy = {'pymc', 'pytensor', 'arviz', 'nutpie', 'numba', 'pandas', 'numpy', 'xarray',\n"
        "         'matplotlib', 'scipy'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_version(cips: Run) -> None:
    assert cips("--version").stdout.strip() == f"cips-models, version {cips_models.__version__}"


def test_mistyped_command_is_a_usage_error(cips: Run) -> None:
    for arguments in (["fti"], ["validate"], ["validate", "nowhere.toml"]):
        done = cips(*arguments)
        assert done.returncode == 2
        assert done.stdout == ""
        assert "Traceback" not in done.stderr


def test_bad_data_ends_with_3_and_says_where(cips: Run, tmp_path: Path, simulated: Path) -> None:
    shutil.copytree(simulated, tmp_path / "survey")
    codebook = tmp_path / "survey" / "codebook.toml"
    codebook.write_text(codebook.read_text().replace("format = 1", "format = 2"))
    done = cips("validate", "survey/study.toml")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "codebook.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_bad_specification_ends_with_4(cips: Run) -> None:
    done = cips("models", "show", "no-such-model")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_other_results_are_not_overwritten_and_end_with_7(cips: Run, tmp_path: Path) -> None:
    assert cips("simulate", "survey", "--seed", "1").returncode == 0
    before = (tmp_path / "survey" / "responses.csv.gz").read_bytes()
    done = cips("simulate", "survey", "--seed", "2")
    assert done.returncode == 7
    assert "--overwrite" in done.stderr
    assert (tmp_path / "survey" / "responses.csv.gz").read_bytes() == before
    assert cips("simulate", "survey", "--seed", "2", "--overwrite").returncode == 0
    assert (tmp_path / "survey" / "responses.csv.gz").read_bytes() != before


def test_validate_speaks_to_people_and_to_machines(cips: Run, simulated: Path) -> None:
    done = cips("validate", simulated / "study.toml")
    assert done.returncode == 0
    assert "no problems" in done.stdout
    assert "synthetic" in done.stdout
    facts = json.loads(cips("validate", simulated / "study.toml", "--json").stdout)
    assert facts["synthetic"] is True
    assert (len(facts["countries"]), len(facts["followed"]), len(facts["factors"])) == (25, 17, 10)
    counted = sum(row["respondents"] for row in facts["tables"]["respondents"] if row["country"])
    assert counted == facts["respondents"]


def test_quiet_and_verbose_change_stderr_only(cips: Run) -> None:
    said = {flag: cips(flag, "simulate", f"survey{flag}", "--json") for flag in ("-q", "-v")}
    assert said["-q"].stderr == ""
    assert "INFO cips_models" in said["-v"].stderr
    assert json.loads(said["-q"].stdout)["seed"] == json.loads(said["-v"].stdout)["seed"]


def test_models_lists_what_ships(cips: Run) -> None:
    listed = json.loads(cips("models", "--json").stdout)
    assert {"did", "exchangeable", "conditional"} <= listed.keys()
    assert all(listed.values()), "every specification says in its first line what it is for"


def test_copied_model_is_the_one_that_was_shown(cips: Run, tmp_path: Path) -> None:
    assert cips("models", "copy", "did", "mine.toml").returncode == 0
    assert (tmp_path / "mine.toml").read_text().strip() == cips(
        "models", "show", "did"
    ).stdout.strip()
    assert cips("models", "copy", "did", "mine.toml").returncode == 7
