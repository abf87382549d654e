"""A draft from an XLSForm, which has all the words and no responses."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from cips_models.errors import Problem, SurveyError
from cips_models.survey.codebook import Item
from cips_models.survey.document import quoted
from cips_models.survey.draft import LABEL_CHECKS, Draft, codebook_draft
from cips_models.survey.form import Form, read_form
from cips_models.survey.guessing import is_background, named_for
from cips_models.survey.questions import DraftedScale, Question, draft_scales, likely_language
from cips_models.survey.study import Columns, Files, Labelling, Study

_NO_SECTION = "Questions outside groups"
#: Placeholder for the table that the form does not hold.
_RESPONSES = "responses.csv"
_RESPONDENT = "_uuid"


def draft_form(path: Path, sheets: Iterable[str]) -> Draft:
    """Draft from an XLSForm.

    Its select_one questions become items, its groups factors, its lists of choices scales;
    the study file gets placeholders for what only responses can tell.

    Raises
    ------
    SurveyError
        If the form cannot be read, or asks no question with an answer of a list.
    """
    problems: list[Problem] = []
    form = read_form(path, sheets, problems)
    if form is None or problems:
        raise SurveyError(problems)
    roles = _roles(form.questions)
    drafted = draft_scales(q for q in form.questions if q not in roles.values())
    items = [q for q in form.questions if q.id in drafted and _is_item(q, drafted[q.id])]
    if not items:
        found = "no select_one question that looks like an item"
        hint = "Write a codebook by hand."
        expected = "questions with an answer of a list"
        raise SurveyError([Problem(f"{path.name}, sheet survey", found, expected, hint)])
    background = [q.id for q in form.questions if q not in items and q not in roles.values()]
    study = _study(form, roles, background)
    language = likely_language(drafted.values())
    drafted = draft_scales(items)  # once more, so that scales of other questions take no name
    factors = {q.section or _NO_SECTION: _common(q.section) for q in items}
    checks = {drafted[q.id].scale.name: drafted[q.id].check for q in items}
    checks |= {
        name: f"check: asked only where {condition}; add groups = [...] if that is a group."
        for name, condition in form.relevant.items()
    }
    checks["factors"] = _left_out(form)
    book, codebook_checks = codebook_draft(
        [
            Item(
                question.id,
                question.section or _NO_SECTION,
                drafted[question.id].scale,
                study.groups.names,
                text={tag or language: text for tag, text in question.wording.items()},
            )
            for question in items
        ],
        factors,
        checks,
    )
    return Draft(study, book, _study_checks(roles), codebook_checks)


def _roles(questions: Iterable[Question]) -> dict[str, Question]:
    """Questions that name the country, group or wave, by their ids."""
    by_id = {question.id: question for question in questions}
    drafted = draft_scales(by_id.values())
    free = [name for name in by_id if name not in drafted or drafted[name].order is None]
    roles: dict[str, Question] = {}
    for role in ("country", "group", "wave"):
        named = named_for(role, [name for name in free if by_id[name] not in roles.values()])
        if named:
            roles[role] = by_id[named[0]]
    return roles


def _is_item(question: Question, draft: DraftedScale) -> bool:
    return draft.order is not None or (draft.is_scale and not is_background(question.id))


def _common(section: str) -> str:
    return f'group "{section}" of the form' if section else "what no group of the form holds"


def _labelling(question: Question | None) -> Labelling:
    if question is None:
        return Labelling()
    labels = {code: next(iter(texts.values()), code) for code, texts in question.choices.items()}
    return Labelling(labels)


def _study(form: Form, roles: Mapping[str, Question], background: Iterable[str]) -> Study:
    ids = {role: question.id for role, question in roles.items()}
    return Study(
        name=form.title,
        groups=_labelling(roles.get("group")),
        waves=_labelling(roles.get("wave")),
        countries=_labelling(roles.get("country")),
        files=Files(_RESPONSES),
        columns=Columns(
            respondent=_RESPONDENT,
            **{role: ids.get(role, role) for role in ("country", "group", "wave")},
            background=tuple(background),
            ignore=tuple(name for names in form.others.values() for name in names),
        ),
    )


def _study_checks(roles: Mapping[str, Question]) -> dict[str, str]:
    columns = "check: the roles were guessed from the names of the questions."
    columns += f'\ncheck: exports of KoboToolbox have the column "{_RESPONDENT}", of ODK "KEY".'
    columns += '\ncheck: exports may put groups in front of a name ("group/name").'
    for role in ("country", "group", "wave"):
        if role not in roles:
            columns += f"\ncheck: no question looks like the {role}; name its column here."
    checks = {
        "files": "check: a form holds no responses; name the file that was exported.",
        "columns": columns,
        **LABEL_CHECKS,
    }
    for role, table in (("group", "groups"), ("wave", "waves")):
        if role not in roles:
            checks[table] += '\ncheck: add labels = { "value" = "label" }, a label for each value.'
    if "country" in roles:
        checks["countries"] = "check: remove the labels of countries without responses."
    return checks


def _left_out(form: Form) -> str:
    """Say which questions can be no items."""
    lines = [
        f"check: no items, being {kind}: {quoted(names)}."
        for kind, names in form.others.items()
        if kind == "select_multiple"
    ]
    if form.repeated:
        lines.append(f"check: left out, asked several times: {quoted(form.repeated)}.")
    return "\n".join(lines)
