"""What ``cips fit`` says, with a fit that is made up: plumbing only."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

import cips_models as cips
from cips_models.cli.main import cli


@pytest.mark.usefixtures("mocked_sampling")
def test_it_says_what_identifies_the_fit(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cips, "diagnose", lambda _: SimpleNamespace(passed=True), raising=False)
    monkeypatch.setattr(cips, "identification", lambda _: ["One <b>.", "Two."], raising=False)

    def said(*more: str) -> Any:
        asked = ["--quiet", "fit", str(study), "--out", str(tmp_path / "fit.nc"), *more]
        result = CliRunner().invoke(cli, asked)
        assert result.exit_code == 0, result.output
        return result.output

    assert said().endswith("What identifies it:\n- One <b>.\n- Two.\n")
    assert json.loads(said("--overwrite", "--json"))["identification"] == ["One <b>.", "Two."]
