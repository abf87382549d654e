"""A survey without one of its countries."""

import hashlib
from dataclasses import replace

import numpy as np

from cips_models.errors import Problem, SurveyError
from cips_models.names import COUNTRY
from cips_models.survey.survey import Survey


def without(survey: Survey, country: str) -> Survey:
    """The survey as it were if a country had not taken part.

    Raises
    ------
    SurveyError
        There is no such country, or no other.
    """
    others = tuple(name for name in survey.countries if name != country)
    if len(others) != len(survey.countries) - 1 or not others:
        raise SurveyError(
            [
                Problem(
                    f"{survey.name}, countries",
                    f"no country {country!r} that could be left out",
                    f"one of {', '.join(survey.countries)}, and another that stays",
                )
            ]
        )
    kept = (survey.respondents[COUNTRY] != country).to_numpy()
    people = survey.respondents[kept]
    people = people.assign(**{COUNTRY: people[COUNTRY].cat.remove_categories([country])})
    tables = {
        name: table.sel({COUNTRY: list(others)})
        for name in ("supported", "support_start", "support_intensity")
        if (table := getattr(survey, name)) is not None
    }
    composition = survey.composition
    if composition is not None:
        composition = replace(
            composition,
            stratum=composition.stratum[kept],
            respondents=composition.respondents.sel({COUNTRY: list(others)}),
            standard=composition.standard.sel({COUNTRY: list(others)}),
        )
    mark = hashlib.sha256(f"{survey.fingerprint} without {country}".encode()).hexdigest()
    rows = np.flatnonzero(kept)
    return replace(
        survey,
        countries=others,
        respondents=people,
        answers=survey.answers[rows],
        reasons=survey.reasons[rows],
        composition=composition,
        fingerprint=mark,
        **tables,
    )
