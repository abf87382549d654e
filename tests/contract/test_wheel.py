"""A wheel installed elsewhere does all that the repository does."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """Environment with the wheel; dependencies are borrowed from the one that runs the tests."""
    place = tmp_path_factory.mktemp("elsewhere")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*build, str(place)], cwd=repository, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    venv.create(place / "venv", with_pip=False, symlinks=True)
    install = [sys.executable, "-m", "uv", "pip", "install", "--no-deps", "--offline"]
    subprocess.run(
        [*install, "--python", str(place / "venv/bin/python"), str(wheel)],
        check=True,
        capture_output=True,
    )
    (packages,) = (place / "venv/lib").glob("python*/site-packages")
    # Paths named in a .pth file are searched, but their own .pth files are not followed:
    # the editable installation beside the dependencies stays out of sight.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place


def cips(elsewhere: Path, *arguments: str) -> str:
    return subprocess.run(
        [elsewhere / "venv/bin/cips", *arguments],
        cwd=elsewhere,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_the_wheel_is_what_runs(elsewhere: Path) -> None:
    program = "import cips_models; print(cips_models.__file__)"
    python = elsewhere / "venv/bin/python"
    found = subprocess.run([python, "-c", program], check=True, capture_output=True, text=True)
    assert Path(found.stdout.strip()).is_relative_to(elsewhere)


def test_specifications_ship_in_the_wheel(elsewhere: Path, repository: Path) -> None:
    assert cips(elsewhere, "models", "show", "did").strip() == (
        (repository / "models" / "did.toml").read_text(encoding="utf-8").strip()
    )
    listed = {line.split()[0] for line in cips(elsewhere, "models").splitlines()}
    assert listed == {path.stem for path in (repository / "models").glob("*.toml")}


def test_words_of_answer_scales_ship_in_the_wheel(elsewhere: Path) -> None:
    rows = [f"p{k},Togo,officials,2023,{word}" for k, word in enumerate(["Oui", "Non"] * 2)]
    text = "\n".join(["id,country,group,wave,Q1", *rows])
    (elsewhere / "words.csv").write_text(text, encoding="utf-8")
    cips(elsewhere, "init", "words.csv", "--out", "words")
    codebook = (elsewhere / "words" / "codebook.toml").read_text(encoding="utf-8")
    assert 'levels = ["Non", "Oui"]' in codebook


def test_a_survey_is_simulated_outside_the_repository(elsewhere: Path) -> None:
    cips(elsewhere, "simulate", "survey", "--seed", "3")
    assert (elsewhere / "survey" / "study.toml").exists()
    assert "no problems" in cips(elsewhere, "validate", "survey/study.toml")
