"""What a fit remembers of a survey: its questionnaire and its cells, but no respondent."""

import numpy as np
import xarray as xr

from cips_models.model.layout import Layout
from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE
from cips_models.survey.survey import NO_ANSWER, Survey


def questionnaire(survey: Survey, layout: Layout) -> xr.Dataset:
    """The questions with item parameters of their own.

    Returns
    -------
    xarray.Dataset
        Dims question, group, wave, level. ``factor`` (question): position of its factor.
        ``start`` (question): its first threshold. ``levels`` (question): K. ``asked``
        (question, group, wave): 1 where the group gave a substantive answer in the wave.
        ``positive`` and ``points`` (question, level): of each level, points in [0, 1];
        NaN beyond K.
    """
    book = layout.questions
    most = int(book.levels.max())
    positive = np.full((len(book.labels), most), np.nan)
    points = np.full((len(book.labels), most), np.nan)
    for j, item in enumerate(book.items):
        positive[j, : item.n_levels] = item.positive
        points[j, : item.n_levels] = item.points
    asked = np.zeros((len(book.labels), len(survey.groups), len(survey.waves)), dtype=np.int8)
    cells = layout.cells.iloc[layout.cell_of]
    for g in range(len(survey.groups)):
        for w in range(len(survey.waves)):
            rows = ((cells[GROUP] == g) & (cells[WAVE] == w)).to_numpy()
            asked[:, g, w] = (layout.answers[rows] != NO_ANSWER).any(axis=0)
    return xr.Dataset(
        {
            "factor": ("question", book.factor),
            "start": ("question", book.start[:-1]),
            "levels": ("question", book.levels),
            "asked": (("question", GROUP, WAVE), asked),
            "positive": (("question", "level"), positive),
            "points": (("question", "level"), points),
        },
        coords={
            "question": list(book.labels),
            GROUP: list(survey.groups),
            WAVE: list(survey.waves),
            "level": np.arange(1, most + 1),
        },
    )


def reference(questionnaire: xr.Dataset) -> xr.DataArray:
    """Which questions make up a group's percentages and scores.

    Those that it was asked in every wave in which it was surveyed, so that a change of
    questionnaire is not read as a change of perception.

    Parameters
    ----------
    questionnaire : xarray.Dataset
        See :func:`questionnaire`.

    Returns
    -------
    xarray.DataArray
        bool, dims question, group.
    """
    asked = questionnaire["asked"].astype(bool)
    surveyed = asked.any("question")
    return (asked | ~surveyed).all(WAVE)


def cells(survey: Survey, layout: Layout, answers: np.ndarray | None = None) -> xr.Dataset:
    """Raw results of every country x factor x group x wave cell.

    Only questions of the :func:`reference` set count.

    Parameters
    ----------
    survey, layout
    answers : (respondent, question) array, optional
        In kernel order, instead of the layout's: simulated ones, for example.

    Returns
    -------
    xarray.Dataset
        Dims country, factor, group, wave: ``respondents`` with at least one substantive
        answer, ``answers``, ``score`` (mean points over answers, 0-100) and ``percent``
        (of answers that are positive); NaN in empty cells.
    """
    given = layout.answers if answers is None else answers
    book = layout.questions
    common = reference(questionnaire(survey, layout)).to_numpy()
    cell = layout.cells.iloc[layout.cell_of]
    group = cell[GROUP].to_numpy()
    shape = (len(survey.countries), len(survey.factors), len(survey.groups), len(survey.waves))
    totals = {name: np.zeros(shape) for name in ("respondents", "answers", "points", "positive")}
    for f in range(shape[1]):
        where = (cell[COUNTRY].to_numpy(), np.full(len(cell), f), group, cell[WAVE].to_numpy())
        someone = np.zeros(len(cell), dtype=bool)
        for j in np.flatnonzero(book.factor == f):
            counts = (given[:, j] != NO_ANSWER) & common[j, group]
            someone |= counts
            at = tuple(index[counts] for index in where)
            level = given[counts, j]
            np.add.at(totals["answers"], at, 1.0)
            np.add.at(totals["points"], at, np.asarray(book.items[j].points)[level])
            np.add.at(totals["positive"], at, np.asarray(book.items[j].positive)[level])
        np.add.at(totals["respondents"], tuple(index[someone] for index in where), 1.0)
    with np.errstate(invalid="ignore"):
        score = 100.0 * totals["points"] / totals["answers"]
        percent = 100.0 * totals["positive"] / totals["answers"]
    dims = (COUNTRY, FACTOR, GROUP, WAVE)
    return xr.Dataset(
        {
            "respondents": (dims, totals["respondents"].astype(np.int64)),
            "answers": (dims, totals["answers"].astype(np.int64)),
            "score": (dims, score),
            "percent": (dims, percent),
        },
        coords={
            COUNTRY: list(survey.countries),
            FACTOR: list(survey.factors),
            GROUP: list(survey.groups),
            WAVE: list(survey.waves),
        },
    )
