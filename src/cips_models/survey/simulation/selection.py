"""Which factors each country has supported: without regard to the baseline, or because of it."""

import numpy as np
from numpy.typing import NDArray

from cips_models.survey.simulation.world import Floats, World

#: Fewest and most factors that a country has supported, as shares of all.
FEWEST, MOST = 0.3, 0.7


def support_regardless(countries: int, factors: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Support drawn by lot.

    Returns
    -------
    ndarray of bool, shape (country, factor)
    """
    return _first(rng.random((countries, factors)), rng)


def support_lowest_observed(
    scores: Floats, world: World, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Support for the factors on which a country's respondents scored it lowest.

    What was *observed* in the first wave decides, so that truly low cells are chosen more
    often, and so are cells that only looked low: the setting of regression to the mean.

    Parameters
    ----------
    scores : ndarray, shape (country, factor, group, wave)
        Raw mean scores, 0-100.
    world : World
        ``officials_voice`` and ``other_reasons`` are used.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of bool, shape (country, factor)
    """
    voice = np.array([world.officials_voice, 1.0 - world.officials_voice])
    concern = scores[..., 0] @ voice
    return _first(concern + rng.normal(0.0, world.other_reasons, concern.shape), rng)


def _first(urgency: Floats, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Support each country's lowest values, as many as are drawn for it."""
    countries, factors = urgency.shape
    counts = rng.integers(round(FEWEST * factors), round(MOST * factors) + 1, countries)
    rank = urgency.argsort(axis=1).argsort(axis=1)
    return np.asarray(rank < counts[:, None])
