"""Counts of full answer patterns: respondents with the same answers as one row.

The same posterior comes of them as of the respondents, because it is the same answers of the
same cells.  They are still microdata, without names: nearly every pattern is somebody's alone.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from cips_models.errors import Problem, SurveyError
from cips_models.files import new_files
from cips_models.names import RESPONDENT
from cips_models.survey.recoding import Int8Array, numbers
from cips_models.survey.respondents import Respondents
from cips_models.survey.study import Study
from cips_models.survey.study_file import load_study, write_study
from cips_models.survey.table_file import read_table

#: Column of the counts in a file written here.
COUNT = "respondents"

#: Respondents that a table of counts may stand for: its size is no bound.
_MOST_RESPONDENTS = 10_000_000


def with_identities(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The rows of a table of counts, each with an id, which such a file need not have."""
    column = study.columns.respondent
    if study.columns.count is None or column in table:
        return table
    return table.assign(**{column: [f"row {row}" for row in table.index]})


def repeated(
    respondents: Respondents,
    answers: Int8Array,
    reasons: Int8Array,
    study: Study,
    source: str,
    problems: list[Problem],
) -> tuple[Respondents, Int8Array, Int8Array]:
    """Every row as many times as it counts, ids numbered; as it is where the study has no count.

    Parameters
    ----------
    respondents : Respondents
    answers, reasons : int8 arrays, shape (rows, items)
    study : Study
    source : str
        Name of the responses file, for messages.
    problems : list of Problem
        Collector; counts that are no whole numbers above zero are added.
    """
    column = study.columns.count
    if column is None or column not in respondents.table:
        return respondents, answers, reasons
    text = respondents.table[column].str.strip()
    expected, before = "a whole number, 1 or more", len(problems)
    times = numbers(text, study.csv.decimal, source, problems, expected=expected)
    broken = times[(times < 1) | (times % 1 != 0)]
    for value in pd.unique(text[broken.index]):
        rows = text.index[text == value]
        where = f"{source}, row {rows[0]}, column {column}"
        problems.append(Problem(where, f'"{value}"', expected, "Leave patterns of nobody out."))
    if len(problems) > before:
        return respondents, answers, reasons
    if times.sum() > _MOST_RESPONDENTS:
        found = f"{times.sum():,.0f} respondents"
        expected = f"{_MOST_RESPONDENTS:,} at the most"
        problems.append(Problem(f"{source}, column {column}", found, expected))
        return respondents, answers, reasons
    count = times.to_numpy().astype(int)
    at = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + 1
    described = respondents.described.iloc[at]
    names = [f"{name}.{k}" for name, k in zip(described.index, number, strict=True)]
    described = described.set_axis(pd.Index(names, dtype=str, name=RESPONDENT))
    return replace(respondents, described=described), answers[at], reasons[at]


def compress(study: str | Path, directory: str | Path) -> Path:
    """Write a study whose responses are counts of full answer patterns.

    Parameters
    ----------
    study : path
        Of a study with one row a respondent.
    directory : path
        Where to write ``study.toml`` and ``patterns.csv``; the codebook and the other tables
        stay where they are.

    Returns
    -------
    Path
        Of the new study file.

    Raises
    ------
    SurveyError
        The study or its responses cannot be read, or its rows are no respondents.
    OutputError
        The folder cannot be written; then neither file is.
    """
    known = load_study(study)
    problems: list[Problem] = []
    path = known.folder / known.files.responses
    table = read_table(path, known.csv, problems, known.sheets.responses)
    columns = known.columns
    if columns.item is not None or columns.count is not None:
        found = "rows that are answers, or counts already"
        problems.append(Problem(path.name, found, "one row a respondent", ""))
    if table is None or problems:
        raise SurveyError(problems)
    kept = [name for name in table if name not in {columns.respondent, *columns.ignore}]
    counted = table.groupby(kept, sort=False, dropna=False).size().rename(COUNT).reset_index()
    elsewhere = {
        name: str((known.folder / file).resolve())
        for name in ("codebook", "support", "population")
        if (file := getattr(known.files, name)) is not None
    }
    compressed = replace(
        known,
        files=replace(known.files, responses="patterns.csv", **elsewhere),
        columns=replace(columns, count=COUNT, ignore=()),
    )
    folder, form = Path(directory), known.csv
    paths = folder / "study.toml", folder / "patterns.csv"
    with new_files(paths) as (draft, patterns):
        counted.to_csv(patterns, index=False, sep=form.delimiter, encoding=form.encoding)
        write_study(compressed, draft)
    return paths[0]
