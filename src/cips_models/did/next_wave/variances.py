"""Posterior variances at one draw of the scales, for any numbers of respondents.

See :mod:`cips_models.did.next_wave.precision` for the identities.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cips_models.did.next_wave.quantities import Quantities
from cips_models.inference.collapse import Collapsed


@dataclass(frozen=True)
class Gram:
    """What the covariance of the estimates makes of quantities and of some of the cells.

    Attributes
    ----------
    prior, known : (quantity,) arrays
        Prior variances, and what the estimates take off them, u' C^-1 u.
    pull : (cell, quantity) array
        r.
    gram : (cell, cell) array
        G.
    """

    prior: np.ndarray
    known: np.ndarray
    pull: np.ndarray
    gram: np.ndarray


def gram_of(collapsed: Collapsed, x: np.ndarray, quantities: Quantities, new: np.ndarray) -> Gram:
    """At the scales of an unconstrained point x (dim,); ``new`` (cell,) are the cells E."""
    plan, changes = collapsed.hierarchy, quantities.changes
    own = np.hstack([plan.scaled(x, quantities.effects), plan.pulled(x, changes)])
    kappa = quantities.persistence
    by_kappa = np.hstack(
        [np.zeros((kappa.shape[1], quantities.effects.shape[1])), kappa.T @ changes]
    )
    shown = plan.levels(x, own) + kappa @ by_kappa
    unit = np.zeros((len(shown), len(new)))
    unit[new, np.arange(len(new))] = 1.0
    gram = collapsed.precision(x, np.hstack([shown, unit, kappa]))
    count, ends = shown.shape[1], shown.shape[1] + len(new)
    # C has B B' on top, of kappa's prior: the same identity, with D = I.
    beside = gram[:, ends:]
    inner = np.eye(kappa.shape[1]) + beside[ends:]
    gram = gram - beside @ np.linalg.solve(inner, beside.T)
    return Gram(
        (own**2).sum(axis=0) + (by_kappa**2).sum(axis=0),
        np.diag(gram)[:count],
        gram[count:ends, :count],
        gram[count:ends, count:ends],
    )


def added(change: np.ndarray, gram: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """(..., quantity) variances that go with a change D of the planned cells' errors."""
    inner = np.eye(gram.shape[-1]) + gram @ change
    return np.asarray((pull * (change @ np.linalg.solve(inner, pull))).sum(axis=-2))


@dataclass(frozen=True)
class Variances:
    """Variances of quantities at one draw.

    Attributes
    ----------
    variance : (size, quantity) array
        For so many respondents, in units of those planned.
    now, prior : (quantity,) arrays
        Without the planned wave, and without any.
    blocks : tuple of tuple of arrays
        Of the cells of each country and group, in the order of ``precision.Gains``: variance as
        planned, r, G, respondents' errors, and variance by drift alone.
    """

    variance: np.ndarray
    now: np.ndarray
    prior: np.ndarray
    blocks: tuple[tuple[np.ndarray, ...], ...]

    @classmethod
    def of(
        cls, gram: Gram, error: np.ndarray, sizes: Sequence[float], parts: Sequence[np.ndarray]
    ) -> "Variances":
        """From errors of the planned cells, and of the same in their last wave after them."""
        count = len(error) // 2
        pull, inner, own = gram.pull[:count], gram.gram[:count, :count], error[:count, :count]
        planned = gram.prior - gram.known
        variance = [planned + added((1.0 / s - 1.0) * own, inner, pull) for s in sizes]
        now = planned + (pull * np.linalg.solve(inner, pull)).sum(axis=0)
        first = len(planned) - count  # changes of single cells come last
        blocks = []
        for cells in parts:
            change, both = first + cells, np.concatenate([cells, count + cells])
            later = np.kron(np.eye(2), np.ones((len(cells), len(cells))))
            perfect = added(
                -error[np.ix_(both, both)] * later,
                gram.gram[np.ix_(both, both)],
                gram.pull[np.ix_(both, change)],
            )
            blocks.append(
                (
                    planned[change],
                    pull[np.ix_(cells, change)],
                    inner[np.ix_(cells, cells)],
                    own[np.ix_(cells, cells)],
                    planned[change] + perfect,
                )
            )
        return cls(np.array(variance), now, gram.prior, tuple(blocks))
