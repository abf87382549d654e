"""A tiny survey that has no problem, to be broken in one place by each test."""

import csv
import io
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path

import pandas as pd
import pytest

import cips_models as cips
from cips_models.errors import Problem, SurveyError
from cips_models.survey.survey import Survey

STUDY = """\
format = 1
name = "Tiny"

[files]
responses = "responses.csv"
codebook = "codebook.toml"
support = "support.csv"

[columns]
background = ["rank"]
ignore = ["remark"]

[groups]
labels = { "CO" = "officials", "PS" = "private sector" }
exclude = ["trainee"]

[waves]
labels = { "1" = "2021", "2" = "2023" }

[disclosure]
threshold = 0
"""

CODEBOOK = """\
format = 1
factors = ["Transparency", "Morale, culture"]

[scales.agreement]
levels = ["1", "2", "3", "4"]
labels = ["Strongly disagree", "Disagree", "Agree", "Strongly agree"]
positive = ["3", "4"]
dont_know = ["9"]
refused = ["8"]
not_asked = ["-1"]

[scales.degree]
levels = ["0", "1", "2"]
positive = ["2"]
points = [0, 0.25, 1]

[[items]]
id = "T1"
factor = "Transparency"
scale = "agreement"

[[items]]
id = "T2"
factor = "Transparency"
scale = "agreement"
groups = ["officials"]
reversed = true

[[items]]
id = "M1"
factor = "Morale, culture"
scale = "degree"
text = { en = "How good is morale?", fr = "Comment est le moral ?" }
"""

SUPPORT = """\
country,factor,supported
Bénin,Transparency,1
Bénin,"Morale, culture",0
تونس,Transparency,0
تونس,"Morale, culture",1
São Tomé,Transparency,1
São Tomé,"Morale, culture",0
"""

COUNTRIES = ("Bénin", "São Tomé", "تونس")


def responses() -> pd.DataFrame:
    """Two people in each country x group x wave; row k of the frame is row k + 2 of the file."""
    agreement, degree = cycle(["1", "2", "3", "4", "9"]), cycle(["0", "1", "2"])
    rows = [
        {
            "respondent": f"r{number}",
            "country": country,
            "group": group,
            "wave": wave,
            "rank": "chief",
            "remark": "",
            "T1": next(agreement),
            "T2": next(agreement) if group == "CO" else "",
            "M1": next(degree),
        }
        for number, (country, group, wave, _) in enumerate(
            product(COUNTRIES, ("CO", "PS"), "12", "ab")
        )
    ]
    return pd.DataFrame(rows, dtype=object)


@dataclass
class TinySurvey:
    """Files of a survey as text and table, written when they are read."""

    folder: Path
    study: str = STUDY
    codebook: str = CODEBOOK
    support: str = SUPPORT
    delimiter: str = ","
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        self.responses = responses()

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that must be there in one of the TOML files or the support table."""
        text = getattr(self, file)
        assert old in text
        setattr(self, file, text.replace(old, new, 1))

    def write(self) -> Path:
        table = io.StringIO()
        writer = csv.writer(table, delimiter=self.delimiter)
        writer.writerows([self.responses.columns, *self.responses.to_numpy()])
        for name, text in {
            "study.toml": self.study,
            "codebook.toml": self.codebook,
            "support.csv": self.support.replace(",", self.delimiter),
            "responses.csv": table.getvalue(),
        }.items():
            form = "utf-8" if name.endswith(".toml") else self.encoding
            (self.folder / name).write_bytes(text.encode(form))
        return self.folder / "study.toml"

    def read(self) -> Survey:
        return cips.read(self.write())

    def problems(self) -> tuple[Problem, ...]:
        with pytest.raises(SurveyError) as caught:
            self.read()
        return caught.value.problems

    def problem(self) -> Problem:
        """Return the one problem that there must be."""
        (problem,) = self.problems()
        return problem


@pytest.fixture
def tiny(tmp_path: Path) -> TinySurvey:
    return TinySurvey(tmp_path)
