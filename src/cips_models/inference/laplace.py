"""Gaussian approximations of a posterior: its mode, and covariances from its curvature.

Sound for the levels, items and person spreads (stage 1 of the cut route, where nothing
is pooled), and for everything *given* the hierarchy's sds and correlations; a joint mode
of those and the rest degenerates.
"""

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.optimize import minimize

from cips_models.errors import FitError
from cips_models.model.density import Density


def maximise(density: Density, start: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Mode over the free coordinates, the others held at their start.

    Raises
    ------
    FitError
        The optimiser does not arrive.
    """
    function = density.function()

    def objective(part: np.ndarray) -> tuple[float, np.ndarray]:
        x = start.copy()
        x[free] = part
        value, gradient = function(x)
        return -value, -gradient[free]

    found = minimize(
        objective, start[free], jac=True, method="L-BFGS-B",
        options={"maxiter": 2000, "maxfun": 3000, "maxcor": 30, "ftol": 1e-11, "gtol": 1e-3},
    )  # fmt: skip
    if not np.isfinite(found.fun):
        raise FitError(f"Laplace: the mode was not found ({found.message}); sample instead")
    x = start.copy()
    x[free] = found.x
    return x


def definite(precision: np.ndarray) -> np.ndarray:
    """The precision, in no direction less than a standard normal prior's if not definite.

    Away from the mode a likelihood may curve upwards; what a Gaussian is to stand for there
    is at most as wide as the prior.
    """
    try:
        np.linalg.cholesky(precision)
    except np.linalg.LinAlgError:
        values, axes = np.linalg.eigh(precision)
        return np.asarray((axes * np.maximum(values, 1.0)) @ axes.T)
    return precision


def lower_root(precision: np.ndarray) -> np.ndarray:
    """Lower triangular L with L L' = precision.

    Raises
    ------
    FitError
        The precision is not positive definite: no mode was found.
    """
    try:
        return np.linalg.cholesky(precision)
    except np.linalg.LinAlgError:
        raise FitError(
            "Laplace: the curvature at the mode is not positive definite; some parameter is "
            "not identified. Look at items and groups with very few answers."
        ) from None


def factorise(precision: np.ndarray) -> np.ndarray:
    """A matrix F with F F' = inverse of the precision; see :func:`lower_root`."""
    lower = lower_root(precision)
    return np.asarray(solve_triangular(lower, np.eye(len(lower)), lower=True).T)


def covariance(precision: np.ndarray) -> np.ndarray:
    """Inverse of a positive definite precision."""
    return np.asarray(cho_solve(cho_factor(precision), np.eye(len(precision))))
