"""Write a simulated survey as the files that any survey has."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cips_models.names import COUNTRY, FACTOR, GROUP, RESPONDENT, WAVE
from cips_models.survey.codebook_file import write_codebook
from cips_models.survey.simulation.draw import SimulatedSurvey
from cips_models.survey.simulation.questionnaire import BACKGROUND, GROUPS, country_names, waves
from cips_models.survey.study import Study
from cips_models.survey.study_file import write_study


def write_survey(
    survey: SimulatedSurvey,
    study: Study,
    folder: Path,
    rng: np.random.Generator,
    *,
    background: Mapping[str, NDArray[np.str_]] | None = None,
) -> Path:
    """Write codebook, responses, support and study file.

    Parameters
    ----------
    survey : SimulatedSurvey
    study : Study
        Names the files.
    folder : Path
        An existing one.
    rng : numpy.random.Generator
        Of the order of rows, and of background without effect.
    background : mapping of str to (respondent,) array, optional
        Columns ``gender`` or ``rank`` that are known, in the order of the survey's roster.

    Returns
    -------
    Path
        Of the study file.
    """
    write_codebook(survey.codebook, folder / study.files.codebook)
    # A fixed time stamp: the same seed gives the same bytes.
    _responses(survey, rng, background or {}).to_csv(
        folder / study.files.responses,
        index=False,
        lineterminator="\n",
        compression={"method": "gzip", "compresslevel": 6, "mtime": 0},
    )
    _support(survey).to_csv(folder / str(study.files.support), index=False, lineterminator="\n")
    return write_study(study, folder / "study.toml")


def _responses(
    survey: SimulatedSurvey, rng: np.random.Generator, known: Mapping[str, NDArray[np.str_]]
) -> pd.DataFrame:
    """One row a respondent, in an order that tells nothing, with the codes of the codebook."""
    roster = survey.roster
    rows = rng.permutation(len(roster.country))
    width = len(str(len(rows)))
    frame = pd.DataFrame(
        {
            RESPONDENT: [f"R{number:0{width}d}" for number in range(1, len(rows) + 1)],
            COUNTRY: np.array(country_names(len(survey.supported)))[roster.country[rows]],
            GROUP: np.array(list(GROUPS))[roster.group[rows]],
            WAVE: np.array(list(waves(roster.sizes.shape[2])))[roster.wave[rows]],
            **_background(survey, rows, rng),
            **{name: values[rows] for name, values in known.items()},
        }
    )
    columns = {}
    for j, item in enumerate(survey.codebook.items):
        # Positions 0..K-1 count from the left; BLANK (-1) and DONT_KNOW (-2) from the right.
        codes = [*item.codes, *item.scale.dont_know, ""]
        columns[item.id] = np.array(codes)[survey.answers[rows, j]]
    return pd.concat([frame, pd.DataFrame(columns)], axis=1)


def _background(
    survey: SimulatedSurvey, rows: NDArray[np.int64], rng: np.random.Generator
) -> dict[str, NDArray[np.str_]]:
    """Draw gender and rank, which have no effect on the answers."""
    group = survey.roster.group[rows]
    columns = {}
    for column in ("gender", "rank"):
        options = [BACKGROUND[label][column] for label in GROUPS.values()]
        drawn = [rng.choice(list(o), size=len(rows), p=list(o.values())) for o in options]
        columns[column] = np.where(group == 0, *drawn)
    return columns


def _support(survey: SimulatedSurvey) -> pd.DataFrame:
    countries, factors = country_names(len(survey.supported)), survey.codebook.factors
    index = pd.MultiIndex.from_product([countries, factors], names=[COUNTRY, FACTOR])
    supported = survey.in_force.any(axis=2).ravel().astype(int)
    table = pd.DataFrame({"supported": supported}, index=index)
    if survey.start is not None:
        labels = np.array([*waves(survey.roster.sizes.shape[2]).values(), ""])
        table["start"] = labels[survey.start.ravel()]
    return table.reset_index()
