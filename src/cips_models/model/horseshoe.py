"""Shifts of which most are next to nothing and a few are large: the regularised horseshoe.

For shifts b_j of one term (Piironen & Vehtari 2017, equation 2.8)

    b_j ~ N(0, tau^2 l_j^2 c^2 / (c^2 + tau^2 l_j^2)),   l_j ~ C+(0, 1),   tau ~ C+(0, scale)

so that a shift is shrunk towards nothing by the global scale tau unless its own l_j is large, and
is then at most about as large as the slab, c^2 ~ inverse gamma(nu / 2, nu s^2 / 2).

Half-Cauchy variables are sampled as standard normal ones, through their quantile function: in these
coordinates their tails are no obstacle to a gradient sampler.
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from cips_models.model.specification import Prior

#: Degrees of freedom of the slab, a Student t (Piironen & Vehtari 2017, section 4).
SLAB_FREEDOM = 4.0


def half_cauchy(name: str, scale: float, shape: tuple[int, ...] = ()) -> Any:
    """A half-Cauchy variable, from a standard normal ``name_z``.

    The quantile at p is scale tan(pi p / 2); both tails are computed without cancellation.
    """
    z = pm.Normal(f"{name}_z", 0.0, 1.0, shape=shape)
    below, above = (0.5 * np.pi * 0.5 * pt.erfc(sign * z / np.sqrt(2.0)) for sign in (-1.0, 1.0))
    return scale * pt.sin(below) / pt.sin(above)


def slab(name: str, prior: Prior) -> Any:
    """About how large the large ones are, public as ``name``, in logits."""
    square = pm.InverseGamma(f"{name}_z", 0.5 * SLAB_FREEDOM, 0.5 * SLAB_FREEDOM)
    return pm.Deterministic(name, prior.sd * pt.sqrt(square))


def horseshoe(name: str, scale: Any, width: Any, size: int) -> Any:
    """(size,) shifts in logits, given their global scale and the width of the slab."""
    reach = scale * half_cauchy(f"{name}_local", 1.0, (size,))
    return (
        pm.Normal(f"{name}_z", 0.0, 1.0, shape=size) * reach / pt.sqrt(1.0 + (reach / width) ** 2)
    )
