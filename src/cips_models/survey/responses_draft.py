"""A draft from a responses file: names, values, and labels where the file has them."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from cips_models.errors import Problem, SurveyError
from cips_models.survey.answer_words import no_answer
from cips_models.survey.codebook import Item, Scale
from cips_models.survey.document import quoted
from cips_models.survey.draft import LABEL_CHECKS, Draft, codebook_draft, prefixes
from cips_models.survey.guessing import (
    MOST_CODES,
    are_answers,
    guess_roles,
    guess_scales,
    is_background,
    is_number,
    silence_of,
)
from cips_models.survey.labelled_file import LabelledFile, read_labelled
from cips_models.survey.questions import DraftedScale, Question, draft_scales, likely_language
from cips_models.survey.recoding import normalised
from cips_models.survey.study import Columns, CsvFormat, Files, Labelling, Sheets, Study
from cips_models.survey.table_file import is_typed, read_table
from cips_models.survey.text_file import guess_delimiter, guess_encoding, read_bytes

_MOST_CATEGORIES = 20  # distinct values of a background column


def draft_responses(path: Path, folder: Path, sheets: Sequence[str] = ()) -> Draft:
    """Draft from a responses file.

    Parameters
    ----------
    path : Path
    folder : Path
        Where the study file will stand.
    sheets : sequence of str
        Sheets of an Excel file that hold anything; the first is taken.

    Raises
    ------
    SurveyError
        If the data cannot be read, or no column looks like an item.
    """
    form = _guess_form(path)
    sheet = sheets[0] if len(sheets) > 1 else None
    words = _read(path, form, sheet)
    table = words.table
    roles = guess_roles(table)
    free = [str(name) for name in table if name not in roles.values()]
    questions = _questions(table, free, words)
    drafted = draft_scales(questions)
    drafted = {name: draft for name, draft in drafted.items() if _is_item(name, draft, words)}
    scales = {name: draft.scale for name, draft in drafted.items()}
    asked_in_words = {question.id for question in questions}
    bare = [name for name in free if name not in asked_in_words and not is_background(name)]
    scales |= _bare_scales(table, bare, words)
    if not scales:
        expected = "columns of whole-number codes, such as 1 to 5 and 9, or of words known to it"
        hint = "Write a codebook by hand."
        raise SurveyError([Problem(path.name, "no column that looks like an item", expected, hint)])
    scales = {name: scales[name] for name in free if name in scales}
    rest = [name for name in free if name not in scales]
    background = [name for name in rest if table[name].nunique() <= _MOST_CATEGORIES]
    labellings = {
        role: _labelling(table, roles.get(role, role), words)
        for role in ("country", "group", "wave")
    }
    country = roles.get("country", "country")
    study = Study(
        name=path.name.split(".")[0],
        groups=labellings["group"],
        waves=labellings["wave"],
        countries=labellings["country"] if country in words.labels else Labelling(),
        files=Files(os.path.relpath(path, folder)),
        sheets=Sheets(responses=sheet),
        csv=_with_decimal(form, table[roles["weight"]] if "weight" in roles else None),
        columns=Columns(
            **{role: roles.get(role, role) for role in ("respondent", "country", "group", "wave")},
            weight=roles.get("weight"),
            background=tuple(background),
            ignore=tuple(name for name in rest if name not in background),
        ),
    )
    prefix = prefixes(scales)
    factors = {stem: f"Factor {k}" for k, stem in enumerate(dict.fromkeys(prefix.values()), 1)}
    language = likely_language(drafted.values())
    items = [
        Item(
            name,
            factors[prefix[name]],
            scale,
            _asked(table, name, study, scale),
            text={language: words.wordings[name]} if name in words.wordings else {},
        )
        for name, scale in scales.items()
    ]
    checks = {scale.name: _bare_check(scale) for scale in scales.values()}
    checks |= {draft.scale.name: draft.check for draft in drafted.values()}
    if words.wordings:
        checks["factors"] = f'check: the wordings were taken to be in "{language}".'
    common = {factor: f'columns "{stem}..."' for stem, factor in factors.items()}
    book, codebook_checks = codebook_draft(items, common, checks)
    return Draft(study, book, _study_checks(study, roles, sheets), codebook_checks)


def _read(path: Path, form: CsvFormat, sheet: str | None) -> LabelledFile:
    """Read the table, its codes in their normal form; without labels where it has none."""
    problems: list[Problem] = []
    words = None
    if path.name.lower().endswith((".sav", ".dta")):
        words = read_labelled(path, problems)
    else:
        table = read_table(path, form, problems, sheet)
        words = None if table is None else LabelledFile(table, {}, {}, {})
    if words is None or problems:
        raise SurveyError(problems)
    return LabelledFile(words.table.apply(normalised), words.wordings, words.labels, words.missing)


def _guess_form(path: Path) -> CsvFormat:
    """Guess encoding and delimiter; the decimal mark follows from a weight, if there is one."""
    if is_typed(path.name) or not path.is_file():
        return CsvFormat()
    raw = read_bytes(path, [])
    if not raw:
        return CsvFormat()
    encoding = guess_encoding(raw)
    header = raw.decode(encoding, errors="replace").partition("\n")[0]
    return CsvFormat(delimiter=guess_delimiter(header), encoding=encoding)


def _with_decimal(form: CsvFormat, weight: pd.Series | None) -> CsvFormat:
    comma = weight is not None and weight.str.fullmatch(r"\d*,\d+").any()
    return CsvFormat(form.delimiter, "," if comma else ".", form.encoding)


def _questions(table: pd.DataFrame, free: Sequence[str], words: LabelledFile) -> list[Question]:
    """Columns whose answers have words: labels of the file, or words instead of codes."""
    questions = []
    spoken: dict[str, list[str]] = {}
    for name in free:
        labels, missing = words.labels.get(name, {}), words.missing.get(name, ())
        values = [value for value in table[name].unique() if value]
        if not labels.keys() <= _silent(name, words).keys():
            codes = dict.fromkeys([*labels, *values])
            if all(map(is_number, codes)):
                codes = dict.fromkeys(sorted(codes, key=float))
            choices = {code: {"": labels[code]} if code in labels else {} for code in codes}
            questions.append(Question(name, choices, missing))
        elif len(values) <= MOST_CODES and are_answers(values):
            spoken[name] = sorted(values)
    for name, values in _shared(spoken).items():
        questions.append(Question(name, {value: {"": value} for value in values}))
    return questions


def _silent(name: str, words: LabelledFile) -> dict[str, str]:
    """Why codes of a column are no answer: by their words, else because the file says so."""
    labels = words.labels.get(name, {})
    by_words = {code: reason for code, label in labels.items() if (reason := no_answer(label))}
    declared = {code: silence_of(code) for code in words.missing.get(name, ())}
    return declared | by_words


def _bare_scales(
    table: pd.DataFrame, names: Sequence[str], words: LabelledFile
) -> dict[str, Scale]:
    """Scales of columns whose levels have no words, by their codes."""
    silent = {name: _silent(name, words) for name in names}
    codes = {name: table[name].where(~table[name].isin(list(silent[name])), "") for name in names}
    guessed = guess_scales(codes)
    reasons: dict[str, dict[str, str]] = {}
    for name, scale in guessed.items():
        reasons.setdefault(scale.name, {}).update(silent[name])
    return {name: _with_silent(scale, reasons[scale.name]) for name, scale in guessed.items()}


def _with_silent(scale: Scale, reasons: Mapping[str, str]) -> Scale:
    """Add codes that are no answer to a scale; a level of another question stays one."""
    codes = {
        reason: list(getattr(scale, reason)) for reason in ("dont_know", "refused", "not_asked")
    }
    guessed = {code for of in codes.values() for code in of}
    for code, reason in reasons.items():
        if code in scale.levels:
            continue
        for of in codes.values():
            if code in guessed and code in of:
                of.remove(code)
        codes[reason].append(code)
    return replace(scale, **{reason: tuple(of) for reason, of in codes.items()})


def _shared(spoken: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Words that were offered by each question, known also from other questions.

    A question belongs to the largest set of levels that holds its own, so that a level
    which nobody chose in it is still known.
    """
    levels = {name: frozenset(v for v in of if no_answer(v) is None) for name, of in spoken.items()}
    sets = sorted(set(levels.values()), key=lambda of: (-len(of), sorted(of)))
    best = {name: next(of for of in sets if own <= of) for name, own in levels.items()}
    silent: dict[frozenset[str], set[str]] = {of: set() for of in sets}
    for name, of in best.items():
        silent[of] |= set(spoken[name]) - levels[name]
    return {name: [*sorted(of), *sorted(silent[of])] for name, of in best.items()}


