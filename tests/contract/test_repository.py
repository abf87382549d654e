"""What the repository promises to whoever clones it."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

#: Split, so that this file does not hold what it forbids.
FORBIDDEN = re.compile(
    "|".join(
        ["pypi" + r"\.org", "python" + "hosted", r"--(extra-)?index" + "-url", "--find" + "-links"]
        + [f"/{top}/[a-z]" for top in ("wo" + "rk", "ro" + "ot", "ho" + "me")]
    )
)


def committed(repository: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, capture_output=True, text=True, check=True
    ).stdout
    return [path for name in listed.split("\0") if name and (path := repository / name).is_file()]


def test_no_file_names_a_registry_or_a_machine(repository: Path) -> None:
    found = [
        f"{path.relative_to(repository)}:{number}: {line.strip()}"
        for path in committed(repository)
        if path.suffix not in {".gz", ".png", ".nc"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["build", "run", "dev", "docs"])
def test_every_requirement_is_pinned_and_hashed(repository: Path, name: str) -> None:
    text = (repository / "requirements" / f"{name}.txt").read_text()
    logical = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    requirements = logical.splitlines()
    assert len(requirements) > 5
    for requirement in requirements:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==[^ ]+ .*--hash=sha256:", requirement)
    assert "://" not in logical


def test_locked_requirements_cover_the_declared_ones(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    for name, declared in {
        "run": project["dependencies"],
        "dev": project["dependencies"] + project["optional-dependencies"]["dev"],
        "docs": project["dependencies"] + project["optional-dependencies"]["docs"],
    }.items():
        locked = set(re.findall(r"^([a-z0-9-]+)==", locked_text(repository, name), re.MULTILINE))
        assert {re.split(r"[<>=]", requirement)[0] for requirement in declared} <= locked


def locked_text(repository: Path, name: str) -> str:
    return (repository / "requirements" / f"{name}.txt").read_text()


def test_no_python_in_range_is_one_clear_sentence(repository: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "env", f"VENV={tmp_path / 'venv'}", "PYTHON=false no-such-python"],
        cwd=repository,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert said == [
        "cips-models needs Python 3.12, 3.13 or 3.14, and none of these is one: "
        "false no-such-python."
    ]
