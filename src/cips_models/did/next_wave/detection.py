"""Probabilities of detecting an effect: that its 95 % interval will exclude zero.

Given the scales the posterior of the effect is N(m, v), and v is known beforehand.  With a prior
variance s of the effect, over all surveys in which the effect is q,

    m | q  ~  N( q (1 - v / s),  v (1 - v / s) )

and, with the waves so far having given N(m0, v0), over what the planned wave may show,

    m | so far  ~  N( m0, v0 - v )

(Gaussian conditioning).  The first says what a design detects; the second, its average over what
is believed of the effect, is its assurance (O'Hagan, Stevens & Campbell 2005), of a wave that
adds to those that were seen.
"""

import numpy as np
from scipy.special import ndtr

#: Half a central 95 % interval of a normal distribution, in sds.
HALF_WIDTH = 1.959964


def detection(effect: float, sd: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Probability that the interval excludes zero if the effect is ``effect``.

    Parameters
    ----------
    effect : float
    sd, prior : arrays of one shape
        Posterior and prior sds of the effect, in its unit.
    """
    kept = 1.0 - (sd / prior) ** 2
    return _outside(effect * kept, sd * np.sqrt(kept), sd)


def assurance(mean: float, now: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Probability that the interval will exclude zero, given the waves so far.

    Parameters
    ----------
    mean : float
        Posterior mean of the effect so far.
    now, sd : arrays of one shape
        Its posterior sds so far and with the planned wave.
    """
    return _outside(mean, np.sqrt(np.maximum(now**2 - sd**2, 1e-18)), sd)


def _outside(mean: np.ndarray | float, spread: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Probability that N(mean, spread^2) is further from zero than an interval's half width."""
    width = HALF_WIDTH * sd
    return np.asarray(ndtr((mean - width) / spread) + ndtr((-mean - width) / spread))
