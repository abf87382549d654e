"""Draft a study file and a codebook from a responses file, for a person to check."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cips_models.errors import OutputError, Problem, SurveyError
from cips_models.survey.codebook import Codebook, Item, Scale
from cips_models.survey.codebook_file import write_codebook
from cips_models.survey.document import quoted
from cips_models.survey.guessing import guess_roles, guess_scales, is_background
from cips_models.survey.recoding import normalised
from cips_models.survey.study import Columns, CsvFormat, Files, Labelling, Study
from cips_models.survey.study_file import write_study
from cips_models.survey.table_file import is_typed, read_table
from cips_models.survey.text_file import guess_delimiter, guess_encoding, read_bytes

_MOST_CATEGORIES = 20  # distinct values of a background column


@dataclass(frozen=True)
class Draft:
    """A guess at a study and its codebook.

    Attributes
    ----------
    study : Study
    codebook : Codebook
    study_checks, codebook_checks : mapping of str to str
        Comments that tell the reader what to check, by the place where they stand.
    """

    study: Study
    codebook: Codebook
    study_checks: Mapping[str, str]
    codebook_checks: Mapping[str, str]


def write_draft(data: str | Path, directory: str | Path) -> tuple[Path, Path]:
    """Draft ``study.toml`` and ``codebook.toml`` in a folder, which is made if need be.

    Returns
    -------
    study, codebook : Path

    Raises
    ------
    OutputError
        If one of the two files exists, or cannot be written.
    SurveyError
        If the data cannot be read, or no column looks like an item.
    """
    folder = Path(directory)
    paths = folder / "study.toml", folder / "codebook.toml"
    existing = [str(path) for path in paths if path.exists()]
    if existing:
        raise OutputError(f"{quoted(existing)} exists already: choose another folder, or move it.")
    drafted = draft(data, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_study(drafted.study, paths[0], drafted.study_checks)
        write_codebook(drafted.codebook, paths[1], drafted.codebook_checks)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}.") from error
    return paths


def draft(data: str | Path, directory: str | Path | None = None) -> Draft:
    """Guess roles of columns, answer scales and factors from names and values.

    Parameters
    ----------
    data : str or Path
        Responses, .csv, .csv.gz or .parquet.
    directory : str or Path, optional
        Where the study file will stand; default the folder of the data.

    Raises
    ------
    SurveyError
        If the data cannot be read, or no column looks like an item.
    """
    path = Path(data)
    problems: list[Problem] = []
    form = _guess_form(path)
    table = read_table(path, form, problems)
    if table is None:
        raise SurveyError(problems)
    table = table.apply(normalised)
    roles = guess_roles(table)
    free = [str(name) for name in table if name not in roles.values()]
    scales = guess_scales({name: table[name] for name in free if not is_background(name)})
    if not scales:
        expected = "columns of whole-number codes, such as 1 to 5 and 9"
        hint = "Write a codebook by hand, or recode words to numbers."
        raise SurveyError([Problem(path.name, "no column that looks like an item", expected, hint)])
    group, wave = (roles.get(role, role) for role in ("group", "wave"))
    groups = _values(table, group)
    rest = [name for name in free if name not in scales]
    background = [name for name in rest if table[name].nunique() <= _MOST_CATEGORIES]
    study = Study(
        name=path.name.split(".")[0],
        groups=Labelling({value: value for value in groups}),
        waves=Labelling({value: value for value in _values(table, wave)}),
        files=Files(os.path.relpath(path, directory or path.parent)),
        csv=_with_decimal(form, table[roles["weight"]] if "weight" in roles else None),
        columns=Columns(
            **{role: roles.get(role, role) for role in ("respondent", "country", "group", "wave")},
            weight=roles.get("weight"),
            background=tuple(background),
            ignore=tuple(name for name in rest if name not in background),
        ),
    )
    prefixes = _prefixes(scales)
    factors = {
        prefix: f"Factor {k}" for k, prefix in enumerate(dict.fromkeys(prefixes.values()), 1)
    }
    items = tuple(
        Item(name, factors[prefixes[name]], scale, _asked(table, name, group, groups, scale))
        for name, scale in scales.items()
    )
    book = Codebook(tuple(factors.values()), items)
    return Draft(study, book, _study_checks(study, roles), _codebook_checks(book, factors))


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


def _values(table: pd.DataFrame, column: str) -> tuple[str, ...]:
    """Sorted values of a column, numbers by size; empty where there is no such column."""
    values = [value for value in table.get(column, pd.Series(dtype=object)).unique() if value]
    if all(re.fullmatch(r"-?\d+", value) for value in values):
        return tuple(sorted(values, key=int))
    return tuple(sorted(values))


def _prefixes(names: Iterable[str]) -> dict[str, str]:
    """Return what items have in common: trust_courts "trust", O01a and O01b "O01", Q7 "Q"."""
    stems = {
        name: re.sub(r"(?<=\d)[a-zA-Z]$", "", re.split(r"[\s_.\-:]", name, maxsplit=1)[0])
        for name in names
    }
    shared = Counter(stems.values())
    return {
        name: stem if shared[stem] > 1 else re.sub(r"\d+$", "", stem) or name
        for name, stem in stems.items()
    }


def _asked(
    table: pd.DataFrame, item: str, group: str, groups: tuple[str, ...], scale: Scale
) -> tuple[str, ...]:
    if group not in table:
        return groups
    answering = set(table[group][table[item].isin(scale.levels)])
    return tuple(name for name in groups if name in answering)


def _study_checks(study: Study, roles: Mapping[str, str]) -> dict[str, str]:
    guessed = "check: the roles were guessed from names and values."
    for role in ("respondent", "country", "group", "wave"):
        if role not in roles:
            guessed += f"\ncheck: no column looks like the {role}; name it here."
    if study.columns.ignore:
        guessed += "\ncheck: columns with many different values are in `ignore`."
    return {
        "csv": "check: delimiter, decimal mark and encoding were guessed.",
        "columns": guessed,
        "groups": "check: raw value = label; write labels for readers, in the order to show them."
        "\ncheck: move values to leave out to exclude = [...].",
        "waves": "check: raw value = label, in the order of time."
        '\ncheck: add times = { "label" = 2021.0 } where labels are not years.',
    }


def _codebook_checks(book: Codebook, factors: Mapping[str, str]) -> dict[str, str]:
    names = "\n".join(
        f'check: "{name}" = columns "{prefix}..."' for prefix, name in factors.items()
    )
    checks = {"factors": f"check: rename the factors, and move items between them.\n{names}"}
    for scale in {item.scale.name: item.scale for item in book.items}.values():
        text = "check: levels run from the least to the most favourable answer to a positively"
        text += "\nworded item; give an item `reversed = true` where agreement is unfavourable."
        text += "\ncheck: which levels are positive, and add labels = [...] for readers."
        if scale.dont_know or scale.not_asked:
            codes = quoted((*scale.dont_know, *scale.not_asked))
            text += f"\ncheck: {codes} outside the levels: don't know, refused or not asked?"
        checks[scale.name] = text
    return checks
