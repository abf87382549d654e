"""A covariance of blocks and a few dimensions that they share.

    C = I + blockdiag(X_b X_b') + E K E'

With D the first two terms, H H' = D^-1 by the blocks' Cholesky roots, W = H' E and G = W' W, by
the identities of Woodbury and Sylvester (Petersen & Pedersen 2012, equations 156 and 24):

    C^-1 = H (I - W M W') H',    M = K (I + G K)^-1,    det C = det D det(I + G K)

Arrays of rows come as (block, row, ...); blocks with fewer rows are padded with zeros, which
adds nothing.  K need not be positive definite as long as C is.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lu_factor, lu_solve
from scipy.linalg.lapack import dtrtri


@dataclass(frozen=True)
class BlockCovariance:
    """The covariance C, factorised.

    Attributes
    ----------
    own : (block, row, column) array
        X.
    whiten : (block, row, row) array
        H', lower triangular.
    shared : (block, row, dimension) array
        W.
    gram : (dimension, dimension) array
        G.
    inner : (dimension, dimension) array
        K.
    mixed : tuple of arrays
        LU factors of I + G K.
    log_det : float
    """

    own: np.ndarray
    whiten: np.ndarray
    shared: np.ndarray
    gram: np.ndarray
    inner: np.ndarray
    mixed: tuple[np.ndarray, np.ndarray]
    log_det: float

    @classmethod
    def of(cls, own: np.ndarray, shared: np.ndarray, inner: np.ndarray) -> "BlockCovariance":
        """Factorise; ``shared`` is E, ``inner`` (dimension, dimension) is K.

        Raises
        ------
        numpy.linalg.LinAlgError
            Numbers left the range of doubles.
        """
        block = own @ own.swapaxes(1, 2)
        block[:, *np.diag_indices(block.shape[1])] += 1.0
        root = np.linalg.cholesky(block)
        whiten = np.array([dtrtri(own_root, lower=1)[0] for own_root in root])
        white = whiten @ shared
        gram = _over_rows(white, white)
        mixed = gram @ inner
        mixed[np.diag_indices(len(mixed))] += 1.0
        factors, pivots = lu_factor(mixed, overwrite_a=True, check_finite=False)
        diagonal, swaps = np.diag(factors), (pivots != np.arange(len(pivots))).sum()
        mixed_sign = np.sign(diagonal).prod() * (-1) ** swaps
        size = np.diagonal(root, axis1=1, axis2=2)
        total = float(2.0 * np.log(size).sum() + np.log(np.abs(diagonal)).sum())
        if not (mixed_sign > 0 and np.isfinite(total)):
            raise np.linalg.LinAlgError("The covariance of the cell estimates is not positive")
        return cls(own, whiten, white, gram, inner, (factors, pivots), total)

    def _left(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """H^-1 C^-1 y, for y (block, row, column), and E' C^-1 y (dimension, column)."""
        white = self.whiten @ y
        along = lu_solve(self.mixed, _over_rows(self.shared, white), check_finite=False)
        return np.asarray(white - self.shared @ (self.inner @ along)), np.asarray(along)

    def solve(self, y: np.ndarray) -> np.ndarray:
        """C^-1 y, for y (block, row, column)."""
        return np.asarray(self.whiten.swapaxes(1, 2) @ self._left(y)[0])

    def log_density(self, y: np.ndarray) -> float:
        """Log of N(y; 0, C) for y (block, row), up to a constant."""
        y = y[..., None]
        return float(-0.5 * (self.whiten @ y * self._left(y)[0]).sum() - 0.5 * self.log_det)

    def gradient(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient of the log density by X (block, row, column) and by K, twice."""
        left, along = self._left(y[..., None])
        back, own = self.whiten.swapaxes(1, 2), self.whiten @ self.own
        by_inner = along @ along.T - lu_solve(self.mixed, self.gram, check_finite=False)
        reduced = self.inner @ lu_solve(self.mixed, np.eye(len(along)), check_finite=False)
        crossed = self.shared @ (reduced @ (self.shared.swapaxes(1, 2) @ own))
        return back @ (left @ (left.swapaxes(1, 2) @ own) - own + crossed), by_inner


def _over_rows(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Products of all rows: a' b."""
    return np.asarray(a.reshape(-1, a.shape[-1]).T @ b.reshape(-1, b.shape[-1]))
