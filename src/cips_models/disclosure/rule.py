"""The rule: how few people are too few to be counted in public, and bands of sample sizes."""

from dataclasses import dataclass
from typing import Final

import numpy as np

#: Fewer people than this are not counted in public, unless the study says otherwise.
THRESHOLD: Final = 10

#: Where bands of sample sizes begin, above the first, which begins at the threshold.
_EDGES: Final = (30, 100)


@dataclass(frozen=True)
class Rule:
    """How few are too few.

    Attributes
    ----------
    threshold : int
        Counts from 1 up to one less are withheld; 0 and 1 withhold nothing.
    """

    threshold: int = THRESHOLD

    @property
    def off(self) -> bool:
        """Whether nothing is withheld."""
        return self.threshold <= 1

    @property
    def width(self) -> int:
        """Least distance between the ends of what a withheld count may be for all that is shown.

        Half of the threshold (the sliding protection level of Fischetti & Salazar 2001, section
        2): with 10, whoever computes knows a withheld count to 5 at the best.
        """
        return self.threshold // 2

    def small(self, count: np.ndarray | float) -> np.ndarray:
        """Whether there are people, but too few."""
        people = np.asarray(count)
        return np.asarray((people > 0) & (people < self.threshold) & (not self.off))

    def floor(self, count: np.ndarray | float) -> np.ndarray:
        """Where the band of a sample size begins; 0 where there is nobody."""
        starts = np.array([0, 1, *self._starts])
        people = np.maximum(np.nan_to_num(np.asarray(count, dtype=float)), 0)
        return np.asarray(starts[np.searchsorted(starts, people, side="right") - 1])

    def band(self, count: float) -> str:
        """Band of a sample size in words: "fewer than 10", "10-29", "100 or more"; "" for none."""
        if not count > 0:  # NaN too
            return ""
        low, starts = int(self.floor(count)), self._starts
        if low < starts[0]:
            return f"fewer than {starts[0]}"
        return f"{low} or more" if low == starts[-1] else f"{low}-{self.ceiling(count)}"

    def ceiling(self, count: float) -> float:
        """Where the band of a sample size ends; infinite for the last."""
        above = [start for start in self._starts if start > self.floor(count)]
        return above[0] - 1 if above else np.inf

    def middle(self, floor: np.ndarray) -> np.ndarray:
        """A sample size to compute with where only the start of its band is known."""
        starts = (1, *self._starts)
        ends = (*self._starts, 2 * self._starts[-1])
        found = np.asarray(floor, dtype=float).copy()
        for start, end in zip(starts, ends, strict=True):
            found[np.asarray(floor) == start] = (start + end) / 2
        return found

    @property
    def _starts(self) -> tuple[int, ...]:
        first = THRESHOLD if self.off else self.threshold
        return (first, *(edge for edge in _EDGES if edge > first))


#: Nothing is withheld.
OFF: Final = Rule(0)
