"""Words of answer scales in the five languages of the CIPS guidelines, and their order."""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain

#: Letters that Arabic writers use for one another, after accents are taken off.
_ARABIC = str.maketrans({"ٱ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ء": "", "ـ": ""})
#: Endings for the other gender: satisfait(e), satisfecho/a, satisfait·e.
_ENDING = re.compile(r"(?<=\w{3})(?:\((?:e|ne|a|o|as|es)\)|[/·](?:e|ne|a|o|as|es)\b)")


@dataclass(frozen=True)
class Order:
    """Answers put in order.

    Attributes
    ----------
    scale : str
        Which scale they are of: "agreement", "frequency", "satisfaction", "quality",
        "likelihood", "extent" or "yes_no".
    positions : tuple of int
        Positions of the labels, from the least to the most favourable answer to a
        positively worded item.
    languages : frozenset of str
        Codes of the languages in which every label was known.
    """

    scale: str
    positions: tuple[int, ...]
    languages: frozenset[str]


def plain(label: str) -> str:
    """Text by which labels are compared.

    Without case, accents, Arabic vowel signs, hamza and tatweel, punctuation, digits, and
    endings for gender in brackets; apostrophes join the words that they divide.
    """
    text = _ENDING.sub("", unicodedata.normalize("NFC", label))
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf"))
    text = re.sub(r"['’‘ʼ`´]", "", text.translate(_ARABIC))
    return " ".join(re.sub(r"[^\w\s]|[\d_]", " ", text).split())


def no_answer(label: str) -> str | None:
    """Say why an answer is none: "dont_know", "refused" or "not_asked"; None if it is one."""
    return _words()[1].get(plain(label))


def in_order(labels: Sequence[str]) -> Order | None:
    """Put the labels of one question in order.

    Parameters
    ----------
    labels : sequence of str
        Two or more, in any of the languages, without those that are no answer.

    Returns
    -------
    Order or None
        None unless every label is known, as a step of its own of one and the same scale:
        an order is right or is not given.
    """
    texts = [plain(label) for label in labels]
    orders = []
    for scale, steps in _words()[0].items():
        known = [steps[text] for text in texts if text in steps]
        position = {step: k for k, (step, _) in enumerate(known)}
        if len(position) == len(known) == len(texts) >= 2:
            positions = tuple(position[step] for step in sorted(position))
            languages = frozenset.intersection(*(languages for _, languages in known))
            orders.append(Order(scale, positions, languages))
    agreed = {order.positions for order in orders}
    return orders[0] if len(agreed) == 1 else None


def unknown(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels that are no words of any scale."""
    steps = _words()[0].values()
    return tuple(label for label in labels if not any(plain(label) in words for words in steps))


type _Steps = Mapping[str, tuple[int, frozenset[str]]]  # step and languages by plain word


@cache
def _words() -> tuple[Mapping[str, _Steps], Mapping[str, str]]:
    """Steps of each scale, and reasons for no answer, by plain word."""
    text = files(__package__).joinpath("answer_words.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    reasons = {
        plain(word): reason
        for reason, by_language in data.pop("no_answer").items()
        for word in chain(*by_language.values())
    }
    scales = {}
    for scale, steps in data.items():
        languages = defaultdict(set)
        step_of = {}
        for step, by_language in enumerate(steps):
            for language, words in by_language.items():
                for word in map(plain, words):
                    languages[word].add(language)
                    step_of[word] = step
        scales[scale] = {word: (step, frozenset(languages[word])) for word, step in step_of.items()}
    return scales, reasons
