"""``cips robust`` with the statistics mocked: plumbing only, never a number."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from cips_models.cli.main import cli
from cips_models.errors import IdentificationError
from cips_models.tables.few_clusters import FEW_CLUSTERS
from cips_models.workflow.workspace import Workspace


def test_it_writes_every_table_and_prints_what_there_is(
    mocked_sampling: Any, study: Path, tmp_path: Path
) -> None:
    arguments = ["robust", str(study), "--out", str(tmp_path / "robust")]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    written = {path.stem for path in (tmp_path / "robust").iterdir()}
    assert written == set(FEW_CLUSTERS)
    assert "permutations:" in done.stdout
    assert "placebo_maps:" not in done.stdout
    again = CliRunner().invoke(cli, arguments)
    assert again.exit_code == 7
    facts = json.loads(CliRunner().invoke(cli, [*arguments, "--overwrite", "--json"]).stdout)
    assert len(facts["permutations"]) == 4
    assert mocked_sampling.asked == ["robustness"] * 2


def test_what_is_asked_for_arrives(study: Path, tmp_path: Path, monkeypatch: Any) -> None:
    asked: dict[str, Any] = {}

    def robustness(_: Workspace, __: Any, **wanted: Any) -> dict[str, Any]:
        asked.update(wanted)
        raise IdentificationError("Nothing to compare.")

    monkeypatch.setattr(Workspace, "robustness", robustness)
    arguments = ["robust", str(study), "--out", str(tmp_path / "robust")]
    arguments += ["--placebo", "7", "--refit", "--permutations", "199"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 6
    assert "Nothing to compare." in done.stderr
    assert asked == {"placebo": 7, "refit": True, "permutations": 199}
