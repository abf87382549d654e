"""Shares of kinds of people, rounded so far that nobody is counted by them."""

import numpy as np

from cips_models.disclosure.attack import intervals
from cips_models.disclosure.linked import LinkedCounts
from cips_models.disclosure.rule import Rule


def rounded_shares(
    counts: np.ndarray, kind: np.ndarray, standard: np.ndarray, rule: Rule
) -> tuple[np.ndarray, np.ndarray]:
    """Shares of strata in each wave, and counts of kinds in the standard, of one group.

    Counts are rounded to multiples of a base, and shares are those of the rounded counts.  The base
    is the threshold, or as many times twice as much as it takes that no small count can be computed
    from all of them and the totals of the waves (rounding; Hundepool et al. 2012, section 5.5).

    Parameters
    ----------
    counts : (wave, stratum) array
    kind : (stratum,) int array
        Kind of people of each stratum: strata of one kind differ in the mode alone.
    standard : (wave,) bool array
        Waves whose people make the standard composition.
    rule : Rule

    Returns
    -------
    shares : (wave, stratum) array
        Sum to one in every wave with people.
    kinds : (kind,) array
        People of each kind in the standard, rounded to the same base.
    """
    of_kind = (kind[:, None] == np.arange(kind.max() + 1)).astype(float)
    kinds = counts[standard].sum(axis=0) @ of_kind
    if rule.off or not counts.any():
        return _shares(counts, counts), kinds
    base = float(rule.threshold)
    # A base of several times everybody rounds all to nothing: there is no more to hide.
    while base <= 4 * counts.sum() and _told(counts, kinds, kind, standard, base, rule):
        base *= 2.0
    whole = _to(base, kinds)
    return _shares(_to(base, counts), counts), whole if whole.any() else (kinds > 0).astype(float)


def _to(base: float, counts: np.ndarray) -> np.ndarray:
    return base * np.floor(counts / base + 0.5)


def _shares(near: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Shares by wave; the same of all strata where all round to nothing; zero without people."""
    filled = np.where(near.any(axis=1, keepdims=True), near, 1.0)
    filled = filled * counts.any(axis=1, keepdims=True)
    total = filled.sum(axis=1, keepdims=True)
    return np.asarray(filled / np.where(total > 0, total, 1.0))


def _told(
    counts: np.ndarray,
    kinds: np.ndarray,
    kind: np.ndarray,
    standard: np.ndarray,
    base: float,
    rule: Rule,
) -> bool:
    """Whether a small count follows too closely from the rounded ones and the totals of waves."""
    near, whole = _to(base, counts), _to(base, kinds)
    made = LinkedCounts(rule.threshold)
    cells = [(int(w), int(s)) for w, s in np.argwhere(counts.any(axis=1)[:, None] & (counts >= 0))]
    for w, s in cells:
        made.add(
            ("cell", str(w), str(s)), counts[w, s], shown=False, within=_around(near[w, s], base)
        )
    for w in sorted({w for w, _ in cells}):
        people = float(counts[w].sum())
        known = (1.0, rule.threshold - 1.0) if rule.small(people) else (people, people)
        made.add(("wave", str(w)), people, shown=False, confidential=False, within=known)
        made.total(("wave", str(w)), [("cell", str(w), str(s)) for v, s in cells if v == w])
    for k in range(len(kinds)):
        parts = [("cell", str(w), str(s)) for w, s in cells if standard[w] and kind[s] == k]
        made.add(("kind", str(k)), kinds[k], shown=False, within=_around(whole[k], base))
        made.total(("kind", str(k)), parts)
    linked = made.linked()
    small = np.flatnonzero(linked.sensitive)
    found = intervals(linked, np.zeros(len(linked.value), dtype=bool), list(small))
    return bool((found[:, 1] - found[:, 0] < rule.width).any())


def _around(value: float, base: float) -> tuple[float, float]:
    """What rounds to a multiple of the base."""
    return max(value - base / 2.0, 0.0), value + base / 2.0
