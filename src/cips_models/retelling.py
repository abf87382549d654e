"""Sentences that result files hold, in the reader's language.

A results folder is data, and the sentences in it (what an effect is an effect of, what cannot be
said and why) are in English.  Each was made from messages, so it can be read back: the message
that it is an instance of is found again, with what stands in its places, and told in the
language.  What is no instance of a message, a text of the user's own, stays as it is.
"""

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cips_models.numerals import NUMBER, alike, isolated, local
from cips_models.terms import named
from cips_models.wording import (
    SOURCE_LANGUAGE,
    _,
    catalogue_file,
    language,
    messages,
    ngettext,
)

#: Letters that a message must have of its own to be recognised: in a text, and within one.
_ENOUGH: Final = 7
_ENOUGH_WITHIN: Final = 5

#: Where one message may end and another begin.
_JOINT: Final = re.compile(r"(?<=[.)?])( )|( )(?=\()|(; )|(: )|(, )")

#: Between the labels of a list or of a cell.
_BETWEEN_LABELS: Final = re.compile(r"(, | / |; | \(|\))")


@dataclass(frozen=True)
class _Pattern:
    """A message with places, as what its instances look like."""

    ids: tuple[str, ...]
    text: re.Pattern[str]
    letters: int

    def told(self, found: re.Match[str]) -> str:
        places = {name: _within(value) for name, value in found.groupdict().items()}
        if len(self.ids) == 1:
            return _(self.ids[0]).format(**places)
        counted = found.groupdict().get("n")
        n = 1 if counted is None else alike(re.sub(r"\s", "", counted))
        return ngettext(self.ids[0], self.ids[1], n).format(**{"n": str(n), **places})


def told(text: str, *, least: int = _ENOUGH) -> str:
    """A stored English text in the current language.

    Parameters
    ----------
    text : str
        Instances of messages, one after the other; labels and numbers stand in their places.
    least : int
        Letters that a message must have of its own to be recognised.
    """
    if language() == SOURCE_LANGUAGE or not text:
        return text
    fixed, _patterns = _messages(str(catalogue_file(language())))
    return _(text) if text in fixed else _told(text, str(catalogue_file(language())), least)


@lru_cache(maxsize=4096)
def _told(text: str, catalogue: str, letters: int) -> str:
    """By whole messages, else by long ones that it begins or ends with; ``catalogue`` is a key."""
    if NUMBER.fullmatch(text):
        return local(text)
    if (whole := _instance(text, letters)) is not None:
        return whole
    joints = list(_JOINT.finditer(text))
    for joint in reversed(joints):
        if (begun := _instance(text[: joint.start()], letters)) is not None:
            return begun + _between(joint[0]) + _told(text[joint.end() :], catalogue, letters)
    for joint in joints:
        if (ended := _instance(text[joint.end() :], letters)) is not None:
            return _told(text[: joint.start()], catalogue, letters) + _between(joint[0]) + ended
    if (first := re.search(r"(?<=[.)]) ", text)) is not None:
        return f"{text[: first.start()]} {_told(text[first.end() :], catalogue, letters)}"
    return _labels(text)


def _between(mark: str) -> str:
    return _(mark) if mark in (", ", "; ") else mark


def _within(value: str) -> str:
    """What stands in a place of a message: a number, a label or several, or a message."""
    return _told(value, str(catalogue_file(language())), _ENOUGH_WITHIN)


def _labels(text: str) -> str:
    """Labels by their names in the language, parted as they were."""
    if (whole := named(text)) != text:
        return isolated(whole)
    parts = _BETWEEN_LABELS.split(text)
    return "".join(_label(part) if k % 2 == 0 else _between(part) for k, part in enumerate(parts))


def _label(text: str) -> str:
    waves = re.fullmatch(r"(\S+) to (\S+)", text)
    if waves is not None:
        return _("{first} to {last}").format(first=waves[1], last=waves[2])
    return isolated(named(text))


def _instance(text: str, letters: int) -> str | None:
    """The text by the one message it is an instance of; None where it is of none."""
    fixed, patterns = _messages(str(catalogue_file(language())))
    if text in fixed and " " in text:  # one word may be a label of the user's
        return _(text)
    for pattern in patterns:
        if pattern.letters < letters:
            return None
        if (found := pattern.text.fullmatch(text)) is not None:
            return pattern.told(found)
    return None


@lru_cache(maxsize=16)
def _messages(catalogue: str) -> tuple[frozenset[str], tuple[_Pattern, ...]]:
    """Messages without a place, and the others: the more they say themselves, the earlier."""
    fixed, patterns = set(), []
    for message in messages(catalogue_file(language())):
        if not message.id or message.context:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        for form in ids:
            if "{" in form:
                patterns.append(_pattern(ids, form))
            elif len(ids) == 1:
                fixed.add(form)
            else:
                patterns.append(_pattern(ids, form))
    patterns.sort(key=lambda each: -each.letters)
    return frozenset(fixed), tuple(patterns)


def _pattern(ids: Sequence[str], form: str) -> _Pattern:
    own = "".join(text for text, *_rest in string.Formatter().parse(form))
    letters = sum(letter.isalpha() for letter in own)
    return _Pattern(tuple(ids), re.compile("".join(_pieces(form)), re.DOTALL), letters)


def _pieces(form: str) -> Iterator[str]:
    seen: set[str] = set()
    for text, name, _spec, _conversion in string.Formatter().parse(form):
        yield re.escape(text)
        if name is not None:
            # No place spans the end of a sentence.
            among = r"\d[\d\s.]*?" if name == "n" else r"(?:(?!\. [A-Z]).)+?"
            yield f"(?P={name})" if name in seen else f"(?P<{name}>{among})"
            seen.add(name)
