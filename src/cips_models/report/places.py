"""Places that a sentence names: found by their labels, which may hold commas themselves."""

import re
from collections.abc import Iterable, Sequence

from cips_models.numerals import bare


def named_in(text: str, labels: Sequence[str]) -> list[str]:
    """Labels that stand in a text as a whole, one after the other; the longest first.

    Parameters
    ----------
    text : str
    labels : sequence of str
        Of which one may be a part of another: "Guinea", "Guinea, Equatorial".
    """
    known = {bare(label): label for label in labels}
    if not known:
        return []
    found = re.findall(rf"(?<!\w)(?:{_one_of(known)})(?!\w)", bare(text))
    return [known[label] for label in found]


def of_place(text: str, place: str, others: Sequence[str], parts: Sequence[str]) -> str | None:
    """What of a list of places is about one of them; None where all of it is about others.

    Parameters
    ----------
    text : str
        Places ("Narnia, Oz") or parts of them ("Narnia / Automation, Oz / Automation"), or none.
    place : str
    others : sequence of str
        The other places.
    parts : sequence of str
        Labels that a place may have behind a slash.
    """
    if not named_in(text, others):
        return text
    known, ends = _one_of([place, *others]), _one_of(parts)
    items = re.finditer(rf"(?<!\w)(?P<place>{known})(?: / (?:{ends}))*(?!\w)", text)
    return ", ".join(item[0] for item in items if item["place"] == place) or None


def _one_of(labels: Iterable[str]) -> str:
    """Pattern of any of some labels, the longest first: one may begin another."""
    return "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
