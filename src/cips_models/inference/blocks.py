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
    turn : (dimension, dimension) array
        (I + G K)^-1.
    reduced : (dimension, dimension) array
        M.
    log_det : float
    """

    own: np.ndarray
    shared: np.ndarray
    inverse: np.ndarray
    solved: np.ndarray
    gram: np.ndarray
    turn: np.ndarray
    reduced: np.ndarray
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
        mixed_sign, mixed_log_det = np.linalg.slogdet(mixed)
        if not (np.all(sign > 0) and mixed_sign > 0 and np.isfinite(mixed_log_det)):
            raise np.linalg.LinAlgError("The covariance of the cell estimates is not positive")
        turn = np.linalg.inv(mixed)
        total = float(log_det.sum() + mixed_log_det)
        return cls(own, shared, inverse, solved, gram, turn, inner @ turn, total)

    def solve(self, y: np.ndarray) -> np.ndarray:
        """C^-1 y, for y (block, row)."""
        first = np.einsum("brs,bs->br", self.inverse, y)
        along = np.einsum("brm,br->m", self.shared, first)
        return np.asarray(first - self.solved @ (self.reduced @ along))

    def log_density(self, y: np.ndarray) -> float:
        """Log of N(y; 0, C), up to a constant."""
        return float(-0.5 * (y * self.solve(y)).sum() - 0.5 * self.log_det)

    def gradient(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient of the log density by X (block, row, column) and by K, twice."""
        weight = self.solve(y)
        along = np.einsum("brm,br->m", self.shared, weight)
        by_inner = np.outer(along, along) - self.turn @ self.gram
        pulled = np.einsum("brc,br->bc", self.own, weight)
        crossed = self.reduced @ (self.solved.swapaxes(1, 2) @ self.own)
        by_own = weight[:, :, None] * pulled[:, None, :] - self.inverse @ self.own
        return by_own + self.solved @ crossed, by_inner


def _over_rows(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Products of all rows: a' b."""
    return np.asarray(a.reshape(-1, a.shape[-1]).T @ b.reshape(-1, b.shape[-1]))
