"""Support maps that might have been: the observed one, permuted.

A map is an array (followed, factor) of kinds: 0 without support, k > 0 for the k-th pair of start
and intensity.  Cells that say nothing of support, because nobody followed them or because they
were under support from the start, stay as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, product
from math import comb, prod

import numpy as np

from cips_models.model.design import Design

#: Schemes of permutation: a country's number of supported factors is kept; and a factor's, too.
WITHIN_COUNTRY, BOTH_MARGINS = "within country", "both margins"
SCHEMES = (WITHIN_COUNTRY, BOTH_MARGINS)

#: Every map is looked at where there are no more than so many, else a sample.
MOST_MAPS = 5000

#: Trades of two countries from one map to the next, for each country.
_TRADES = 5


@dataclass(frozen=True)
class SupportMaps:
    """What may be permuted of a design's support.

    Attributes
    ----------
    design : Design
    kind : (followed, factor) int array
        The observed map.
    start : (kind,) int array
        First wave under support; the number of waves for kind 0.
    intensity : (kind,) array
    free : (followed, factor) bool array
        Cells that may change places with others of their country.
    """

    design: Design
    kind: np.ndarray
    start: np.ndarray
    intensity: np.ndarray
    free: np.ndarray

    @classmethod
    def of(cls, design: Design) -> "SupportMaps":
        """The support of a design, as observed."""
        followed = design.followed
        waves = len(design.waves)
        support = (
            np.zeros((len(followed), len(design.factors), waves), dtype=bool)
            if design.support is None
            else design.support[followed]
        )
        start = np.where(support.any(axis=2), support.argmax(axis=2), waves)
        pair = np.stack([start, np.where(start < waves, design.given, 0.0)], axis=-1)
        nothing = np.array([[waves, 0.0]])
        kinds, kind = np.unique(
            np.concatenate([nothing, pair.reshape(-1, 2)]), axis=0, return_inverse=True
        )
        order = np.roll(np.arange(len(kinds)), 1)  # without support is last by start: put it first
        place = np.argsort(order)
        kind = place[kind.ravel()[1:]].reshape(start.shape)
        twice = (design.observed[followed].sum(axis=3) >= 2).any(axis=2)
        free = twice & ~design.already_treated[followed]
        return cls(design, kind, kinds[order, 0].astype(int), kinds[order, 1], free)

    def under(self, kind: np.ndarray) -> Design:
        """The design as it would have been under a map (followed, factor)."""
        design, followed = self.design, self.design.followed
        assert design.support is not None
        assert design.supported is not None
        support, supported = design.support.copy(), design.supported.copy()
        support[followed] = np.arange(len(design.waves)) >= self.start[kind][:, :, None]
        supported[followed] = np.where(self.free, kind > 0, supported[followed])
        intensity = None
        if design.intensity is not None:
            intensity = design.intensity.copy()
            given = np.where(self.free, self.intensity[kind], intensity[followed])
            intensity[followed] = given
        return replace(design, support=support, supported=supported, intensity=intensity)

    def permuted(
        self, scheme: str, count: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, bool]:
        """Maps (map, followed, factor) of a scheme, and whether these are all that there are.

        All maps, the observed one among them, where there are at most :data:`MOST_MAPS`; else
        ``count`` others that are exchangeable with the observed one.

        Within countries every country's kinds change places.  With both margins kept, supported
        factors are traded between two countries at a time (curveball; Strona et al. 2014), and
        a country's kinds are dealt out anew among its supported factors.  Trades make a
        reversible chain: all maps start from one that is as many steps before them as before
        the observed one, so that their p-value is exact however slowly it mixes (Besag &
        Clifford 1989, the parallel method).
        """
        every = self._all_within() if scheme == WITHIN_COUNTRY else self._all_margins()
        if every is not None:
            return every, True
        if scheme == WITHIN_COUNTRY:
            return self._dealt(np.repeat(self.free[None], count, axis=0), self.free, rng), False
        hub = self._traded(self._binary[None], rng)
        binary = self._traded(np.repeat(hub, count, axis=0), rng)
        return self._dealt(binary, self._binary, rng), False

    @cached_property
    def _binary(self) -> np.ndarray:
        return np.asarray(self.free & (self.kind > 0))

    def _dealt(self, places: np.ndarray, of: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A country's kinds in the cells ``of`` dealt out among as many places of each map."""
        found = np.repeat(np.where(self.free, 0, self.kind)[None], len(places), axis=0)
        for c, own in enumerate(of):
            hand = np.tile(self.kind[c, own], (len(places), 1))
            at = np.argsort(~places[:, c], axis=1, kind="stable")[:, : own.sum()]
            np.put_along_axis(found[:, c], at, rng.permuted(hand, axis=1), axis=1)
        return found

    def _traded(self, binary: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Maps (map, followed, factor) bool, each some trades on."""
        found, (maps, countries, factors) = binary.copy(), binary.shape
        if countries < 2:
            return found
        row = np.arange(maps)
        for _ in range(_TRADES * countries):
            one = rng.integers(countries, size=maps)
            two = (one + rng.integers(1, countries, size=maps)) % countries
            mine, other = found[row, one], found[row, two]
            apart = self.free[one] & self.free[two] & (mine != other)
            key = np.where(apart, rng.random((maps, factors)), np.inf)
            rank = key.argsort(axis=1).argsort(axis=1)
            new = apart & (rank < (apart & mine).sum(axis=1, keepdims=True))
            found[row, one] = np.where(apart, new, mine)
            found[row, two] = np.where(apart, ~new, other)
        return found

    def _all_within(self) -> np.ndarray | None:
        """Every map that keeps each country's kinds; None where there are too many."""
        if self._within > MOST_MAPS:
            return None
        rows = [[*_arranged(sorted(hand))] for hand in self._hands]
        return np.array([self._filled(each) for each in product(*rows)])

    @cached_property
    def _hands(self) -> list[tuple[int, ...]]:
        """Kinds of each country's free cells."""
        return [tuple(row[own].tolist()) for row, own in zip(self.kind, self.free, strict=True)]

    @cached_property
    def _within(self) -> int:
        """Number of maps that keep each country's kinds."""
        return prod(map(_arrangements, self._hands))

    def _all_margins(self) -> np.ndarray | None:
        """Every map that keeps both margins; None for too many, or where kinds differ."""
        if self._within > MOST_MAPS**2:  # those with both margins are looked for among these
            return None
        rows, counts = self._binary.sum(axis=1), self._binary.sum(axis=0)
        kinds = [np.unique(row[own]) for row, own in zip(self.kind, self._binary, strict=True)]
        if any(len(own) > 1 for own in kinds):
            return None
        found = _matrices(rows, counts, self.free)
        if found is None:
            return None
        own = np.array([k[0] if len(k) else 0 for k in kinds])
        return np.where(self.free, found * own[:, None], self.kind)

    def _filled(self, hands: Sequence[Sequence[int]]) -> np.ndarray:
        found = self.kind.copy()
        for row, own, hand in zip(found, self.free, hands, strict=True):
            row[own] = hand
        return found


def _arrangements(hand: Sequence[int]) -> int:
    """Number of orders of a hand of kinds."""
    left, number = len(hand), 1
    for count in np.bincount(hand) if len(hand) else ():
        number *= comb(left, int(count))
        left -= int(count)
    return number


def _arranged(hand: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every order of a sorted hand of kinds, once."""
    if not hand:
        yield ()
    for first in sorted(set(hand)):
        rest = list(hand)
        rest.remove(first)
        yield from ((first, *others) for others in _arranged(rest))


def _matrices(rows: np.ndarray, columns: np.ndarray, free: np.ndarray) -> np.ndarray | None:
    """Every 0/1 matrix with these sums that is 0 where not free; None for too many."""
    below = np.cumsum(free[::-1], axis=0)[::-1]
    visits = 0

    def complete(c: int, left: np.ndarray) -> Iterator[list[tuple[int, ...]]]:
        nonlocal visits
        visits += 1
        if visits > 20 * MOST_MAPS:
            raise OverflowError
        if c == len(rows):
            yield []
            return
        if (left > below[c]).any():
            return
        places = np.flatnonzero(free[c] & (left > 0)).tolist()
        for chosen in combinations(places, int(rows[c])):
            rest = left.copy()
            rest[list(chosen)] -= 1
            for others in complete(c + 1, rest):
                yield [chosen, *others]

    found = []
    try:
        for each in complete(0, columns.copy()):
            found.append(each)
            if len(found) > MOST_MAPS:
                return None
    except OverflowError:
        return None
    matrices = np.zeros((len(found), *free.shape), dtype=int)
    for matrix, each in zip(matrices, found, strict=True):
        for c, chosen in enumerate(each):
            matrix[c, list(chosen)] = 1
    return matrices