def _is_item(name: str, draft: DraftedScale, words: LabelledFile) -> bool:
    """Words of a scale make an item; other answers only where nothing says background."""
    if draft.order is not None:
        return draft.order.scale != "yes_no" or not is_background(name)
    trait = is_background(name) or is_background(words.wordings.get(name, ""))
    return draft.is_scale and not trait


def _labelling(table: pd.DataFrame, column: str, words: LabelledFile) -> Labelling:
    labels = words.labels.get(column, {})
    return Labelling({value: labels.get(value) or value for value in _values(table, column)})


def _values(table: pd.DataFrame, column: str) -> tuple[str, ...]:
    """Sorted values of a column, numbers by size; empty where there is no such column."""
    values = [value for value in table.get(column, pd.Series(dtype=object)).unique() if value]
    if all(re.fullmatch(r"-?\d+", value) for value in values):
        return tuple(sorted(values, key=int))
    return tuple(sorted(values))


def _asked(table: pd.DataFrame, item: str, study: Study, scale: Scale) -> tuple[str, ...]:
    group = study.columns.group
    if group not in table:
        return study.groups.names
    answering = set(table[group][table[item].isin(scale.levels)].map(study.groups.labels))
    return tuple(name for name in study.groups.names if name in answering)


def _study_checks(study: Study, roles: Mapping[str, str], sheets: Sequence[str]) -> dict[str, str]:
    guessed = "check: the roles were guessed from names and values."
    for role in ("respondent", "country", "group", "wave"):
        if role not in roles:
            guessed += f"\ncheck: no column looks like the {role}; name it here."
    if study.columns.ignore:
        guessed += "\ncheck: columns with many different values are in `ignore`."
    checks = {"columns": guessed, **LABEL_CHECKS}
    if not is_typed(study.files.responses):
        checks["csv"] = "check: delimiter, decimal mark and encoding were guessed."
    if study.sheets.responses is not None:
        checks["sheets"] = f"check: the first of the sheets {quoted(sheets)} was taken."
    if study.countries.labels:
        checks["countries"] = "check: raw value = label, as the file has them."
    return checks


def _bare_check(scale: Scale) -> str:
    """What is to be checked of a scale that was guessed from codes alone."""
    text = "check: levels run from the least to the most favourable answer to a positively"
    text += "\nworded item; give an item `reversed = true` where agreement is unfavourable."
    text += "\ncheck: which levels are positive, and add labels = [...] for readers."
    if scale.dont_know or scale.refused or scale.not_asked:
        codes = quoted((*scale.dont_know, *scale.refused, *scale.not_asked))
        text += f"\ncheck: {codes} outside the levels: don't know, refused or not asked?"
    return text
