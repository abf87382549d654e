"""Densities of priors, and what a prior becomes that is raised to a power.

Power-scaling (Kallioinen, Paananen, Bürkner & Vehtari 2024) puts p(theta)^a in the
place of a prior p(theta), normalised.  Below one it is weaker, above one stronger.  It is a
statement about the density of the parameter *as the prior is stated*: of an sd, not its logarithm.

| family      | to the power a                                          |
|-------------|---------------------------------------------------------|
| normal      | normal, sd / sqrt(a)                                    |
| half_normal | half-normal, sd / sqrt(a)                               |
| lognormal   | log-normal, sd / sqrt(a), median exp(sd^2 (1 - a) / a) times as large |
| uniform     | itself                                                  |

A half-Cauchy and an inverse gamma distribution to a power are not of their families: sparse item
shifts alone have them.
"""

from dataclasses import replace

import numpy as np
import xarray as xr

from cips_models.errors import SpecificationError
from cips_models.model.specification import Prior


def log_density(prior: Prior, x: xr.DataArray) -> xr.DataArray:
    """Log density of a parameter at each element of ``x``, up to a constant.

    Parameters
    ----------
    prior : Prior
    x : xarray.DataArray
        Values of the parameter, on the scale on which the prior is stated.

    Raises
    ------
    SpecificationError
        The family is not one of those of top-level parameters here.
    """
    if prior.family in ("normal", "half_normal"):
        return -0.5 * (x / prior.sd) ** 2
    if prior.family == "lognormal":
        log = xr.ufuncs.log(x)
        density: xr.DataArray = -log - 0.5 * ((log - np.log(prior.median)) / prior.sd) ** 2
        return density
    if prior.family == "uniform":
        return xr.zeros_like(x)
    raise _not_of_family(prior)


def powered(prior: Prior, power: float) -> Prior:
    """The prior to a power, where that is of the same family.

    Raises
    ------
    SpecificationError
        It is not, or the power is not positive.
    """
    if not power > 0:
        raise SpecificationError(f"Power of a prior: found {power}; expected one above zero")
    if prior.family == "uniform":
        return prior
    if prior.family not in ("normal", "half_normal", "lognormal"):
        raise _not_of_family(prior)
    median = prior.median
    if prior.family == "lognormal":
        median *= float(np.exp(prior.sd**2 * (1.0 - power) / power))
    return replace(prior, sd=prior.sd / power**0.5, median=median)


def _not_of_family(prior: Prior) -> SpecificationError:
    return SpecificationError(
        f"Prior of family {prior.family!r}: found no power of it in closed form; expected normal, "
        "half_normal, lognormal or uniform"
    )
