"""The curvature of a log density from as few gradients as its structure allows.

Parameters that no cell of the survey has in common do not interact, so that they can be moved
together and their responses told apart (Curtis, Powell & Reid 1974); an interaction that one
of two parameters hides among others is read off the other one (Powell & Toint 1979).  Of a
stage 1 the levels of a factor all move at once.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from cips_models.model.build import blueprint
from cips_models.model.density import Density
from cips_models.model.layout import Layout
from cips_models.model.likelihood import parameters, read_by_likelihood

#: The same point has other last digits among many points than among few.
_ROUNDING = 1e-10

#: Parameters that are moved at a time, to see which cells they touch.
_TOGETHER = 200

#: What :func:`_cells_touched` has found, which is looked for up to three times in a fit.
_TOUCHED: Final[WeakKeyDictionary[Density, np.ndarray]] = WeakKeyDictionary()


def curvature(
    density: Density, x: np.ndarray, free: np.ndarray, *, step: float = 1e-2, threads: int = 2
) -> np.ndarray:
    """Negative Hessian over the free coordinates, by differences of the gradient.

    Forward differences: a step is so short beside the scale on which the curvature changes,
    that to step back as well would add less than it costs.

    Parameters
    ----------
    density : Density
        Of a model of answers.
    x : (dim,) array
    free : (dim,) bool array
    step : float
        How far a parameter moves, in standardised units: far enough for single precision.
    threads : int

    Returns
    -------
    (free, free) array
    """
    positions = np.flatnonzero(free)
    touches = _cells_touched(density)[positions]
    meets = (touches @ touches.T > 0) | np.eye(len(touches), dtype=bool)
    moved = _moved_together(touches)
    owner, hidden = _owners(meets, moved)
    moved += [np.array([k]) for k in hidden]
    owner += [np.where(meets[:, k], k, -1) for k in hidden]

    def differences(mine: np.ndarray) -> list[np.ndarray]:
        function = density.function()
        here, found = function(x)[1], []
        for k in mine:
            ahead = x.copy()
            ahead[positions[moved[k]]] += step
            found.append((here - function(ahead)[1])[positions] / step)
        return found

    with ThreadPoolExecutor(threads) as pool:
        shares = np.array_split(np.arange(len(moved)), threads)
        responses = [r for part in pool.map(differences, shares) for r in part]
    hessian, times = np.zeros_like(meets, dtype=float), np.zeros_like(meets, dtype=float)
    for response, of in zip(responses, owner, strict=True):
        row = np.flatnonzero(of >= 0)
        for at in ((row, of[row]), (of[row], row)):
            hessian[at] += response[row]
            times[at] += 1.0
    return np.asarray(hessian / np.maximum(times, 1.0))


def directions(density: Density) -> list[np.ndarray]:
    """Sets of parameters that are moved together, of all that there are."""
    return _moved_together(_cells_touched(density))


def _cells_touched(density: Density) -> np.ndarray:
    """(parameter, cell) array: 1 where the answers in a cell depend on a parameter.

    Looked at once, where no parameter is at a special place: where the sd of item shifts is
    zero no answer depends on them.
    """
    if density not in _TOUCHED:
        _TOUCHED[density] = _seen_to_touch(density)
    return _TOUCHED[density]


def _seen_to_touch(density: Density) -> np.ndarray:
    x = np.random.default_rng(0).uniform(0.5, 1.0, density.dim)
    lay = blueprint(density.model).layout
    asked = _asked(lay)

    def at(points: np.ndarray) -> list[dict[str, np.ndarray]]:
        public = density.public(points[None])
        values = {name: public[name].to_numpy()[0] for name in read_by_likelihood(public)}
        return [parameters({n: v[d] for n, v in values.items()}, lay) for d in range(len(points))]

    found = []
    for some in np.array_split(np.arange(density.dim), -(-density.dim // _TOGETHER)):
        points = np.tile(x, (len(some) + 1, 1))
        points[np.arange(len(some)), some] += 0.1
        *moved, still = at(points)
        found += [_differs(one, still, asked, lay) for one in moved]
    return np.array(found, dtype=float)


def _asked(lay: Layout) -> np.ndarray:
    """(cell, item) bool array: somebody of the cell answered."""
    given = lay.outcomes >= 0
    return np.array([rows.any(axis=0) for rows in np.split(given, lay.cell_start[1:-1])])


def _differs(
    one: dict[str, np.ndarray], other: dict[str, np.ndarray], asked: np.ndarray, lay: Layout
) -> np.ndarray:
    """(cell,) bool array: what the likelihood reads there is not the same."""
    unlike = {
        name: np.abs(one[name] - other[name]) > _ROUNDING * np.maximum(1.0, np.abs(other[name]))
        for name in one
    }
    first = lay.item_start[:-1]
    item = np.logical_or.reduceat(unlike["threshold"], first, axis=1)[lay.cell_set]
    cell = np.any([unlike[n].any(axis=1) for n in ("location", "general", "specific")], axis=0)
    return np.asarray(cell | (asked & (item | unlike["slope"])).any(axis=1))


def _moved_together(touches: np.ndarray) -> list[np.ndarray]:
    """Sets of parameters without a cell in common, those that touch most placed first."""
    members: list[list[int]] = []
    taken: list[np.ndarray] = []
    for k in np.argsort(-touches.sum(axis=1), kind="stable"):
        own = touches[k] > 0
        fitting = next((s for s, cells in enumerate(taken) if not (cells & own).any()), None)
        if fitting is None:
            members.append([k])
            taken.append(own)
        else:
            members[fitting].append(k)
            taken[fitting] = taken[fitting] | own
    return [np.array(own) for own in members]


def _owners(meets: np.ndarray, moved: list[np.ndarray]) -> tuple[list[np.ndarray], list[int]]:
    """Which moved parameter a response belongs to, -1 if to several or none; and who is hidden.

    Hidden are parameters with an interaction that neither of the two shows.
    """
    owners, shown = [], np.zeros_like(meets)
    for members in moved:
        among = meets[:, members]
        alone = among.sum(axis=1) == 1
        owners.append(np.where(alone, members[among.argmax(axis=1)], -1))
        rows = np.flatnonzero(alone)
        shown[rows, owners[-1][rows]] = True
    missing = meets & ~shown & ~shown.T
    return owners, list(np.flatnonzero(np.triu(missing).any(axis=0)))
