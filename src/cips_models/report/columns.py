"""Widths of columns in Word and LaTeX: numbers stay whole, words share what is left.

For PDF ``tables.typ`` does it more finely, in the language of Typst, which can measure letters.
"""

from collections.abc import Sequence
from typing import Final

from cips_models.report.document import Table

#: Letters of a head beyond which it breaks between words.
_HEAD: Final = 8

#: Letters between two columns, and one in reserve for wide ones.
_BETWEEN: Final = 3.6


def widths(table: Table, line: float, between: float = _BETWEEN) -> tuple[float, ...]:
    """Widths of the columns in letters, with what stands between them.

    Parameters
    ----------
    table : Table
    line : float
        Letters of a line of text.
    between : float
        Letters between two columns.

    Returns
    -------
    tuple of float
        As wide as the contents where that fits into a line, and then no wider.  Else columns of
        words are cut to one width, but to none less than their longest word.
    """
    columns = list(zip(table.head, *table.rows, strict=True))
    heads = [1.25 * max(min(len(head), _HEAD), _word(head)) for head in table.head]  # bold
    natural = [
        max(head, *map(len, cells)) for head, (_, *cells) in zip(heads, columns, strict=True)
    ]
    least = [
        max(head, *map(_word, cells)) if place < table.words else natural[place]
        for place, (head, (_, *cells)) in enumerate(zip(heads, columns, strict=True))
    ]
    room = line - between * len(columns)
    if sum(natural) > room:
        natural = _cut(natural, least, room)
    return tuple(width + between for width in natural)


def _word(text: str) -> int:
    """Letters of the longest word."""
    return max(map(len, text.split()), default=1)


def _cut(natural: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Widths of which none is above a common one, where its least allows that."""

    def cut(level: float) -> list[float]:
        return [max(low, min(width, level)) for width, low in zip(natural, least, strict=True)]

    low, high = 0.0, room
    for _halving in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if sum(cut(middle)) > room else (middle, high)
    found = cut(low)
    return [width * min(1.0, room / sum(found)) for width in found]
