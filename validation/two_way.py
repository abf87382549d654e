"""Least squares of changes on support with effects of country and factor, as done today."""

from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm


@dataclass(frozen=True)
class TwoWay:
    """Difference in differences of cell means.

    Attributes
    ----------
    effect : float
        Coefficient of support, in the unit of the changes.
    apart, clustered : float
        Its standard error with cells independent, and with countries as clusters (CR1;
        Cameron & Miller 2015, section II.B).
    free, countries : int
        Degrees of freedom of the residuals; clusters.
    """

    effect: float
    apart: float
    clustered: float
    free: int
    countries: int


def two_way(change: np.ndarray, supported: np.ndarray, *beside: np.ndarray) -> TwoWay:
    """Fit changes (country, factor) to support and to other columns of the same shape."""
    countries, factors = change.shape
    country, factor = (index.ravel() for index in np.indices(change.shape))
    columns = [supported.ravel(), *(column.ravel() for column in beside)]
    columns += [country == k for k in range(countries)]
    columns += [factor == k for k in range(1, factors)]
    model = sm.OLS(change.ravel(), np.column_stack(columns).astype(float))
    plain = model.fit()
    clustered = model.fit(cov_type="cluster", cov_kwds={"groups": country})
    return TwoWay(
        effect=float(plain.params[0]),
        apart=float(plain.bse[0]),
        clustered=float(clustered.bse[0]),
        free=int(plain.df_resid),
        countries=countries,
    )
