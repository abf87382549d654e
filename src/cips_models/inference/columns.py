"""A linear hierarchy by columns: what a country has to itself, and what countries share.

Deviations of C countries that sum to zero are independent ones less their mean.  So a family
whose deviations have the coefficients A in the rows of their own countries, and the root R of
its covariance, contributes to the covariance of the rows

    blockdiag_c(A_c R R' A_c') - A R R' A' / C

and what does not run over countries A R R' A'.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cips_models.inference.families import Family, families_of, joined
from cips_models.model.density import Density
from cips_models.model.priors import contrasts

#: Dimensions of deviations that run over countries.
_COUNTRIES = ("country", "followed", "treated_country")


@dataclass(frozen=True)
class Columns:
    """Coefficients of directions in rows: those of countries' own deviations come first.

    Attributes
    ----------
    still, moving : (row, column) arrays
        Without persistence, and for one unit of it.
    weight : (column,) array
        Of what a column contributes to all rows together: -1 / C, or 1.
    own : int
        How many columns are of countries' own deviations.
    owner : (column, coefficient) array
        1 where a persistence coefficient multiplies a column.
    members : tuple of (Family, (group, direction) int array)
        Columns of every family; the others have no scale.
    """

    still: np.ndarray
    moving: np.ndarray
    weight: np.ndarray
    own: int
    owner: np.ndarray
    members: tuple[tuple[Family, np.ndarray], ...]

    def root(self, x: np.ndarray) -> np.ndarray:
        """(column, column) R of all families at an unconstrained point (dim,)."""
        root = np.eye(len(self.weight))
        for family, place in self.members:
            root[place[:, None], place[None]] = family.factor(x)[:, :, None]
        return root

    def pull(self, x: np.ndarray, by_root: np.ndarray, gradient: np.ndarray) -> None:
        """Add to ``gradient`` (dim,) what follows from that by :meth:`root`."""
        for family, place in self.members:
            by_factor = by_root[place[:, None], place[None]].sum(axis=2)
            gradient[family.scales] += family.pulled(x, by_factor)


def columns(
    density: Density,
    linear: np.ndarray,
    still: np.ndarray,
    moving: np.ndarray,
    owner: np.ndarray,
    country: Sequence[str],
) -> Columns:
    """The columns of a stage 2.

    Parameters
    ----------
    density : Density
    linear : (linear,) int array
        Places of the linear parameters.
    still, moving : (row, linear) arrays
        Coefficients without persistence, and for one unit of it.
    owner : (linear, coefficient) array
        1 where a persistence coefficient multiplies a parameter.
    country : sequence of str
        Of each row.
    """
    at = np.full(density.dim, -1)
    at[linear] = np.arange(len(linear))
    families = families_of(density)
    names, dims = density.model.coords.get("term", ()), density.model.named_vars_to_dims
    spans = [[d for d in dims[name] if d not in ("group", "step")] for name in names]
    order = sorted(range(len(families)), key=lambda k: spans[k][0] not in _COUNTRIES)
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    weight: list[float] = []
    owners: list[np.ndarray] = []
    members, own = [], 0
    for k in order:
        place = at[families[k].deviation]
        part: tuple[np.ndarray, ...] = (still[:, place], moving[:, place])
        value = 1.0
        if spans[k][0] in _COUNTRIES:
            labels = list(density.model.coords[spans[k][0]])
            repeats = len(density.model.coords["step"]) if "step" in dims[names[k]] else 1
            part = tuple(_own(array, labels, country, repeats) for array in part)
            value = -1.0 / len(labels)
        size = part[0].shape[1] * part[0].shape[2]
        members.append((families[k], len(weight) + np.arange(size).reshape(part[0].shape[1:])))
        parts.append((part[0].reshape(-1, size), part[1].reshape(-1, size)))
        weight += [value] * size
        owners.append(np.repeat(owner[place[:, 0]], part[0].shape[2], axis=0))
        own += size * (value < 0)
    scaled = joined(at[family.deviation] for family in families)
    rest = np.setdiff1d(np.arange(len(linear)), scaled)
    parts.append((still[:, rest], moving[:, rest]))
    return Columns(
        still=np.concatenate([part for part, _ in parts], axis=1),
        moving=np.concatenate([part for _, part in parts], axis=1),
        weight=np.array([*weight, *np.ones(len(rest))]),
        own=own,
        owner=np.concatenate([*owners, owner[rest]]),
        members=tuple(members),
    )


def _own(part: np.ndarray, labels: list[str], country: Sequence[str], repeats: int) -> np.ndarray:
    """Coefficients of a row's own country, from those of contrasts between countries.

    (row, group, [step] contrast [factor]) to (row, group, [step] [factor]).  Another country's
    deviation enters a row by the mean alone, so that the difference to it is the row's own.
    """
    rows, groups, _ = part.shape
    own = np.array([labels.index(name) if name in labels else -1 for name in country])
    basis = contrasts(len(labels))
    apart = (basis[own] - basis[(own + 1) % len(labels)]) * (own >= 0)[:, None]
    split = part.reshape(rows, groups, repeats, basis.shape[1], -1)
    return np.asarray(np.einsum("ngsck,nc->ngsk", split, apart).reshape(rows, groups, -1))
