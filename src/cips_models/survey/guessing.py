"""Guesses, from names and values, at what the columns of a responses file are."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import groupby

import pandas as pd

from cips_models.survey.answer_words import no_answer, unknown
from cips_models.survey.codebook import Scale
from cips_models.survey.codebook_file import equal_points

#: Words, without accents, by which the columns of a role are known (en, fr, pt, es).
_ROLE_WORDS: Mapping[str, tuple[str, ...]] = {
    "respondent": ("respondent", "id", "uuid", "caseid", "repondant", "identifiant"),
    "country": ("country", "pays", "pais", "nation", "administration"),
    "wave": ("wave", "round", "iteration", "year", "vague", "annee", "ano", "onda", "ronda"),
    "group": ("group", "groupe", "grupo", "type", "sample", "questionnaire"),
    "weight": ("weight", "weights", "wt", "poids", "ponderation", "peso"),
}
_BACKGROUND_WORDS = frozenset(
    (
        *("gender", "sex", "sexe", "sexo", "genero", "age", "rank", "grade", "grado"),
        *("region", "province", "office", "bureau", "sector", "secteur", "mode", "date"),
        *("language", "langue", "education", "experience", "years"),
    )
)

MOST_CODES = 14  # distinct codes of an answer scale, with those that are no answer
MOST_LEVELS = 11  # 0 to 10


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return [word for word in re.split(r"[^a-z]+", plain) if word]


def is_number(code: str) -> bool:
    """Say whether a code is a number."""
    return re.fullmatch(r"[-+]?\d+(\.\d+)?", code) is not None


def upper_half(n_levels: int) -> tuple[bool, ...]:
    """Levels that a draft takes for positive: those above the middle."""
    return tuple(2 * k >= n_levels for k in range(n_levels))


def silence_of(code: str) -> str:
    """Guess why a code outside the levels is no answer, where no word says so."""
    return "not_asked" if code.startswith("-") else "dont_know"


def is_background(name: str) -> bool:
    """Say whether a name is that of a trait of a person, such as gender or rank."""
    return not _BACKGROUND_WORDS.isdisjoint(_words(name))


def named_for(role: str, names: Iterable[str]) -> list[str]:
    """Columns whose name is that of a role, the likeliest first."""
    known = _ROLE_WORDS[role]
    names = list(names)
    # The whole name first: "group" is meant before "respondent_group".
    whole = [name for name in names if "".join(_words(name)) in known]
    part = [name for name in names if not set(known).isdisjoint(_words(name))]
    return list(dict.fromkeys([*whole, *part]))


def guess_roles(table: pd.DataFrame) -> dict[str, str]:
    """Column of each role: by its name, else (respondent, group) by its values."""
    roles: dict[str, str] = {}

    def free() -> Iterable[str]:
        return (str(name) for name in table if name not in roles.values())

    for role in _ROLE_WORDS:
        named = named_for(role, free())
        if role == "respondent":
            named += list(free())
            named = [name for name in named if table[name].is_unique and (table[name] != "").all()]
        if named:
            roles[role] = named[0]
    if "group" not in roles:
        texts = [name for name in free() if not is_background(name) and not _codes(table[name])]
        few = [
            name
            for name in texts
            if 2 <= table[name].nunique() <= 4 and not are_answers(table[name].unique())
        ]
        roles |= {"group": few[0]} if few else {}
    return roles


def are_answers(values: Iterable[str]) -> bool:
    """Say whether most of the values of a column are words of an answer scale."""
    levels = [value for value in values if value and no_answer(value) is None]
    return 2 <= len(levels) <= MOST_LEVELS and 2 * len(unknown(levels)) < len(levels)


def _codes(column: pd.Series) -> frozenset[int]:
    """Codes of a column if all are whole numbers and few, else nothing."""
    values = [value for value in column.unique() if value]
    if len(values) > MOST_CODES or not all(re.fullmatch(r"-?\d{1,4}", v) for v in values):
        return frozenset()
    return frozenset(map(int, values))


def _levels(codes: frozenset[int]) -> tuple[int, ...]:
    """Return the longest run of consecutive codes: those outside are likely no answers.

    Negative codes are levels only on a scale that is symmetric about 0.
    """
    run_of: list[tuple[int, ...]] = [()]
    candidates = sorted(codes if -min(codes) == max(codes) else (c for c in codes if c >= 0))
    for _, run in groupby(enumerate(candidates), lambda pair: pair[1] - pair[0]):
        run_of.append(tuple(code for _, code in run))
    return max(run_of, key=len)


def guess_scales(columns: Mapping[str, pd.Series]) -> dict[str, Scale]:
    """Scale of each column that looks like an item.

    Levels are the longest runs of codes found in any column.  A column belongs to the run
    that holds most of its codes, so that a level nobody chose in one question is still
    known from the others; its codes outside the run are no answers.
    """
    codes = {name: found for name, column in columns.items() if (found := _codes(column))}
    runs = {run for found in codes.values() if 3 <= len(run := _levels(found)) <= MOST_LEVELS}
    runs = {run for run in runs if not any(set(run) < set(other) for other in runs)}
    run_of: dict[str, tuple[int, ...]] = {}
    for name, found in codes.items():
        best = max(sorted(runs), key=lambda run: len(found & set(run)), default=())
        if len(found & set(best)) >= 3:
            run_of[name] = best
    scales = {}
    for number, run in enumerate(sorted(set(run_of.values())), start=1):
        outside = {code for name, of in run_of.items() if of == run for code in codes[name]}
        scales[run] = _draft_scale(f"scale_{number}", run, outside - set(run))
    return {name: scales[run] for name, run in run_of.items()}


def _draft_scale(name: str, levels: tuple[int, ...], outside: Iterable[int]) -> Scale:
    codes = tuple(map(str, levels))
    silent = [str(code) for code in sorted(outside)]
    return Scale(
        name=name,
        levels=codes,
        labels=codes,
        positive=upper_half(len(levels)),
        points=equal_points(len(levels)),
        dont_know=tuple(code for code in silent if silence_of(code) == "dont_know"),
        not_asked=tuple(code for code in silent if silence_of(code) == "not_asked"),
    )
