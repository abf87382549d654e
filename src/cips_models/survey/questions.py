"""Questions with printed answers, as labelled files and forms hold them, and their scales."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cips_models.survey.answer_words import Order, in_order, no_answer, unknown
from cips_models.survey.codebook import Scale
from cips_models.survey.codebook_file import equal_points
from cips_models.survey.document import quoted
from cips_models.survey.guessing import MOST_LEVELS, is_number, silence_of, upper_half

_REASONS = {"dont_know": "don't know", "refused": "refused", "not_asked": "not asked"}
#: What a scale is called whose words are not known.
_NAMELESS = "answers"


@dataclass(frozen=True)
class Question:
    """A question and the answers that were offered.

    Attributes
    ----------
    id : str
        Column of the responses.
    choices : mapping of str to mapping of str to str
        For each code, in the order of the file, its label by language ("" where the file
        does not say which); empty where a code has no label.
    missing : tuple of str
        Codes that the file declares missing.
    wording : mapping of str to str
        The question by language.
    section : str
        Heading of the group of questions that it stands in.
    """

    id: str
    choices: Mapping[str, Mapping[str, str]]
    missing: tuple[str, ...] = ()
    wording: Mapping[str, str] = field(default_factory=dict)
    section: str = ""


@dataclass(frozen=True)
class DraftedScale:
    """A guess at the scale of a question.

    Attributes
    ----------
    scale : Scale
    order : Order or None
        How the labels were put in order; None where they are in the order of the codes.
    check : str
        What is to be checked, one line or more.
    """

    scale: Scale
    order: Order | None
    check: str

    @property
    def is_scale(self) -> bool:
        """Whether it is likely to be one: known words, or three levels and not too many."""
        return self.order is not None or 3 <= len(self.scale.levels) <= MOST_LEVELS


def draft_scales(questions: Iterable[Question]) -> dict[str, DraftedScale]:
    """Guess the scale of every question that has two answers or more, by its id.

    Scales that are the same share a name: the kind of their words ("agreement"), numbered
    where it is taken.
    """
    names: dict[Scale, str] = {}
    drafted = {}
    for question in questions:
        draft = _draft(question)
        if len(draft.scale.levels) < 2:
            continue
        if draft.scale not in names:
            taken = [scale for scale in names if scale.name == draft.scale.name]
            number = f"_{len(taken) + 1}" if taken else ""
            names[draft.scale] = draft.scale.name + number
        named = replace(draft.scale, name=names[draft.scale])
        drafted[question.id] = replace(draft, scale=named)
    return drafted


def likely_language(drafted: Iterable[DraftedScale]) -> str:
    """Language of most scales; "und" (undetermined) where none is known."""
    found = Counter(
        language
        for draft in drafted
        if draft.order is not None
        for language in sorted(draft.order.languages)
    )
    return found.most_common(1)[0][0] if found else "und"


def with_reasons(scale: Scale, reasons: Mapping[str, str]) -> Scale:
    """Return a scale with the reasons why codes are no answer, besides those that it has."""
    known = {code: reason for reason in _REASONS for code in getattr(scale, reason)}
    every = {**known, **reasons}
    return replace(
        scale,
        dont_know=tuple(code for code, reason in every.items() if reason == "dont_know"),
        refused=tuple(code for code, reason in every.items() if reason == "refused"),
        not_asked=tuple(code for code, reason in every.items() if reason == "not_asked"),
    )


def _draft(question: Question) -> DraftedScale:
    reasons = {code: reason for code in question.choices if (reason := _reason(question, code))}
    doubtful = _doubtful(question, reasons)
    levels = [c for c in question.choices if c not in reasons and c not in doubtful]
    labels, order = _ordered(question, levels)
    if order is not None:
        levels = [levels[k] for k in order.positions]
        labels = [labels[k] for k in order.positions]
    # A guess that is said to be one; wrong or right, these codes are no level.
    silent = {code: reasons.get(code) or silence_of(code) for code in (*reasons, *doubtful)}
    bare = Scale(
        name=order.scale if order is not None else _NAMELESS,
        levels=tuple(levels),
        labels=tuple(labels),
        positive=upper_half(len(levels)),
        points=equal_points(len(levels)),
    )
    scale = with_reasons(bare, {c: silent[c] for c in question.choices if c in silent})
    check = _check(question, scale, order, reasons, doubtful)
    return DraftedScale(scale, order, check)


def _reason(question: Question, code: str) -> str | None:
    """Why a code is no answer, by its words in any language."""
    found = (no_answer(label) for label in question.choices[code].values())
    return next((reason for reason in found if reason is not None), None)


def _doubtful(question: Question, reasons: Mapping[str, str]) -> tuple[str, ...]:
    """Codes that are no levels although no word says so.

    They are declared missing, or have no label and lie outside those that have one.
    """
    rest = [code for code in question.choices if code not in reasons]
    missing = [code for code in rest if code in question.missing]
    rest = [code for code in rest if code not in missing]
    labelled = [code for code in rest if question.choices[code]]
    if labelled and all(map(is_number, rest)):
        low, high = min(map(float, labelled)), max(map(float, labelled))
        missing += [code for code in rest if not low <= float(code) <= high]
    return tuple(missing)


def _ordered(question: Question, levels: Sequence[str]) -> tuple[list[str], Order | None]:
    """Labels of the levels in the first language that has them all, and their order.

    Languages that disagree give no order.
    """
    languages = dict.fromkeys(lang for code in levels for lang in question.choices[code])
    complete = [
        [question.choices[code][language] for code in levels]
        for language in languages
        if all(question.choices[code].get(language) for code in levels)
    ]
    orders = [order for labels in complete if (order := in_order(labels)) is not None]
    agreed = len({order.positions for order in orders}) == 1
    if complete:
        return complete[0], orders[0] if agreed else None
    return [next(iter(question.choices[code].values()), code) for code in levels], None


def _check(
    question: Question,
    scale: Scale,
    order: Order | None,
    reasons: Mapping[str, str],
    doubtful: Sequence[str],
) -> str:
    """Say what was guessed about a scale."""
    if order is not None:
        lines = [
            f"check: the words were read as {order.scale.replace('_', ' or ')}, and the levels put "
            "in order from the",
            "least to the most favourable answer to a positively worded item; give an item",
            "`reversed = true` where agreement is unfavourable.",
        ]
    else:
        strange = unknown(scale.labels)
        why = f"{quoted(strange, 4)} unknown" if strange else "words that cannot be ranked"
        lines = [
            f"check: {why}, so the levels are in the order of the codes, which may be wrong.",
            "Put the least favourable answer first; an item whose answers have no order is none:",
            "move it to `background` of the study file.",
        ]
    lines.append("check: which levels are positive.")
    for code, reason in reasons.items():
        word = next(iter(question.choices[code].values()))
        lines.append(f'check: "{code}", "{word}", was taken for {_REASONS[reason]}.')
    if doubtful:
        lines.append(
            f"check: {quoted(doubtful)} outside the levels: don't know, refused or not asked?"
        )
    return "\n".join(" ".join(line.split()) for line in lines)
