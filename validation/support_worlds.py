"""Surveys as stage 1 would hand them on, in worlds that differ in how support was chosen.

17 countries, 10 factors and one group, twice.  A survey is the true levels plus Gaussian errors
with the covariance that persons and items of the demonstration cause.  Constants are those of the
demonstration without an effect, where nothing else is said.

Choice of support, three to seven factors of a country; a transient part of the baseline, of sd .1
logits, is there at the first wave and gone at the second:

    lot                    drawn by lot                             all three assumptions are true
    observed, noise        lowest observed, nothing transient       exchangeable and conditional
    observed, transient    lowest observed, a transient part        conditional only
    lowest true            lowest true baselines                    difference in differences only
    lowest true, transient lowest true baselines, a transient part  none
    willing                those that were about to rise            none
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np
import xarray as xr
from scipy.stats import t

import cips_models as cips
from cips_models.inference.collapse import Collapsed
from cips_models.inference.mixture import mixture
from cips_models.inference.support_maps import SupportMaps
from cips_models.model.build import CellEstimates
from cips_models.model.design import Design, of_observed
from cips_models.survey.simulation.selection import support_lowest_observed, support_regardless
from cips_models.survey.simulation.world import WORLDS, World, draw_cells
from validation.two_way import two_way

COUNTRIES, FACTORS = 17, 10
SIZES, EFFECTS = (75, 300), (0.0, 0.15)
BRACKET = ("did", "exchangeable", "conditional")

#: Variances of one respondent's reading of a factor: of the outlook, which all factors share, of
#: what is specific to one, and of four items with information .3 each at a typical trait.
SHARED, OWN = 0.9**2, 0.62**2 + 1 / (4 * 0.3)

#: Sd of the persistent and of the transient part of a cell's baseline.
PERSISTENT, TRANSIENT = 0.25, 0.10

#: Of cells' coming changes as they are foreseen: noise in logits.
FORESIGHT = 0.1

#: Points of the scales: with 32 the ends of an interval err by some hundredths of an sd.
POINTS = 32


@dataclass(frozen=True)
class Choice:
    """How support is chosen, and which specifications' assumptions are then true."""

    by: str
    transient: bool
    right: tuple[str, ...]


CHOICES: Final[Mapping[str, Choice]] = {
    "lot": Choice("lot", False, BRACKET),
    "observed, noise": Choice("observed", False, ("exchangeable", "conditional")),
    "observed, transient": Choice("observed", True, ("conditional",)),
    "lowest true": Choice("true", False, ("did",)),
    "lowest true, transient": Choice("true", True, ()),
    "willing": Choice("willing", False, ()),
}


@dataclass(frozen=True)
class Simulated:
    """A survey: estimates (country, factor, wave), support, and the true average effect."""

    estimates: np.ndarray
    supported: np.ndarray
    truth: float


def world(choice: Choice, effect: float) -> World:
    """Constants; a transient part is a share of the baseline deviations that is lost again."""
    variance = PERSISTENT**2 + TRANSIENT**2 * choice.transient
    return replace(
        WORLDS["small", "none"],
        cell_sd=variance**0.5,
        kappa=1 - PERSISTENT**2 / variance,
        att=(effect, effect),
        att_country_sd=0.06 if effect else 0.0,
        att_factor_sd=0.04 if effect else 0.0,
        officials_voice=1.0,
        other_reasons=FORESIGHT if choice.by == "willing" else 0.0,
    )


def simulate(choice: Choice, effect: float, size: int, rng: np.random.Generator) -> Simulated:
    """Draw one survey with cells of ``size`` respondents."""
    constants = world(choice, effect)
    cells = draw_cells(COUNTRIES, FACTORS, constants, rng)
    unsupported = cells.mu(np.zeros((COUNTRIES, FACTORS), dtype=bool))
    common = rng.normal(0, SHARED**0.5, (COUNTRIES, 1, 1, 2))
    noise = (common + rng.normal(0, OWN**0.5, unsupported.shape)) / size**0.5
    if choice.by == "lot":
        supported = support_regardless(COUNTRIES, FACTORS, rng)
    else:
        change = unsupported[..., 1:] - unsupported[..., :1]
        seen = {"observed": unsupported + noise, "true": unsupported, "willing": -change}
        supported = support_lowest_observed(seen[choice.by], constants, rng)
    observed = (cells.mu(supported) + noise)[:, :, 0]
    return Simulated(observed, supported, float(cells.att[:, :, 0][supported].mean()))


def design(supported: np.ndarray) -> Design:
    """The design of such a survey."""
    lengths = {"country": COUNTRIES, "factor": FACTORS, "group": 1, "wave": 2}
    names = [[f"{word} {k}" for k in range(length)] for word, length in lengths.items()]
    told = (supported, np.where(supported, 1, -1), None)
    return of_observed(np.ones(tuple(lengths.values()), bool), names, (2021, 2023), told)


@cache
def _stage_two(specification: str, helped: bytes) -> SupportMaps:
    """Compiled once for maps of support with cells in the same countries and factors."""
    supported = np.frombuffer(helped, dtype=bool).reshape(COUNTRIES, FACTORS)
    return SupportMaps.of(cips.specification(specification), design(supported))


def stage_two(specification: str, supported: np.ndarray) -> SupportMaps:
    """Stage 2 for this map of support and others like it."""
    alike = supported.any(axis=1)[:, None] & supported.any(axis=0)
    return _stage_two(specification, alike.tobytes())


def estimates(survey: Simulated, size: int) -> CellEstimates:
    """What stage 1 would hand on."""
    position = np.argwhere(np.ones((COUNTRIES, FACTORS, 1, 2), bool))
    country, factor, _, wave = position.T
    together = (country[:, None] == country) & (wave[:, None] == wave)
    covariance = (SHARED * together + OWN * np.eye(len(position))) / size
    mean = survey.estimates[country, factor, wave]
    return CellEstimates(position, mean, covariance, np.zeros((len(position), 0)))


def average_effect(supported: np.ndarray) -> Any:
    """The average effect on supported cells, read from public variables."""
    weight = xr.DataArray(supported / supported.sum(), dims=("followed", "factor"))
    return lambda public: (public["effect_cell"].isel(group=0) * weight).sum(weight.dims)


def by_model(
    specification: str, survey: Simulated, size: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Posterior mean and 95 % interval of the average effect."""
    supported = survey.supported
    hierarchy, coefficients = stage_two(specification, supported).under(
        design(supported), average_effect(supported)
    )
    marginal = Collapsed.fitted_to(estimates(survey, size), hierarchy)
    found = mixture(marginal, coefficients, rng, POINTS)
    return found.mean, *found.interval()


def naive(survey: Simulated) -> dict[str, tuple[float, float, float]]:
    """Estimates from observed means with 95 % intervals.

    Difference in differences with cells independent and with countries as clusters (t with
    C - 1 degrees of freedom); and the latter given the observed baseline, too.
    """
    first, second = survey.estimates[..., 0], survey.estimates[..., 1]
    plain = two_way(second - first, survey.supported)
    given = two_way(second - first, survey.supported, first)

    def interval(mean: float, error: float, free: int) -> tuple[float, float, float]:
        half = t.ppf(0.975, free) * error
        return mean, mean - half, mean + half

    return {
        "two-way, cells independent": interval(plain.effect, plain.apart, plain.free),
        "two-way, clustered": interval(plain.effect, plain.clustered, COUNTRIES - 1),
        "given observed baseline, clustered": interval(
            given.effect, given.clustered, COUNTRIES - 1
        ),
    }
