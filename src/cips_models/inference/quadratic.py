"""A quadratic in place of a log-likelihood whose countries are independent given what they share.

Parameters of a country's own (its levels, its item shifts) meet those of another country only by
what all share (items, persons).  So a matrix of all of them is bordered: a block for each
country, a border, and a corner of what is shared.  It is factorised block by block.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from scipy.linalg import solve_triangular

from cips_models.inference.laplace import definite, lower_root

#: Of lower triangular roots, which are known to be finite.
_solved = partial(solve_triangular, lower=True, check_finite=False)


@dataclass(frozen=True)
class Parts:
    """Which of ``dim`` parameters are whose; the others are held.

    Attributes
    ----------
    dim : int
    own : tuple of int arrays
        Places of the parameters of each country.
    shared : int array
    """

    dim: int
    own: tuple[np.ndarray, ...]
    shared: np.ndarray

    def without(self, places: np.ndarray) -> "Parts":
        """The same with some of the countries' own parameters held too."""
        return replace(self, own=tuple(own[~np.isin(own, places)] for own in self.own))

    @property
    def free(self) -> np.ndarray:
        """(dim,) bool array: parameters that are not held."""
        found = np.zeros(self.dim, dtype=bool)
        found[np.concatenate([*self.own, self.shared])] = True
        return found


@dataclass(frozen=True)
class Bordered:
    """A symmetric matrix of parameters, rows and columns of held ones zero.

    Attributes
    ----------
    parts : Parts
    blocks : tuple of (own, own) arrays
    borders : tuple of (own, shared) arrays
    corner : (shared, shared) array
    """

    parts: Parts
    blocks: tuple[np.ndarray, ...]
    borders: tuple[np.ndarray, ...]
    corner: np.ndarray

    @classmethod
    def of(cls, matrix: np.ndarray, parts: Parts) -> "Bordered":
        """From a (dim, dim) array."""
        return cls(
            parts,
            tuple(matrix[np.ix_(own, own)] for own in parts.own),
            tuple(matrix[np.ix_(own, parts.shared)] for own in parts.own),
            matrix[np.ix_(parts.shared, parts.shared)],
        )

    def scaled(self, by: np.ndarray, plus: np.ndarray) -> "Bordered":
        """Rows and columns multiplied by ``by`` (dim,), and ``plus`` (dim,) on the diagonal."""
        own, shared = self.parts.own, self.parts.shared

        def both(matrix: np.ndarray, place: np.ndarray) -> np.ndarray:
            return np.asarray(by[place, None] * matrix * by[place] + np.diag(plus[place]))

        return Bordered(
            self.parts,
            tuple(both(block, at) for block, at in zip(self.blocks, own, strict=True)),
            tuple(
                by[at, None] * border * by[shared]
                for border, at in zip(self.borders, own, strict=True)
            ),
            both(self.corner, shared),
        )

    def times(self, x: np.ndarray) -> np.ndarray:
        """Product with x (dim, ...)."""
        found, shared = np.zeros_like(x), self.parts.shared
        found[shared] = self.corner @ x[shared]
        for at, block, border in zip(self.parts.own, self.blocks, self.borders, strict=True):
            found[at] = block @ x[at] + border @ x[shared]
            found[shared] += border.T @ x[at]
        return found

    def mended(self) -> "Bordered":
        """A positive definite matrix: no direction has less than a standard normal prior's.

        Blocks first, then what is shared given them; see :func:`definite`.
        """
        blocks = tuple(definite(block) for block in self.blocks)
        eliminated = sum(
            border.T @ np.linalg.solve(block, border)
            for block, border in zip(blocks, self.borders, strict=True)
        )
        return replace(self, blocks=blocks, corner=definite(self.corner - eliminated) + eliminated)


@dataclass(frozen=True)
class Gaussian:
    """A Gaussian with a bordered precision P, factorised; held parameters are zero.

    Attributes
    ----------
    parts : Parts
    roots : tuple of (own, own) arrays
        Lower triangular roots of the blocks.
    slopes : tuple of (own, shared) arrays
        Roots' inverses times borders.
    root : (shared, shared) array
        Lower triangular root of the precision of what is shared, all else integrated out.
    """

    parts: Parts
    roots: tuple[np.ndarray, ...]
    slopes: tuple[np.ndarray, ...]
    root: np.ndarray

    @classmethod
    def of(cls, precision: Bordered) -> "Gaussian":
        """From its precision.

        Raises
        ------
        FitError
            The precision is not positive definite.
        """
        roots = tuple(lower_root(block) for block in precision.blocks)
        slopes = tuple(
            _solved(root, border) for root, border in zip(roots, precision.borders, strict=True)
        )
        left = precision.corner.copy()
        for slope in slopes:
            left -= slope.T @ slope
        return cls(precision.parts, roots, slopes, lower_root(left))

    @property
    def log_determinant(self) -> float:
        """Of the precision."""
        return 2.0 * float(sum(np.log(np.diag(r)).sum() for r in (*self.roots, self.root)))

    def solve(self, x: np.ndarray) -> np.ndarray:
        """P^-1 x, of x (dim, ...)."""
        shared, halves = x[self.parts.shared], []
        for at, root, slope in zip(self.parts.own, self.roots, self.slopes, strict=True):
            halves.append(_solved(root, x[at]))
            shared = shared - slope.T @ halves[-1]
        z = np.zeros_like(x)
        z[self.parts.shared] = _solved(self.root, shared)
        for at, half in zip(self.parts.own, halves, strict=True):
            z[at] = half
        return self.spread(z)

    def spread(self, z: np.ndarray) -> np.ndarray:
        """Deviations from the mean (dim, ...) of standard normal z (dim, ...)."""
        found = np.zeros_like(z)
        shared = _solved(self.root, z[self.parts.shared], trans=1)
        found[self.parts.shared] = shared
        for at, root, slope in zip(self.parts.own, self.roots, self.slopes, strict=True):
            found[at] = _solved(root, z[at] - slope @ shared, trans=1)
        return found

    def given(self, parts: Parts) -> "Gaussian":
        """The same given the last of each country's own parameters, those held in ``parts``."""
        sizes, left = [len(own) for own in parts.own], self.root @ self.root.T
        for slope, size in zip(self.slopes, sizes, strict=True):
            left += slope[size:].T @ slope[size:]
        return Gaussian(
            parts,
            tuple(root[:size, :size] for root, size in zip(self.roots, sizes, strict=True)),
            tuple(slope[:size] for slope, size in zip(self.slopes, sizes, strict=True)),
            lower_root(left),
        )

    def inverse(self, sizes: Sequence[int]) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Covariance of the last of each country's own parameters, and a root of the rest.

        ``sizes`` says how many.  The first (own, own) is given what is shared; the covariance
        of all is that, country by country, plus what the second (own, shared) add: their
        products with each other's transposes.
        """
        alone, common = [], []
        for size, root, slope in zip(sizes, self.roots, self.slopes, strict=True):
            last = slice(len(root) - size, None)
            half = _solved(root[last, last], np.eye(size))
            alone.append(half.T @ half)
            common.append(_solved(self.root, slope[last].T @ half).T)
        return alone, common

    @cached_property
    def variances(self) -> np.ndarray:
        """(dim,) variances."""
        found = np.zeros(self.parts.dim)
        inverse = _solved(self.root, np.eye(len(self.root)))
        found[self.parts.shared] = (inverse**2).sum(axis=0)
        everything = self.inverse([len(own) for own in self.parts.own])
        for own, alone, common in zip(self.parts.own, *everything, strict=True):
            found[own] = np.diag(alone) + (common**2).sum(axis=1)
        return found
