"""What can be computed of a withheld count: its least and greatest value, by linear programming."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.optimize import linprog

from cips_models.disclosure.linked import Linked

#: Directions in which tables that go with what is shown are looked for.
_DIRECTIONS: Final = 8
_ROUNDING: Final = 1e-6


def intervals(
    linked: Linked, withheld: np.ndarray, which: Sequence[int], *, enough: float = np.inf
) -> np.ndarray:
    """Least and greatest value of counts that go with everything that is shown.

    The attacker's problem (Fischetti & Salazar 2001, section 2): min and max of y_k over all y
    with M y = 0, y as shown where it is shown, and within its bounds elsewhere.  Counts are whole,
    the linear problem allows fractions: ends are rounded inwards.

    Parameters
    ----------
    linked : Linked
    withheld : (count,) bool array
    which : sequence of int
        Positions of the counts that are looked at.
    enough : float
        Ends this far apart may be less than the utmost: some tables that go with what is shown
        are found for all counts at once, and only what these leave closer is solved for.

    Returns
    -------
    (len(which), 2) array
    """
    low, high = linked.bounds(withheld)
    found = np.stack([linked.value[which], linked.value[which]], axis=1)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (_DIRECTIONS, len(which)))
    for aim in signs if np.isfinite(enough) and len(which) > _DIRECTIONS else ():
        whole = np.zeros(len(low))
        whole[which] = aim
        for each in (whole, -whole):
            table = _least(linked, each, low, np.minimum(high, linked.value + linked.value.sum()))
            own = np.asarray(table)[which]
            found = np.stack([np.minimum(found[:, 0], own), np.maximum(found[:, 1], own)], axis=1)
    near = found[:, 1] - found[:, 0] < enough + _ROUNDING
    for row, k in ((row, k) for row, k in enumerate(which) if near[row]):
        for end, sign in enumerate((1.0, -1.0)):
            one = np.zeros(len(low))
            one[k] = sign
            table = _least(linked, one, low, high)
            found[row, end] = -sign * np.inf if table is None else table[k]
    return np.stack([np.ceil(found[:, 0] - _ROUNDING), np.floor(found[:, 1] + _ROUNDING)], axis=1)


def _least(linked: Linked, aim: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray | None:
    """The table that makes a sum of its counts least; None where there is no least."""
    zero = np.zeros(linked.sums.shape[0])
    solved = linprog(aim, A_eq=linked.sums, b_eq=zero, bounds=np.stack([low, high], axis=1))
    if solved.status == 3:
        return None
    if not solved.success:
        raise RuntimeError(f"counts and their totals: {solved.message}")
    return np.asarray(solved.x)
