"""The generative truth: countries, factors, items and the effect of support.

The model is that of the package's design: a graded response model (Samejima, 1969) with a
general and a factor-specific latent per respondent, and for the cells

    mu[c,f,g,w] = beta[f,g] + alpha[c,g] + alpha[c,f,g]
                  + [second wave] (gamma[f,g] + delta[c,g] + delta[c,f,g] + S[c,f] att[c,f,g])

A third wave adds a gamma and deltas of its own to those of the second (:class:`Step`).

Arrays have their dimensions in the order country, factor, group, wave.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from cips_models.survey.codebook import Codebook
from cips_models.survey.simulation.questionnaire import Size

Effect = Literal["real", "none"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """Constants of a world, in logits of a typical item unless stated.

    Pairs are (officials, private sector).

    Attributes
    ----------
    shift : tuple of float
        Mean over factors of the common change gamma.
    att : tuple of float
        Mean effect of support on the supported.
    att_country_sd, att_factor_sd : float
        How it varies by country and by factor.
    country_shock_sd, cell_shock_sd : float
        Standard deviations of delta by country and by cell.
    kappa : float
        Share of a cell's baseline deviation that does not persist:
        ``delta[c,f,g] ~ N(-kappa alpha[c,f,g], cell_shock_sd^2)``.
    officials_voice : float
        Weight in [0, 1] of officials' observed baseline in the choice of factors to
        support, against the private sector's; used where support follows the baseline.
    other_reasons : float
        Standard deviation, in points out of 100, of what else moves that choice.
    shift_sd, level, factor_sd, country_sd, cell_sd : float
        Spread of gamma over factors; mean and spreads of the baselines.
    sigma, tau, loading_sd, log_a_sd, location_sd : float
        Spread of the general outlook and range of that of the specific parts; log-sd of
        loadings and discriminations; sd of item locations.
    country_correlation, cell_correlation : float
        Between the two groups, of everything that varies by country, and by cell or factor.
    """

    shift: tuple[float, float]
    att: tuple[float, float] = (0.0, 0.0)
    att_country_sd: float = 0.0
    att_factor_sd: float = 0.0
    country_shock_sd: float = 0.25
    cell_shock_sd: float = 0.20
    kappa: float = 0.0
    officials_voice: float = 0.5
    other_reasons: float = 0.0
    shift_sd: float = 0.08
    level: tuple[float, float] = (0.9, 0.5)
    factor_sd: float = 0.20
    country_sd: float = 0.35
    cell_sd: float = 0.25
    sigma: float = 0.9
    tau: tuple[float, float] = (0.55, 0.70)
    loading_sd: float = 0.15
    log_a_sd: float = 0.25
    location_sd: float = 0.5
    country_correlation: float = 0.6
    cell_correlation: float = 0.5


#: Tuned so that each world gives the published headline (85/73, 72/61) on average over its
#: draws.  Cells of hundreds of respondents carry less noise, so that "rose" is commoner at
#: the same shift: the larger scale has smaller shifts and effects.  In the worlds without an
#: effect noise in the baselines cannot make the headline, since it is small; part of the
#: baseline itself does not last (a true transient), which is still no effect of support.
WORLDS: Final[dict[tuple[Size, Effect], World]] = {
    ("small", "real"): World(
        shift=(0.265, 0.13), att=(0.19, 0.138), att_country_sd=0.06, att_factor_sd=0.04
    ),
    ("small", "none"): World(
        shift=(0.355, 0.192), factor_sd=0.12, cell_sd=0.30, kappa=0.30, officials_voice=0.68
    ),
    ("cips", "real"): World(
        shift=(0.21, 0.10), att=(0.16, 0.11), att_country_sd=0.05, att_factor_sd=0.03
    ),
    ("cips", "none"): World(
        shift=(0.30, 0.16), factor_sd=0.12, cell_sd=0.30, kappa=0.40, officials_voice=0.65
    ),
}


@dataclass(frozen=True)
class Items:
    """True item parameters, in the order of the codebook.

    Attributes
    ----------
    factor, group : ndarray of int, shape (item,)
        Positions of the item's factor and group.
    log_a : ndarray, shape (item,)
        Log-discrimination; sums to zero within factor and group.
    thresholds : ndarray, shape (item, 4)
        Increasing; NaN beyond an item's own.  Their means (the item locations) sum to
        zero within factor and group.
    """

    factor: NDArray[np.int64]
    group: NDArray[np.int64]
    log_a: Floats
    thresholds: Floats


@dataclass(frozen=True)
class Step:
    """What moves cells from a wave to the next, support or not: shapes as in :class:`Cells`."""

    gamma: Floats
    delta_country: Floats
    delta_cell: Floats


@dataclass(frozen=True)
class Cells:
    """True parameters above the items: cells, effects, spreads of persons.

    Shapes: beta, gamma, tau, loading (factor, group); alpha_country, delta_country
    (country, group); alpha_cell, delta_cell, att (country, factor, group);
    sigma (group, wave).  ``att`` is defined for every cell, whether supported or not.
    gamma, delta_country and delta_cell lead to the second wave, ``further`` to later ones.
    """

    beta: Floats
    alpha_country: Floats
    alpha_cell: Floats
    gamma: Floats
    delta_country: Floats
    delta_cell: Floats
    att: Floats
    sigma: Floats
    tau: Floats
    loading: Floats
    further: tuple[Step, ...] = ()

    def mu(self, supported: NDArray[np.bool_]) -> Floats:
        """Latent cell levels under a support map.

        Parameters
        ----------
        supported : ndarray of bool, shape (country, factor) or (country, factor, wave)
            Without waves: from the second one on.

        Returns
        -------
        ndarray, shape (country, factor, group, wave)
        """
        steps = (Step(self.gamma, self.delta_country, self.delta_cell), *self.further)
        without = [self.beta + self.alpha_country[:, None] + self.alpha_cell]
        for step in steps:
            without.append(without[-1] + step.gamma + step.delta_country[:, None] + step.delta_cell)
        if supported.ndim == 2:
            later = np.repeat(supported[:, :, None], len(steps), axis=2)
            supported = np.concatenate([np.zeros_like(later[:, :, :1]), later], axis=2)
        effect = np.where(supported[:, :, None], self.att[..., None], 0.0)
        return np.stack(without, axis=-1) + effect


def draw_items(
    codebook: Codebook, groups: tuple[str, ...], world: World, rng: np.random.Generator
) -> Items:
    """Draw discriminations and thresholds, centred within factor and group."""
    items = codebook.items
    factor = np.array([codebook.factors.index(item.factor) for item in items])
    group = np.array([groups.index(item.groups[0]) for item in items])
    block = factor * len(groups) + group
    log_a = _centre(rng.normal(0.0, world.log_a_sd, len(items)), block)
    location = _centre(rng.normal(0.0, world.location_sd, len(items)), block)
    thresholds = np.full((len(items), max(item.n_levels for item in items) - 1), np.nan)
    for j, item in enumerate(items):
        # The whole scale spans about three logits, however many levels cut it.
        gaps = 3.0 / (item.n_levels - 2) * np.exp(rng.normal(0.0, 0.15, item.n_levels - 2))
        cuts = np.concatenate([[0.0], np.cumsum(gaps)])
        thresholds[j, : len(cuts)] = cuts - cuts.mean() + location[j]
    return Items(factor, group, log_a, thresholds)


def draw_cells(countries: int, factors: int, world: World, rng: np.random.Generator) -> Cells:
    """Draw one world's cells; effects are exactly zero where ``world`` has none."""

    def by_country(sd: float, *shape: int) -> Floats:
        return _paired(rng, sd, world.country_correlation, *shape)

    def by_cell(sd: float, *shape: int) -> Floats:
        return _paired(rng, sd, world.cell_correlation, *shape)

    alpha_cell = by_cell(world.cell_sd, countries, factors)
    loading = np.exp(rng.normal(0.0, world.loading_sd, (factors, 2)))
    return Cells(
        beta=np.array(world.level) + by_cell(world.factor_sd, factors),
        alpha_country=by_country(world.country_sd, countries),
        alpha_cell=alpha_cell,
        gamma=np.array(world.shift) + by_cell(world.shift_sd, factors),
        delta_country=by_country(world.country_shock_sd, countries),
        delta_cell=by_cell(world.cell_shock_sd, countries, factors) - world.kappa * alpha_cell,
        att=np.array(world.att)
        + by_country(world.att_country_sd, countries)[:, None]
        + by_cell(world.att_factor_sd, factors),
        sigma=world.sigma * np.exp(rng.normal(0.0, 0.04, (2, 2))),
        tau=rng.uniform(*world.tau, (factors, 2)),
        loading=loading / np.exp(np.log(loading).mean(axis=0)),
    )


def draw_step(countries: int, factors: int, world: World, rng: np.random.Generator) -> Step:
    """Draw what leads from the second wave to the third: nothing transient is left to be lost."""
    cell, country = world.cell_correlation, world.country_correlation
    return Step(
        gamma=np.array(world.shift) + _paired(rng, world.shift_sd, cell, factors),
        delta_country=_paired(rng, world.country_shock_sd, country, countries),
        delta_cell=_paired(rng, world.cell_shock_sd, cell, countries, factors),
    )


def _paired(rng: np.random.Generator, sd: float, correlation: float, *shape: int) -> Floats:
    """Draw normal deviates whose last dimension is the two groups, correlated."""
    common = rng.standard_normal((*shape, 1))
    own = rng.standard_normal((*shape, 2))
    return np.asarray(sd * (np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own))


def _centre(values: Floats, block: NDArray[np.int64]) -> Floats:
    """Subtract the mean of each block."""
    means = np.bincount(block, weights=values) / np.bincount(block)
    return values - means[block]
