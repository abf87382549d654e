"""Surveys of the full CIPS's anatomy, in any size: fewer people, or more countries."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import cips_models as cips
from cips_models.survey.survey import Survey


def full(folder: Path, seed: int = 1) -> Path:
    """Study file of the full CIPS: 17 countries twice, 19,500 respondents, 0.92 million answers."""
    study = folder / f"cips-{seed}" / "study.toml"
    return study if study.exists() else Path(cips.simulate(study.parent, scale="cips", seed=seed))


def survey_of(respondents: int) -> Survey:
    """A survey of about so many respondents.

    Below 19,500 a part of every cell of the full CIPS is left out.  Beyond, more countries are
    added, each with people of its own: 17 for every 19,500.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        studies = [full(folder, seed) for seed in range(1, 2 + (respondents - 1) // 19_500)]
        responses, support = [], []
        for number, study in enumerate(studies):
            people = pd.read_csv(study.parent / "responses.csv.gz", dtype=str)
            cells = pd.read_csv(study.parent / "support.csv", dtype=str)
            for table in (people, cells):
                table["country"] = table["country"] + f" {number}"
            people["respondent"] = people["respondent"] + f"-{number}"
            responses.append(people)
            support.append(cells)
        table = pd.concat(responses)
        share = respondents / len(table)
        order = table.groupby(["country", "group", "wave"]).cumcount()
        size = table.groupby(["country", "group", "wave"])["country"].transform("size")
        table = table[order < np.maximum(np.round(share * size), 1)]
        table.to_csv(folder / "responses.csv", index=False)
        pd.concat(support).to_csv(folder / "support.csv", index=False)
        return cips.read(
            studies[0], responses=folder / "responses.csv", support=folder / "support.csv"
        )
