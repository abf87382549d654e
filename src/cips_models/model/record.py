"""What a fit remembers of a survey: its questionnaire and its cells, but no respondent."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from cips_models.model.layout import Layout
from cips_models.names import COUNTRY, FACTOR, GROUP, STRATUM, WAVE
from cips_models.survey.composition import Composition
from cips_models.survey.modes import mode_scale
from cips_models.survey.released import shown_sizes
from cips_models.survey.survey import NO_ANSWER, Survey


def questionnaire(survey: Survey, layout: Layout) -> xr.Dataset:
    """The questions with item parameters of their own.

    Returns
    -------
    xarray.Dataset
        Dims question, group, wave, level. ``factor`` (question): position of its factor.
        ``block`` (question): number of its block, with a scale and origin of its own.
        ``version`` (question): 1 where it is one group's version of an item.
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
    by_cell = np.logical_or.reduceat(layout.answers != NO_ANSWER, layout.cell_start[:-1])
    for group, wave, answered in zip(layout.cells[GROUP], layout.cells[WAVE], by_cell, strict=True):
        asked[:, group, wave] |= answered
    return xr.Dataset(
        {
            "factor": ("question", book.factor),
            "block": ("question", book.block),
            "version": ("question", book.version.astype(np.int8)),
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


def reference(questionnaire: xr.Dataset, waves: Sequence[str] | None = None) -> xr.DataArray:
    """Which questions make up a group's percentages and scores.

    Those that it was asked in every wave in which it was surveyed, so that a change of
    questionnaire is not read as a change of perception.

    Parameters
    ----------
    questionnaire : xarray.Dataset
        See :func:`questionnaire`.
    waves : sequence of str, optional
        Waves that are compared; default all.

    Returns
    -------
    xarray.DataArray
        bool, dims question, group.
    """
    asked = questionnaire["asked"].astype(bool)
    if waves is not None:
        asked = asked.sel({WAVE: list(waves)})
    surveyed = asked.any("question")
    return (asked | ~surveyed).all(WAVE) & asked.any(WAVE)


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
    record = questionnaire(survey, layout)
    place = [layout.cells[dim].to_numpy() for dim in (COUNTRY, GROUP, WAVE)]
    counts = reference(record).to_numpy().T[place[1]][layout.cell_of] & (given != NO_ANSWER)
    of_factor = layout.questions.factor[:, None] == np.arange(len(survey.factors))
    shape = (len(survey.countries), len(survey.factors), len(survey.groups), len(survey.waves))

    def total(values: np.ndarray) -> np.ndarray:
        """Sum (respondent, factor) values by cell; respondents are sorted by cell."""
        by_cell = np.zeros(shape)
        # A cell of the results holds several of the layout, one a stratum.
        by_place = np.moveaxis(by_cell, 1, -1)
        np.add.at(by_place, tuple(place), np.add.reduceat(values, layout.cell_start[:-1]))
        return by_cell

    def worth(name: str) -> np.ndarray:
        levels = np.where(counts, given, 0)
        value = record[name].to_numpy()[np.arange(given.shape[1]), levels]
        return total((value * counts) @ of_factor)

    answered = (counts.astype(float) @ of_factor).astype(np.int64)
    totals = {
        "respondents": total((answered > 0).astype(np.int64)),
        "answers": total(answered),
        "points": worth("points"),
        "positive": worth("positive"),
    }
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


def shown_cells(survey: Survey, layout: Layout) -> xr.Dataset:
    """Raw results of cells as a fit keeps them, which leaves the house: nobody is counted by them.

    What is computed from a fit needs sizes for weights and plans, and these need not be exact.
    It is the same for a fit in memory and for one that was read again.

    Returns
    -------
    xarray.Dataset
        ``score`` and ``percent`` as of :func:`cells`, NaN where fewer respondents answered than
        the survey's threshold: raw results of these enter nothing, so that nothing can be
        subtracted. ``respondents`` (country, group, wave): NaN where withheld. Dims country,
        factor, group, wave: ``sample``, the least of the band of respondents with an answer, and
        ``answered``, share of questions answered by these, to the next twentieth.
    """
    exact, rule = cells(survey, layout), survey.disclosure
    people = exact["respondents"]
    small = people.copy(data=rule.small(people.to_numpy()))
    items = xr.dot(
        reference(questionnaire(survey, layout)).astype(float),
        xr.DataArray(
            layout.questions.factor[:, None] == np.arange(len(survey.factors)),
            {"question": list(layout.questions.labels), FACTOR: list(survey.factors)},
            ("question", FACTOR),
        ).astype(float),
        dim="question",
    )
    share = exact["answers"] / (people * items).where(people > 0)
    return xr.Dataset(
        {
            "score": exact["score"].where(~small),
            "percent": exact["percent"].where(~small),
            "respondents": shown_sizes(survey),
            "sample": people.copy(data=rule.floor(people.to_numpy())),
            "answered": (20.0 * share).round() / 20.0,
        },
        attrs={"threshold": rule.threshold},
    ).transpose(..., COUNTRY, FACTOR, GROUP, WAVE)


def composition(found: Composition | None, *, in_model: bool = True) -> xr.Dataset:
    """What poststratification needs; empty without a composition.

    Parameters
    ----------
    found : Composition, optional
    in_model : bool
        Whether the specification has effects of strata and modes. Without them what the study
        states of the mode's effect is not heeded, unless that it has none.

    Returns
    -------
    xarray.Dataset
        ``standard`` (country, group, stratum): shares of the standard composition.
        ``shares`` (country, group, wave, stratum): of each wave's respondents, of rounded counts.
        ``mode`` (stratum): in which they answered, "" where that is not told apart.
        ``mode_scale`` (country, group, wave): see :func:`cips_models.survey.modes.mode_scale`.

    Attributes
    ----------
        ``mode_sd`` (NaN unless the study states one) and ``assumption``, what the study takes
        to be true of the mode.
    """
    if found is None:
        return xr.Dataset()
    stated = found.mode_sd is not None and (in_model or found.mode_sd == 0)
    mode = [""] * len(found.strata) if found.mode is None else list(found.strata[found.mode])
    return xr.Dataset(
        {
            "standard": found.standard,
            "shares": found.shares,
            "mode": (STRATUM, np.array(mode, dtype=object)),
            "mode_scale": mode_scale(found.respondents, np.array(mode, dtype=str)),
        },
        attrs={
            "mode_sd": found.mode_sd if stated else np.nan,
            "assumption": found.assumption if stated else "",
        },
    )
