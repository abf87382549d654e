"""Scales of the columns of a responses file: from labels, from words, or from codes alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cips_models.survey.answer_words import no_answer
from cips_models.survey.codebook import Scale
from cips_models.survey.codebook_file import equal_points
from cips_models.survey.document import quoted
from cips_models.survey.guessing import (
    MOST_CODES,
    are_answers,
    guess_scales,
    is_background,
    is_number,
    silence_of,
    upper_half,
)
from cips_models.survey.labelled_file import LabelledFile
from cips_models.survey.questions import (
    DraftedScale,
    Question,
    draft_scales,
    likely_language,
    with_reasons,
)


@dataclass(frozen=True)
class ColumnScales:
    """Scales of the columns that look like items.

    Attributes
    ----------
    scales : mapping of str to Scale
        By column, in the order of the file.
    checks : mapping of str to str
        What is to be checked, by the name of a scale.
    language : str
        Code of the language of the file's words; "und" where it is not known.
    """

    scales: Mapping[str, Scale]
    checks: Mapping[str, str]
    language: str


def guess_column_scales(names: Sequence[str], words: LabelledFile) -> ColumnScales:
    """Guess which columns are items, and their scales.

    Parameters
    ----------
    names : sequence of str
        Columns that have no other role.
    words : LabelledFile
        Codes in their normal form; without labels where the file has none.
    """
    questions = _questions(names, words)
    asked = {question.id for question in questions}
    first = draft_scales(questions)
    items = [q for q in questions if q.id in first and _is_item(q.id, first[q.id], words)]
    drafted = draft_scales(items)  # once more, so that scales of other columns take no name
    bare = [name for name in names if name not in asked and not is_background(name)]
    scales = {name: draft.scale for name, draft in drafted.items()} | _bare_scales(bare, words)
    checks = {scale.name: _bare_check(scale) for scale in scales.values()}
    checks |= {draft.scale.name: draft.check for draft in drafted.values()}
    return ColumnScales(
        scales={name: scales[name] for name in names if name in scales},
        checks=checks,
        language=likely_language(drafted.values()),
    )


def _questions(names: Sequence[str], words: LabelledFile) -> list[Question]:
    """Columns whose answers have words: labels of the file, or words instead of codes."""
    questions = []
    spoken: dict[str, list[str]] = {}
    for name in names:
        labels = words.labels.get(name, {})
        values = [value for value in words.table[name].unique() if value]
        if not labels.keys() <= _silent(name, words).keys():
            codes = dict.fromkeys([*labels, *values])
            if all(map(is_number, codes)):
                codes = dict.fromkeys(sorted(codes, key=float))
            choices = {code: {"": labels[code]} if code in labels else {} for code in codes}
            questions.append(Question(name, choices, words.missing.get(name, ())))
        elif len(values) <= MOST_CODES and are_answers(values):
            spoken[name] = sorted(values)
    for name, values in _shared(spoken).items():
        questions.append(Question(name, {value: {"": value} for value in values}))
    return questions


def _silent(name: str, words: LabelledFile) -> dict[str, str]:
    """Why codes of a column are no answer: by their words, else because the file says so."""
    labels = words.labels.get(name, {})
    by_words = {code: reason for code, label in labels.items() if (reason := no_answer(label))}
    return {code: silence_of(code) for code in words.missing.get(name, ())} | by_words


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


def _bare_scales(names: Sequence[str], words: LabelledFile) -> dict[str, Scale]:
    """Scales of columns whose levels have no words, by their codes."""
    table = words.table
    silent = {name: _silent(name, words) for name in names}
    codes = {name: table[name].where(~table[name].isin(list(silent[name])), "") for name in names}
    scales = {name: _without(scale, silent[name]) for name, scale in guess_scales(codes).items()}
    reasons: dict[str, dict[str, str]] = {}
    for name, scale in scales.items():
        reasons.setdefault(scale.name, {}).update(silent[name])
    return {name: with_reasons(scale, reasons[scale.name]) for name, scale in scales.items()}


def _without(scale: Scale, silent: Iterable[str]) -> Scale:
    """Return a scale without levels that are no answers in the column at hand."""
    levels = tuple(code for code in scale.levels if code not in set(silent))
    if levels == scale.levels:
        return scale
    taken = "_".join(code for code in scale.levels if code not in levels)
    return replace(
        scale,
        name=f"{scale.name}_without_{taken}",
        levels=levels,
        labels=levels,
        positive=upper_half(len(levels)),
        points=equal_points(len(levels)),
    )


def _bare_check(scale: Scale) -> str:
    """What is to be checked of a scale that was guessed from codes alone."""
    text = "check: levels run from the least to the most favourable answer to a positively"
    text += "\nworded item; give an item `reversed = true` where agreement is unfavourable."
    text += "\ncheck: which levels are positive, and add labels = [...] for readers."
    silent = (*scale.dont_know, *scale.refused, *scale.not_asked)
    if silent:
        text += f"\ncheck: {quoted(silent)} outside the levels: don't know, refused or not asked?"
    return text
