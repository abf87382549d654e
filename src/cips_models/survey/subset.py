"""A survey as if a country had not been asked, or a factor not been asked about."""

from dataclasses import replace
from typing import Any

import numpy as np

from cips_models.errors import Problem, SurveyError
from cips_models.names import COUNTRY, FACTOR
from cips_models.survey.document import quoted
from cips_models.survey.reading import fingerprint
from cips_models.survey.survey import Survey


def without(survey: Survey, *, country: str | None = None, factor: str | None = None) -> Survey:
    """Leave a country or a factor, or one of each, out of a survey.

    Parameters
    ----------
    survey : Survey
    country, factor : str, optional
        Labels.

    Returns
    -------
    Survey
        With a fingerprint of its own.

    Raises
    ------
    SurveyError
        There is no such country or factor, or there is no other.
    """
    found = survey
    if country is not None:
        _check(country, survey.countries, COUNTRY)
        found = _without_country(found, country)
    if factor is not None:
        _check(factor, survey.factors, FACTOR)
        found = _without_factor(found, factor)
    return replace(found, fingerprint=fingerprint(found))


def _check(label: str, known: tuple[str, ...], kind: str) -> None:
    if label not in known or len(known) == 1:
        expected = f"one of several: {quoted(known, 30)}"
        raise SurveyError([Problem(f"leaving a {kind} out", f'"{label}"', expected)])


def _without_country(survey: Survey, country: str) -> Survey:
    left = tuple(name for name in survey.countries if name != country)
    kept = (survey.respondents[COUNTRY] != country).to_numpy()
    people = survey.respondents[kept]
    people = people.assign(country=people[COUNTRY].cat.remove_categories([country]))
    composition = survey.composition
    if composition is not None:
        composition = replace(
            composition,
            stratum=composition.stratum[kept],
            respondents=composition.respondents.sel({COUNTRY: list(left)}),
            standard=composition.standard.sel({COUNTRY: list(left)}),
            shares=composition.shares.sel({COUNTRY: list(left)}),
        )
    return replace(
        survey,
        countries=left,
        respondents=people,
        answers=survey.answers[kept],
        reasons=survey.reasons[kept],
        composition=composition,
        **_support(survey, {COUNTRY: list(left)}),
    )


def _without_factor(survey: Survey, factor: str) -> Survey:
    book = survey.codebook
    left = tuple(name for name in book.factors if name != factor)
    kept = np.array([item.factor != factor for item in book.items])
    items = tuple(item for item, so in zip(book.items, kept, strict=True) if so)
    return replace(
        survey,
        codebook=replace(book, factors=left, items=items),
        answers=survey.answers[:, kept],
        reasons=survey.reasons[:, kept],
        **_support(survey, {FACTOR: list(left)}),
    )


def _support(survey: Survey, left: dict[str, list[str]]) -> dict[str, Any]:
    names = ("supported", "support_start", "support_intensity")
    tables = {name: getattr(survey, name) for name in names}
    return {name: None if t is None else t.sel(left) for name, t in tables.items()}
