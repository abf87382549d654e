"""The command as a user has it: the installed entry point, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cips_models

type Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic survey, made once; not to be changed."""
    folder = tmp_path_factory.mktemp("simulated") / "survey"
    cips_models.simulate(folder, seed=1)
    return folder


@pytest.fixture
def cips(tmp_path: Path) -> Run:
    """Run ``cips`` with arguments in an empty folder."""
    program = Path(sys.executable).parent / "cips"

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
