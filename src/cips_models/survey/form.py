"""XLSForm: the questions of a form as ODK, KoboToolbox and others have it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cips_models.errors import Problem
from cips_models.survey.answer_words import plain
from cips_models.survey.cells import at
from cips_models.survey.document import did_you_mean, quoted
from cips_models.survey.questions import Question
from cips_models.survey.workbook import read_sheet

_LABEL = re.compile(r"label(?:\s*::?\s*(?P<language>.+))?", re.IGNORECASE)
_CODE = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*$")
_LANGUAGES = {
    **dict.fromkeys(("english", "anglais", "ingles"), "en"),
    **dict.fromkeys(("french", "francais", "frances"), "fr"),
    **dict.fromkeys(("arabic", "arabe", plain("العربية")), "ar"),
    **dict.fromkeys(("portuguese", "portugues", "portugais"), "pt"),
    **dict.fromkeys(("spanish", "espanol", "castellano", "espagnol"), "es"),
}


@dataclass(frozen=True)
class Form:
    """What a form asks.

    Attributes
    ----------
    title : str
    questions : tuple of Question
        Those with one answer of a list (select_one), in the order of the form.
    relevant : mapping of str to str
        Condition under which a question is asked, by its id, as the form has it.
    others : mapping of str to tuple of str
        Names of everything else that makes a column, by its type ("integer").
    repeated : tuple of str
        Questions asked several times of a respondent, which are left out.
    """

    title: str
    questions: tuple[Question, ...]
    relevant: Mapping[str, str]
    others: Mapping[str, tuple[str, ...]]
    repeated: tuple[str, ...]


@dataclass(frozen=True)
class _Group:
    heading: str
    repeated: bool
    relevant: str


def is_form(sheets: Iterable[str]) -> bool:
    """Say whether a workbook with these sheets is an XLSForm."""
    return {"survey", "choices"} <= {sheet.strip().lower() for sheet in sheets}


def read_form(path: Path, sheets: Iterable[str], problems: list[Problem]) -> Form | None:
    """Read an XLSForm.

    Parameters
    ----------
    path : Path
    sheets : iterable of str
        Sheets that hold anything; "survey" and "choices" among them.
    problems : list of Problem
        Collector; added are columns that are missing, lists of choices that are not there,
        and choices that a list holds twice.

    Returns
    -------
    Form or None
    """
    tables = {}
    for name in sheets:
        kind = name.strip().lower()
        if kind in ("survey", "choices", "settings"):
            table = read_sheet(path, name, problems)
            if table is not None:
                tables[kind] = table.apply(lambda column: column.str.strip())
    if problems or "survey" not in tables or "choices" not in tables:
        return None
    settings = tables.get("settings", pd.DataFrame())
    default = _setting(settings, "default_language")
    language = _language(default) if default else ""
    lists = _lists(tables["choices"], language, f"{path.name}, sheet choices", problems)
    where = f"{path.name}, sheet survey"
    missing = [name for name in ("type", "name") if name not in tables["survey"]]
    if missing:
        found = f"no column {quoted(missing)}"
        problems.append(Problem(f"{where}, header", found, 'columns "type" and "name"'))
    if problems:
        return None
    title = _setting(settings, "form_title") or path.name.split(".")[0]
    return _questions(tables["survey"], lists, language, title, where, problems)


def _setting(settings: pd.DataFrame, name: str) -> str:
    return str(settings[name].iloc[0]) if name in settings and len(settings) else ""


def _language(written: str) -> str:
    """Code of a language that a form writes as "English (en)", "English" or "en"."""
    code = _CODE.search(written)
    return code[1].lower() if code else _LANGUAGES.get(plain(written), written.strip())


def _labels(table: pd.DataFrame, language: str) -> dict[str, str]:
    """Columns with labels, by language; that of a bare ``label`` is the form's own."""
    columns = {}
    for name in table:
        match = _LABEL.fullmatch(name)
        if match:
            columns[_language(match["language"]) if match["language"] else language] = name
    return columns


