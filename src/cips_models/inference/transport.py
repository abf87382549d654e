"""Deviations in coordinates that do not depend on their sds and correlations.

Take the standardised deviations z of all groups along one direction of a family.  With R
the root of their covariance, T the precision of the data on the deviations and d the
deviations that the data show, they are normal given R (the normal hierarchical model; Gelman
et al. 2013, section 5.4):

    z | R ~ N( V R' T d, V ),    V = (I + R' T R)^-1

which is why neither the centred nor the non-centred form mixes (Papaspiliopoulos, Roberts &
Skoeld 2007, section 3).  With F F' = V the coordinates F^-1 (z - V R' T d) are standard normal
whatever R is.  T and T d are taken at one reference and need not be exact: the map is, with
its Jacobian.

Matrices of groups come one for each direction, in arrays that end in the direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cips_models.inference.families import Family

#: Posterior over prior variance of a direction: neither no data nor nothing but data.
_SHARE = (1e-6, 1.0)


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Products of (group, group) matrices, for every direction."""
    return np.asarray((a[:, :, None] * b).sum(axis=1))


def _applied(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Matrices (group, group) times vectors (group), for every direction."""
    return np.asarray((a * b).sum(axis=1))


def _inverse_root(precision: np.ndarray) -> np.ndarray:
    """Upper triangular F with F F' the inverse; (group, group, direction) arrays."""
    groups = len(precision)
    lower, inverse = np.zeros_like(precision), np.zeros_like(precision)
    for j in range(groups):
        lower[j, j] = np.sqrt(precision[j, j] - (lower[j, :j] ** 2).sum(axis=0))
        for i in range(j + 1, groups):
            rest = precision[i, j] - (lower[i, :j] * lower[j, :j]).sum(axis=0)
            lower[i, j] = rest / lower[j, j]
    for j in range(groups):
        inverse[j, j] = 1.0 / lower[j, j]
        for i in range(j + 1, groups):
            inverse[i, j] = -(lower[i, j:i] * inverse[j:i, j]).sum(axis=0) / lower[i, i]
    return inverse.swapaxes(0, 1)


@dataclass(frozen=True)
class Deviations:
    """All deviations of a hierarchy.

    Attributes
    ----------
    families : tuple of Family
    bases : tuple of (direction, direction) arrays
        Columns are the directions of a family, common to its groups.
    precision : (group, group, direction) array
        T, in units of the sds' coordinates.
    pull : (group, direction) array
        T d.
    """

    families: tuple[Family, ...]
    bases: tuple[np.ndarray, ...]
    precision: np.ndarray
    pull: np.ndarray

    @classmethod
    def near(
        cls, families: Sequence[Family], mode: np.ndarray, covariance: np.ndarray
    ) -> "Deviations":
        """From the mode (dim,) and covariance (dim, dim) given the scales at the mode."""
        bases, precision, pull = [], [], []
        for family in families:
            own = family.deviation
            groups, size = own.shape
            block = covariance[np.ix_(own.ravel(), own.ravel())].reshape(groups, size, groups, size)
            basis = np.linalg.eigh(np.einsum("gigj->ij", block))[1]
            share, axes = np.linalg.eigh(np.einsum("gihj,ik,jk->kgh", block, basis, basis))
            total = np.einsum("kgi,ki,khi->kgh", axes, 1.0 / np.clip(share, *_SHARE), axes)
            undo = np.linalg.inv(family.factor(mode))
            bases.append(basis)
            precision.append(np.einsum("gi,kgh,hj->ijk", undo, total - np.eye(groups), undo))
            pull.append(np.einsum("gi,kgh,hk->ik", undo, total, mode[own] @ basis))
        return cls(
            tuple(families), tuple(bases), np.concatenate(precision, -1), np.concatenate(pull, -1)
        )

    @cached_property
    def place(self) -> np.ndarray:
        """(group, direction) places of all deviations."""
        return np.concatenate([family.deviation for family in self.families], axis=1)

    @cached_property
    def start(self) -> np.ndarray:
        """(family,) the first direction of each family."""
        return np.cumsum([0, *(len(basis) for basis in self.bases[:-1])])

    def rotate(self, values: np.ndarray, *, back: bool = False) -> np.ndarray:
        """(group, direction) values from directions to deviations, or back."""
        parts = np.split(values, self.start[1:], axis=1)
        return np.concatenate(
            [part @ (e if back else e.T) for part, e in zip(parts, self.bases, strict=True)], axis=1
        )

    def given(self, x: np.ndarray) -> "Given":
        """The map at the sds and correlations of an unconstrained point (dim,)."""
        roots = [family.factor(x) for family in self.families]
        root = np.repeat(np.stack(roots, -1), [len(basis) for basis in self.bases], axis=-1)
        weighted = _product(self.precision, root)
        total = _product(root.swapaxes(0, 1), weighted)
        total += np.eye(len(root))[:, :, None]
        factor = _inverse_root(total)
        half = _applied(factor.swapaxes(0, 1), _applied(root.swapaxes(0, 1), self.pull))
        return Given(self, weighted, factor, _applied(factor, half))


@dataclass(frozen=True)
class Given:
    """The map at given sds and correlations.

    Attributes
    ----------
    deviations : Deviations
    weighted : (group, group, direction) array
        T R.
    factor : (group, group, direction) array
        F.
    mean : (group, direction) array
    """

    deviations: Deviations
    weighted: np.ndarray
    factor: np.ndarray
    mean: np.ndarray

    @property
    def log_determinant(self) -> float:
        """Of the map from coordinates to standardised deviations."""
        return float(np.log(np.einsum("iin->in", self.factor)).sum())

    def standardised(self, coordinates: np.ndarray) -> np.ndarray:
        """Deviations (group, direction) at coordinates of that shape."""
        return self.deviations.rotate(_applied(self.factor, coordinates) + self.mean)

    def jacobian(self, dim: int) -> np.ndarray:
        """(dim, dim) derivative of the unconstrained point by the coordinates."""
        result = np.eye(dim)
        blocks = np.split(self.factor, self.deviations.start[1:], axis=2)
        plan = self.deviations
        for family, basis, factor in zip(plan.families, plan.bases, blocks, strict=True):
            own = family.deviation.ravel()
            block = np.einsum("ik,ghk->gihk", basis, factor)
            result[np.ix_(own, own)] = block.reshape(len(own), len(own))
        return result

    def gradient(self, coordinates: np.ndarray, x: np.ndarray, outer: np.ndarray) -> np.ndarray:
        """Gradient (dim,) by coordinates, sds and correlations, the log determinant's included.

        Parameters
        ----------
        coordinates : (group, direction) array
        x : (dim,) array
            The unconstrained point.
        outer : (dim,) array
            Gradient by that point.
        """
        plan, factor = self.deviations, self.factor
        back = factor.swapaxes(0, 1)
        by_coordinate = _applied(back, plan.rotate(outer[plan.place], back=True))
        # dF = -F U(S)' with S = F' dK F, K = V^-1 and U the upper triangle with half the
        # diagonal (derivative of the Cholesky factor; Murray 2016, section 3).
        groups = np.arange(len(factor))
        moved = by_coordinate[:, None] * coordinates
        moved[groups, groups] += 1.0
        moved *= (np.triu(np.ones_like(factor[..., 0])) - 0.5 * np.eye(len(factor)))[:, :, None]
        towards = _applied(factor, by_coordinate)
        by_total = _product(_product(factor, moved), back) + towards[:, None] * self.mean
        by_total = -0.5 * (by_total + by_total.swapaxes(0, 1))
        by_root = plan.pull[:, None] * towards + 2.0 * _product(self.weighted, by_total)

        result = outer.copy()
        result[plan.place] = by_coordinate
        per_family = np.add.reduceat(by_root, plan.start, axis=2)
        for f, family in enumerate(plan.families):
            result[family.scales] += family.pulled(x, per_family[:, :, f])
        return result
