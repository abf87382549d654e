"""Coordinates of sds and correlations in which their prior is standard normal.

Of a half-normal sd, and of a correlation that is uniform over its interval, these are the
normal quantiles of their prior probability.  Persistence is standard normal as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

from cips_models.inference.families import Family, joined


@dataclass(frozen=True)
class StandardCoordinates:
    """The map to a model's unconstrained parameters.

    Attributes
    ----------
    sd, correlation : (kept,) bool arrays
        Which parameters are sds, in units of their prior's scale, and which correlations, on
        the logit scale of their interval.
    """

    sd: np.ndarray
    correlation: np.ndarray

    @classmethod
    def of(cls, families: Sequence[Family], kept: np.ndarray) -> "StandardCoordinates":
        """For parameters at the places ``kept`` (kept,), sds and correlations of families."""
        sds = joined(family.sd for family in families)
        correlations = [f.correlation for f in families if f.correlation is not None]
        return cls(np.isin(kept, sds), np.isin(kept, correlations))

    def unconstrained(self, h: np.ndarray) -> np.ndarray:
        """Unconstrained parameters (kept,) at coordinates (kept,)."""
        x = h.copy()
        x[self.sd] = -ndtri(0.5 * ndtr(-h[self.sd]))
        of = h[self.correlation]
        x[self.correlation] = log_ndtr(of) - log_ndtr(-of)
        return x

    def stretch(self, h: np.ndarray) -> np.ndarray:
        """Derivative (kept,) of each parameter by its own coordinate."""
        stretch = np.ones(len(h))
        size = self.unconstrained(h)[self.sd]
        stretch[self.sd] = 0.5 * np.exp(0.5 * (size**2 - h[self.sd] ** 2))
        of = h[self.correlation]
        log_normal = -0.5 * (of**2 + np.log(2 * np.pi))
        stretch[self.correlation] = np.exp(log_normal - log_ndtr(of) - log_ndtr(-of))
        return stretch