def _texts(row: "pd.Series[str]", columns: Mapping[str, str]) -> dict[str, str]:
    return {language: row[name] for language, name in columns.items() if row[name]}


def _lists(
    choices: pd.DataFrame, language: str, where: str, problems: list[Problem]
) -> dict[str, dict[str, dict[str, str]]]:
    """Labels by language of each choice of each list."""
    list_column = "list_name" if "list_name" in choices else "list name"
    # "value" is an old name for the same column.
    code_column = "name" if "name" in choices else "value"
    if list_column not in choices or code_column not in choices:
        found = f"columns {quoted(choices.columns)}"
        problems.append(Problem(f"{where}, header", found, 'columns "list_name" and "name"'))
        return {}
    columns = _labels(choices, language)
    lists: dict[str, dict[str, dict[str, str]]] = {}
    for number, row in choices.iterrows():
        name, code = row[list_column], row[code_column]
        if not name:
            continue
        if not code or code in lists.setdefault(name, {}):
            found = f'"{code}" twice in list "{name}"' if code else f'a blank in list "{name}"'
            problems.append(Problem(at(where, [int(number)], code_column), found, "each code once"))
        lists[name][code] = _texts(row, columns)
    return lists


def _questions(
    survey: pd.DataFrame,
    lists: Mapping[str, Mapping[str, Mapping[str, str]]],
    language: str,
    title: str,
    where: str,
    problems: list[Problem],
) -> Form:
    columns = _labels(survey, language)
    questions: list[Question] = []
    relevant: dict[str, str] = {}
    others: dict[str, tuple[str, ...]] = {}
    repeated: list[str] = []
    within: list[_Group] = []  # groups that are open
    for number, row in survey.iterrows():
        kind, _, choices = " ".join(row["type"].split()).partition(" ")
        kind, choices = _modern(kind.lower(), choices)
        texts = _texts(row, columns)
        if not kind or row.get("disabled", "").lower() in ("yes", "true", "true()"):
            continue
        if kind in ("begin_group", "begin_repeat"):
            heading = next(iter(texts.values()), row["name"])
            within.append(_Group(heading, kind == "begin_repeat", row.get("relevant", "")))
        elif kind in ("end_group", "end_repeat"):
            del within[-1:]
        elif any(group.repeated for group in within):
            repeated.append(row["name"])
        elif kind == "select_one":
            name, other = choices.removesuffix(" or_other"), choices.endswith(" or_other")
            if name not in lists:
                hint = did_you_mean(name, lists)
                expected = f"a list of the sheet choices: {quoted(lists)}"
                place = at(where, [int(number)], "type")
                problems.append(Problem(place, f'list "{name}"', expected, hint))
                continue
            offered = {**lists[name], **({"other": {}} if other else {})}
            if row["name"] in (question.id for question in questions):
                place = at(where, [int(number)], "name")
                hint = "Rename one of them; a column of the responses belongs to one question."
                problems.append(
                    Problem(place, f'"{row["name"]}" once more', "each name once", hint)
                )
            section = within[-1].heading if within else ""
            questions.append(Question(row["name"], offered, (), texts, section))
            conditions = [group.relevant for group in within] + [row.get("relevant", "")]
            if any(conditions):
                relevant[row["name"]] = " and ".join(filter(None, conditions))
        elif kind != "note":
            others[kind] = (*others.get(kind, ()), row["name"] or kind)
    return Form(title, tuple(questions), relevant, others, tuple(repeated))


def _modern(kind: str, rest: str) -> tuple[str, str]:
    """Older spellings of a type: "begin group", "select one from yes_no"."""
    first, _, more = rest.partition(" ")
    if kind in ("begin", "end", "select") and first:
        kind, rest = f"{kind}_{first.lower()}", more
    kind = {"select1": "select_one", "add_select": "select_one"}.get(kind, kind)
    return kind, rest.removeprefix("from ") if kind == "select_one" else rest
