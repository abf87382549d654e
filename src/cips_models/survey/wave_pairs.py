"""Which waves are compared with which."""

from collections.abc import Sequence
from itertools import pairwise

from cips_models.errors import IdentificationError


def pairs_of_waves(waves: Sequence[str]) -> list[tuple[str, str]]:
    """The first and the last wave, then each and the next; none of one wave."""
    pairs = dict.fromkeys([(waves[0], waves[-1]), *pairwise(waves)])
    return [pair for pair in pairs if pair[0] != pair[1]]


def positions(waves: Sequence[str], start: str | None, end: str | None) -> tuple[int, int]:
    """Positions of two waves; where one is not said it is the first or the last of all.

    Raises
    ------
    IdentificationError
        No such wave, or the wrong order.
    """
    first = waves[0] if start is None else start
    last = waves[-1] if end is None else end
    for wave in (first, last):
        if wave not in waves:
            raise IdentificationError(
                f"Change from {first!r} to {last!r}: found waves {', '.join(waves)}; "
                f"expected {wave!r} among them"
            )
    found = waves.index(first), waves.index(last)
    if found[0] >= found[1]:
        raise IdentificationError(
            f"Change from {first!r} to {last!r}: expected a later wave to compare with; "
            f"the survey has {', '.join(waves)}"
        )
    return found


def named_waves(
    waves: Sequence[str], start: str | None, end: str | None
) -> list[tuple[str, str]] | None:
    """The only pair of waves that is wanted; None where nobody named one.

    Raises
    ------
    IdentificationError
        No such wave, or the wrong order.
    """
    if start is None and end is None:
        return None
    first, last = positions(waves, start, end)
    return [(waves[first], waves[last])]
