"""Counts of several tables, and the sums that link them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.sparse import csr_array

#: Why a count is withheld: it is small; or a small one would follow from it.
PRIMARY: Final = "primary"
SECONDARY: Final = "secondary"

#: What a count is.
type Name = tuple[str, ...]


@dataclass(frozen=True)
class Linked:
    """Counts y with sums M y = 0; the attacker knows those that are shown, and these bounds.

    Attributes
    ----------
    names : tuple
        What each count is.
    value : (count,) array
    lower, upper : (count,) arrays
        What is known of it where it is not shown.
    shown : (count,) bool array
        Whether it is in a table, unless it is withheld; the others only follow from tables.
    sensitive : (count,) bool array
        Whether it is too small to be known.
    fixed : (count,) bool array
        Whether it has been decided already whether it is withheld.
    sums : csr_array (sum, count)
        M.
    """

    names: tuple[Name, ...]
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    shown: np.ndarray
    sensitive: np.ndarray
    fixed: np.ndarray
    sums: csr_array

    def at(self, name: Name) -> int:
        """Position of a count."""
        return self.names.index(name)

    def bounds(self, withheld: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Least and greatest value of every count for one who reads the tables."""
        known = self.shown & ~withheld
        return np.where(known, self.value, self.lower), np.where(known, self.value, self.upper)


@dataclass
class LinkedCounts:
    """Counts and sums as they are collected, for :class:`Linked`."""

    threshold: int
    _place: dict[Name, int] = field(default_factory=dict)
    _rows: list[tuple[float, float, float, bool, bool, bool]] = field(default_factory=list)
    _sums: list[dict[int, float]] = field(default_factory=list)

    def add(
        self,
        name: Name,
        value: float,
        *,
        shown: bool = True,
        confidential: bool = True,
        fixed: bool = False,
        within: tuple[float, float] | None = None,
    ) -> None:
        """Add a count.

        ``confidential``: it must not be known where it is small.  ``within``: what is known of it
        even where it is withheld; by default whether it is small, for that is the reason given.
        Nobody is nothing to withhold: zeros that are in a table are always shown.
        """
        small = bool(confidential and 0 < value < self.threshold)
        if within is not None:
            low, high = within
        elif not shown:
            low, high = 0.0, np.inf
        else:
            low, high = (1.0, self.threshold - 1.0) if small else (1.0, np.inf)
            if confidential and not small:
                low = min(float(self.threshold), max(value, 1.0))
        self._place[name] = len(self._rows)
        self._rows.append((value, low, high, shown, small, fixed or (shown and value == 0)))

    def value(self, name: Name) -> float:
        """A count that was added."""
        return self._rows[self._place[name]][0]

    def total(self, whole: Name, parts: Iterable[Name]) -> None:
        """Say that a count is the sum of others."""
        self._sums.append({self._place[whole]: -1.0, **{self._place[p]: 1.0 for p in parts}})

    def linked(self) -> Linked:
        """All of it.

        Raises
        ------
        ValueError
            A sum does not hold.
        """
        columns = np.array(self._rows, dtype=float).reshape(-1, 6).T
        value, lower, upper, shown, sensitive, fixed = columns
        entries = [(k, i, n) for k, row in enumerate(self._sums) for i, n in row.items()]
        at, of, times = np.array(entries, dtype=float).reshape(-1, 3).T
        shape = (len(self._sums), len(value))
        sums = csr_array((times, (at.astype(int), of.astype(int))), shape=shape)
        if np.abs(sums @ value).max(initial=0.0) > 1e-6:
            raise ValueError("counts do not add up to their totals")
        return Linked(
            tuple(self._place),
            value,
            lower,
            upper,
            shown.astype(bool),
            sensitive.astype(bool),
            fixed.astype(bool),
            sums,
        )
