"""Which counts to withhold: the small ones, and others from which these would follow."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import hstack

from cips_models.disclosure.attack import intervals
from cips_models.disclosure.linked import Linked, Name
from cips_models.disclosure.rule import Rule

_MOVED = 1e-6


def suppress(
    linked: Linked, rule: Rule, *, withheld: np.ndarray | None = None, secondary: bool = True
) -> np.ndarray:
    """Withhold small counts, and so many others that none of them can be computed.

    One small count after the other: the cheapest change of the tables by which it would be
    as low, and the one by which it would be as high, as it must be able to be for all that is
    shown, with everything that changes withheld (the linear-programming heuristic of Kelly,
    Golden & Assad 1992, Networks 22, 397-417; Castro 2012, European Journal of Operational
    Research 216, 257-269).  Not the fewest counts, but always enough, which is checked in the end.

    Parameters
    ----------
    linked : Linked
    rule : Rule
    withheld : (count,) bool array, optional
        What is withheld already.
    secondary : bool
        False only to show what it is for.

    Returns
    -------
    (count,) bool array
        What is withheld of what could be shown.

    Raises
    ------
    RuntimeError
        A small count could be computed: a defect of this function.
    """
    hidden = np.zeros(len(linked.value), dtype=bool) if withheld is None else withheld.copy()
    if rule.off:
        return hidden
    hidden |= linked.sensitive & linked.shown & ~linked.fixed
    while secondary and (left := _close(linked, hidden, rule)):
        before = hidden.sum()
        for k in left:
            for target in _targets(linked, hidden, rule, k):
                hidden |= _moved(linked, hidden, k, target)
        if hidden.sum() == before:
            names = [linked.names[k] for k in left]
            raise RuntimeError(f"counts that follow from what is shown: {names}")
    return hidden


def exposed(linked: Linked, withheld: np.ndarray, rule: Rule) -> list[Name]:
    """Names of small counts that can be computed too closely from what is shown."""
    return [linked.names[k] for k in _close(linked, withheld, rule)]


def _close(linked: Linked, withheld: np.ndarray, rule: Rule) -> list[int]:
    small = np.flatnonzero(linked.sensitive)
    found = intervals(linked, withheld, small.tolist(), enough=rule.width)
    close = small[found[:, 1] - found[:, 0] < rule.width].tolist()
    found = found[found[:, 1] - found[:, 0] < rule.width]
    # Nothing can be done where too little is unknown even of all that could be withheld.
    possible = intervals(linked, _everything(linked) | withheld, close, enough=rule.width)
    wanted = np.minimum(rule.width, possible[:, 1] - possible[:, 0])
    narrow = found[:, 1] - found[:, 0] < wanted
    return [k for k, so in zip(close, narrow, strict=True) if so]


def _everything(linked: Linked) -> np.ndarray:
    return np.asarray(linked.shown & ~linked.fixed)


def _targets(linked: Linked, hidden: np.ndarray, rule: Rule, k: int) -> tuple[float, float]:
    """Values that a small count must be able to have; as far apart as there is room."""
    ((low, high),) = intervals(linked, _everything(linked) | hidden, [k])
    start = max(low, linked.value[k] - (rule.width + 1) // 2)
    end = min(high, start + rule.width)
    return max(low, end - rule.width), end


def _moved(linked: Linked, hidden: np.ndarray, k: int, target: float) -> np.ndarray:
    """Counts that change in the cheapest change that brings one to a target."""
    free = hidden | ~linked.shown
    may = free | _everything(linked)
    up = np.where(may, np.maximum(linked.upper - linked.value, 0.0), 0.0)
    down = np.where(may, np.maximum(linked.value - linked.lower, 0.0), 0.0)
    cost = np.where(free, 0.0, linked.value)
    step = target - linked.value[k]
    if step == 0:
        return np.zeros_like(hidden)
    bounds = np.stack([np.zeros(2 * len(up)), np.concatenate([up, down])], axis=1)
    bounds[k] = max(step, 0.0)
    bounds[len(up) + k] = max(-step, 0.0)
    solved = linprog(
        np.concatenate([cost, cost]),
        A_eq=hstack([linked.sums, -linked.sums]),
        b_eq=np.zeros(linked.sums.shape[0]),
        bounds=bounds,
    )
    if not solved.success:
        raise RuntimeError(f"{linked.names[k]}: {solved.message}")
    change = np.abs(solved.x[: len(up)] - solved.x[len(up) :])
    return np.asarray((change > _MOVED) & linked.shown)
