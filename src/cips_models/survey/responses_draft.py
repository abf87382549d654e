"""A draft from a responses file: names, values, and labels where the file has them."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from cips_models.errors import Problem, SurveyError
from cips_models.survey.codebook import Item, Scale
from cips_models.survey.column_scales import guess_column_scales
from cips_models.survey.document import normal_code, quoted
from cips_models.survey.draft import LABEL_CHECKS, Draft, codebook_draft, prefixes
from cips_models.survey.guessing import guess_roles, named_for
from cips_models.survey.labelled_file import LabelledFile, read_labelled
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
    guessed = guess_column_scales(free, words)
    scales = guessed.scales
    if not scales:
        expected = "columns of whole-number codes, such as 1 to 5 and 9, or of words of a scale"
        hint = "Write a codebook by hand."
        raise SurveyError([Problem(path.name, "no column that looks like an item", expected, hint)])
    study = _study(path, folder, words, roles, [name for name in free if name not in scales])
    study = replace(
        study,
        sheets=Sheets(responses=sheet),
        csv=_with_decimal(form, table[roles["weight"]] if "weight" in roles else None),
    )
    prefix = prefixes(scales)
    factors = {stem: f"Factor {k}" for k, stem in enumerate(dict.fromkeys(prefix.values()), 1)}
    items = [
        Item(
            name,
            factors[prefix[name]],
            scale,
            _asked(table, name, study, scale),
            text={guessed.language: words.wordings[name]} if name in words.wordings else {},
        )
        for name, scale in scales.items()
    ]
    checks = dict(guessed.checks)
    if words.wordings:
        checks["factors"] = f'check: the wordings were taken to be in "{guessed.language}".'
    common = {factor: f'columns "{stem}..."' for stem, factor in factors.items()}
    book, codebook_checks = codebook_draft(items, common, checks)
    study_checks = _study_checks(study, roles, sheets)
    repeated = [] if "respondent" in roles else named_for("respondent", free)
    if repeated:
        study_checks["columns"] += (
            f'\ncheck: "{repeated[0]}" names several rows; if a row is an answer, add'
            ' item = "..." and answer = "...".'
        )
    return Draft(study, book, study_checks, codebook_checks)


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
    return LabelledFile(
        table=words.table.apply(normalised),
        wordings=words.wordings,
        labels={
            name: {normal_code(code): label for code, label in of.items()}
            for name, of in words.labels.items()
        },
        missing={name: tuple(map(normal_code, of)) for name, of in words.missing.items()},
    )


def _study(
    path: Path, folder: Path, words: LabelledFile, roles: Mapping[str, str], rest: Sequence[str]
) -> Study:
    """Return what is known of the study; ``rest`` are columns with neither role nor item."""
    table = words.table
    named = {role: roles.get(role, role) for role in ("respondent", "country", "group", "wave")}
    country = named["country"]
    background = tuple(name for name in rest if table[name].nunique() <= _MOST_CATEGORIES)
    return Study(
        name=path.name.split(".")[0],
        groups=_labelling(table, named["group"], words),
        waves=_labelling(table, named["wave"], words),
        countries=_labelling(table, country, words) if country in words.labels else Labelling(),
        files=Files(os.path.relpath(path, folder)),
        columns=Columns(
            **named,
            weight=roles.get("weight"),
            background=background,
            ignore=tuple(name for name in rest if name not in background),
        ),
    )


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
