"""A covariance of blocks and a few dimensions that they share.

    C = I + blockdiag(X_b X_b') + E K E'

By the identities of Woodbury and Sylvester (Petersen & Pedersen 2012, equations 156 and 24),
with D the first two terms, U = D^-1 E and G = E' U:

    C^-1 = D^-1 - U M U',    M = K (I + G K)^-1,    det C = det D det(I + G K)

Arrays of rows come as (block, row, ...); blocks with fewer rows are padded with zeros, which
adds nothing.  K need not be positive definite as long as C is.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lu_factor, lu_solve


@dataclass(frozen=True)
class BlockCovariance:
    """The covariance C, factorised.

    Attributes
    ----------
    own : (block, row, column) array
        X.
    shared : (block, row, dimension) array
        E.
    inverse : (block, row, row) array
        D^-1.
    solved : (block, row, dimension) array
        U.
    gram : (dimension, dimension) array
        G.
    inner : (dimension, dimension) array
        K.
    mixed : tuple of arrays
        LU factors of I + G K.
    log_det : float
    """

    own: np.ndarray
    shared: np.ndarray
    inverse: np.ndarray
    solved: np.ndarray
    gram: np.ndarray
    inner: np.ndarray
    mixed: tuple[np.ndarray, np.ndarray]
    log_det: float

    @classmethod
    def of(cls, own: np.ndarray, shared: np.ndarray, inner: np.ndarray) -> "BlockCovariance":
        """Factorise; ``inner`` (dimension, dimension) is K.

        Raises
        ------
        numpy.linalg.LinAlgError
            Numbers left the range of doubles.
        """
        block = own @ own.swapaxes(1, 2)
        block[:, *np.diag_indices(block.shape[1])] += 1.0
        sign, log_det = np.linalg.slogdet(block)
        inverse = np.linalg.inv(block)
        solved = inverse @ shared
        gram = _over_rows(shared, solved)
        mixed = gram @ inner
        mixed[np.diag_indices(len(mixed))] += 1.0
        factors, pivots = lu_factor(mixed, overwrite_a=True, check_finite=False)
        diagonal, swaps = np.diag(factors), (pivots != np.arange(len(pivots))).sum()
        mixed_sign = np.sign(diagonal).prod() * (-1) ** swaps
        total = float(log_det.sum() + np.log(np.abs(diagonal)).sum())
        if not (np.all(sign > 0) and mixed_sign > 0 and np.isfinite(total)):
            raise np.linalg.LinAlgError("The covariance of the cell estimates is not positive")
        return cls(own, shared, inverse, solved, gram, inner, (factors, pivots), total)

    def _reduced(self, along: np.ndarray) -> np.ndarray:
        """M times (dimension, column)."""
        return np.asarray(self.inner @ lu_solve(self.mixed, along, check_finite=False))

    def solve(self, y: np.ndarray) -> np.ndarray:
        """C^-1 y, for y (block, row, column)."""
        first = self.inverse @ y
        return np.asarray(first - self.solved @ self._reduced(_over_rows(self.shared, first)))

    def log_density(self, y: np.ndarray) -> float:
        """Log of N(y; 0, C) for y (block, row), up to a constant."""
        weight = self.solve(y[..., None])[..., 0]
        return float(-0.5 * (y * weight).sum() - 0.5 * self.log_det)

    def gradient(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient of the log density by X (block, row, column) and by K, twice."""
        weight = self.solve(y[..., None])[..., 0]
        along = np.einsum("brm,br->m", self.shared, weight)
        by_inner = np.outer(along, along) - lu_solve(self.mixed, self.gram, check_finite=False)
        pulled = np.einsum("brc,br->bc", self.own, weight)
        reduced = self._reduced(np.eye(len(self.gram)))
        crossed = reduced @ (self.solved.swapaxes(1, 2) @ self.own)
        by_own = weight[:, :, None] * pulled[:, None, :] - self.inverse @ self.own
        return by_own + self.solved @ crossed, by_inner


def _over_rows(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Products of all rows: a' b."""
    return np.asarray(a.reshape(-1, a.shape[-1]).T @ b.reshape(-1, b.shape[-1]))
