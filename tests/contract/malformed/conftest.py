"""A tiny study that uses every part of its files, to be spoilt in one place by each test."""

import csv
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from hostile import CANARY, listing

STUDY = """\
format = 1
name = "Tiny"

[files]
responses = "{responses}"
codebook = "codebook.toml"
support = "support.csv"
population = "population.csv"
exposure = "exposure.csv"

[columns]
weight = "weight"
background = ["rank"]
ignore = ["remark"]
mode = "mode"

[composition]
strata = ["rank"]
standard = "pooled"

[mode]
effect = {{ sd = 0.2 }}
standard = "tablet"

[groups]
labels = {{ "CO" = "officials", "PS" = "private sector" }}
exclude = ["trainee"]

[waves]
labels = {{ "1" = "2021", "2" = "2023" }}
times = {{ "2021" = 2021.0, "2023" = 2023.5 }}

[countries]
labels = {{ "BJ" = "Bénin", "TG" = "Togo" }}

[model]
specification = "did"

[decision]
margin = 2.0
equivalent = 1.0
"""

CODEBOOK = """\
format = 1
factors = ["Transparency", "Morale"]

[scales.agreement]
levels = ["1", "2", "3", "4"]
labels = ["Strongly disagree", "Disagree", "Agree", "Strongly agree"]
positive = ["3", "4"]
points = [0, 0.25, 0.5, 1]
dont_know = ["9"]
refused = ["8"]
not_asked = ["-1"]

[[items]]
id = "T1"
factor = "Transparency"
scale = "agreement"
groups = ["officials", "private sector"]
reversed = true
versions_differ = true
text = { en = "Is it?", fr = "Est-ce ?" }

[[items]]
id = "M1"
factor = "Morale"
scale = "agreement"
"""

SUPPORT = """\
country,factor,supported,start,intensity
Bénin,Transparency,1,2023,2
Bénin,Morale,0,,
Togo,Transparency,0,,
Togo,Morale,1,,
"""

POPULATION = """\
country,rank,count
Bénin,chief,10
Bénin,clerk,90
Togo,chief,20
Togo,clerk,80
"""

EXPOSURE = """\
factor,exposes,weight
Transparency,Morale,0.5
"""


def responses() -> pd.DataFrame:
    """Four people in every country, group and wave."""
    rows = [
        {
            "respondent": f"r{number}",
            "country": country,
            "group": group,
            "wave": wave,
            "weight": "1.5",
            "rank": "chief" if person % 2 else "clerk",
            "remark": "été",
            "mode": "tablet" if person > 1 else "online",
            "T1": str(1 + number % 4),
            "M1": str(1 + number // 2 % 4),
        }
        for number, (country, group, wave, person) in enumerate(
            product(("BJ", "TG"), ("CO", "PS"), "12", range(4))
        )
    ]
    return pd.DataFrame(rows)


def write_responses(table: pd.DataFrame, path: Path) -> None:
    import pyreadstat

    writers: dict[str, Callable[[pd.DataFrame, Path], object]] = {
        ".xlsx": lambda t, p: t.to_excel(p, index=False),
        ".parquet": lambda t, p: t.to_parquet(p),
        ".sav": pyreadstat.write_sav,
        ".dta": pyreadstat.write_dta,
    }
    writers.get(path.suffix, lambda t, p: t.to_csv(p, index=False))(table, path)


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folder of the study whose responses have a name, written once; not to be changed."""
    made: dict[str, Path] = {}

    def original(name: str) -> Path:
        if name not in made:
            folder = made[name] = tmp_path_factory.mktemp("valid")
            files = {
                "study.toml": STUDY.format(responses=name),
                "codebook.toml": CODEBOOK,
                "support.csv": SUPPORT,
                "population.csv": POPULATION,
                "exposure.csv": EXPOSURE,
            }
            for file, text in files.items():
                (folder / file).write_text(text, encoding="utf-8")
            write_responses(responses(), folder / name)
        return made[name]

    return original


@pytest.fixture
def folder(
    originals: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Path]]:
    """Copies of the study; afterwards nothing may have been executed or left behind."""
    monkeypatch.chdir(tmp_path)
    made: list[tuple[Path, set[str]]] = []

    def copy(name: str = "responses.csv") -> Path:
        place = shutil.copytree(originals(name), tmp_path / "study")
        made.append((place, listing(place)))
        return place

    yield copy
    assert CANARY not in listing(tmp_path)
    for place, before in made:
        assert listing(place) <= before


@pytest.fixture
def cells_of() -> Callable[[Path], list[list[str]]]:
    """Cells of a text file, row by row."""

    def read(path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    return read


@pytest.fixture
def write_cells() -> Callable[[Path, list[list[str]]], None]:
    """Write the cells of a text file."""

    def write(path: Path, rows: list[list[str]]) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    return write
