"""What was asked: answer scales, items, factors.

A codebook says everything about recoding, so that the data file is never edited by
hand.  In memory an answer is its position from the least favourable (0) to the most
favourable (K - 1), after polarity; see :class:`Item`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

#: By how much, of 0-100, equal mean scores may differ when answers are added up in another order.
SAME_SCORE: Final = 1e-9


@dataclass(frozen=True)
class Scale:
    """An ordered set of answers, as printed for a positively worded item.

    Attributes
    ----------
    name : str
    levels : tuple of str
        Codes in the data file, from the least to the most favourable answer.
    labels : tuple of str
        Words for the levels, same length.
    positive : tuple of bool
        Which levels count as positive, same length; a run at the favourable end.
    points : tuple of float
        Points a level earns in [0, 1], same length, non-decreasing.
    dont_know, refused, not_asked : tuple of str
        Codes that are no substantive answer.  A blank is always "not asked".
    """

    name: str
    levels: tuple[str, ...]
    labels: tuple[str, ...]
    positive: tuple[bool, ...]
    points: tuple[float, ...]
    dont_know: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """A question.

    Attributes
    ----------
    id : str
        Column of the responses file.
    factor : str
    scale : Scale
    groups : tuple of str
        Groups that were asked it (labels).
    reversed : bool
        Agreement is unfavourable: levels are flipped and ``positive`` and ``points``
        are mirrored (they describe a positively worded item).
    versions_differ : bool
        The groups' wordings differ, so each group has its own item parameters.
    text : mapping of str to str
        Wording by language code; may be empty.
    """

    id: str
    factor: str
    scale: Scale
    groups: tuple[str, ...]
    reversed: bool = False
    versions_differ: bool = False
    text: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def n_levels(self) -> int:
        """Number of levels K."""
        return len(self.scale.levels)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes in the data file from least (0) to most (K - 1) favourable."""
        return self.scale.levels[::-1] if self.reversed else self.scale.levels

    @property
    def positive(self) -> tuple[bool, ...]:
        """Which positions 0..K-1 count as positive: as many at the top as the scale names.

        A positively worded item with its two highest levels positive has, reversed, its
        two most favourable positions (the two strongest disagreements) positive.
        """
        return self.scale.positive

    @property
    def points(self) -> tuple[float, ...]:
        """Points of positions 0..K-1, in [0, 1]."""
        return self.scale.points


@dataclass(frozen=True)
class Codebook:
    """All items of a survey.

    Attributes
    ----------
    factors : tuple of str
        In the order in which they are to be shown.
    items : tuple of Item
    """

    factors: tuple[str, ...]
    items: tuple[Item, ...]

    def of(self, factor: str, group: str) -> tuple[Item, ...]:
        """Items of a factor that a group was asked."""
        return tuple(i for i in self.items if i.factor == factor and group in i.groups)
