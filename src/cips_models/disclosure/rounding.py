"""Shares of kinds of people, rounded so far that nobody is counted by them."""

from typing import Final

import numpy as np

from cips_models.disclosure.attack import intervals
from cips_models.disclosure.linked import LinkedCounts
from cips_models.disclosure.rule import Rule

#: Draws from a base before a larger one is taken.
_DRAWS: Final = 20


def rounded_shares(
    counts: np.ndarray,
    kind: np.ndarray,
    standard: np.ndarray,
    rule: Rule,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Shares of strata in each wave, and counts of kinds in the standard, of one group.

    Counts are rounded to a multiple of a base above or below, each with the chance that keeps
    the mean (random rounding; Hundepool et al. 2012, section 5.4), and shares are those of the
    rounded counts.  The base is the threshold; where a small count can be computed from all of
    them and the totals of the waves, they are drawn again, and from a larger base in the end.
    Rounding to the nearest would be undone by whoever tries all counts that go with the totals.

    Parameters
    ----------
    counts : (wave, stratum) array
    kind : (stratum,) int array
        Kind of people of each stratum: strata of one kind differ in the mode alone.
    standard : (wave,) bool array
        Waves whose people make the standard composition.
    rule : Rule
    rng : numpy.random.Generator
        Of a seed that the reader of the shares cannot know.

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
    while True:
        for _ in range(_DRAWS):
            near, whole = _to(base, counts, rng), _to(base, kinds, rng)
            # With a base of several times everybody there is no more to hide.
            spent = base > 4 * counts.sum()
            if spent or not _told(counts, near, kinds, whole, kind, standard, base, rule):
                shown = whole if whole.any() else np.ones_like(whole)
                return _shares(near, counts), shown
        base *= 2.0


def _to(base: float, counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    below = np.floor(counts / base)
    up = rng.random(counts.shape) < counts / base - below
    return np.asarray(base * (below + up))


def _shares(near: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Shares by wave; the same of all strata where all round to nothing; zero without people."""
    filled = np.where(near.any(axis=1, keepdims=True), near, 1.0)
    filled = filled * counts.any(axis=1, keepdims=True)
    total = filled.sum(axis=1, keepdims=True)
    return np.asarray(filled / np.where(total > 0, total, 1.0))


def _told(
    counts: np.ndarray,
    near: np.ndarray,
    kinds: np.ndarray,
    whole: np.ndarray,
    kind: np.ndarray,
    standard: np.ndarray,
    base: float,
    rule: Rule,
) -> bool:
    """Whether a small count follows too closely from the rounded ones and the totals of waves."""
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
    """What may have been rounded to a multiple of the base."""
    return max(value - base + 1.0, 0.0), value + base - 1.0
