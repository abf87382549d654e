"""Model specifications: the terms that are in force, the quadrature, and every prior's reason.

They are read from TOML files by :mod:`cips_models.model.specification_file`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cips_models.model.quadrature import Quadrature

#: Families of priors and the parameters each needs.
FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "normal": ("sd",),
        "half_normal": ("sd",),
        "lognormal": ("median", "sd"),
        "uniform": (),
        "fixed": ("sd",),
        "half_cauchy": ("sd",),
        "inverse_gamma": ("sd",),
    }
)

#: Terms that carry a prior, and the family each needs.
TERMS: Mapping[str, str] = MappingProxyType(
    {
        "discrimination": "normal",
        "difficulty": "normal",
        "gap": "lognormal",
        "baseline": "normal",
        "mean_change": "normal",
        "common_change": "normal",
        "country_baseline": "half_normal",
        "cell_baseline": "half_normal",
        "country_change": "half_normal",
        "cell_change": "half_normal",
        "group_correlation": "uniform",
        "effect": "normal",
        "country_effect": "half_normal",
        "factor_effect": "half_normal",
        "baseline_slope": "normal",
        "spillover_slope": "normal",
        "persistence": "normal",
        "outlook": "lognormal",
        "outlook_by_wave": "normal",
        "loading": "normal",
        "specific": "lognormal",
        "already_treated": "normal",
        "flat_cell": "normal",
        "item_country": "half_normal",
        "item_wave": "half_normal",
        "item_country_wave": "half_normal",
        "item_wave_scale": "half_cauchy",
        "item_country_wave_scale": "half_cauchy",
        "item_slab": "inverse_gamma",
        "answering": "normal",
        "answering_by_wave": "normal",
        "answering_in_cell": "normal",
        "answering_by_country": "normal",
        "answering_trait": "normal",
        "answering_spread": "lognormal",
        "stratum": "normal",
        "stratum_by_factor": "normal",
        "mode": "normal",
        "mode_by_factor": "normal",
    }
)

#: Terms whose sd may be "fixed" instead of estimated; at zero there is no such term.
MAY_BE_FIXED = ("item_country", "item_wave", "item_country_wave")

#: Parts of the structure that are words, and what they may be.
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "measurement": ("answers", "cells"),
        "dont_know": ("dropped", "informative"),
        "shifts": ("normal", "sparse"),
    }
)


@dataclass(frozen=True)
class Prior:
    """A prior of one term: its family, its scale in logits, and why.

    Of the family "fixed" the sd is the term's own; of "half_cauchy" it is the scale, and of
    "inverse_gamma" that of the root of the variable.
    """

    family: str
    sd: float
    median: float
    reason: str


@dataclass(frozen=True)
class Structure:
    """Which terms are in force; see the comments of ``models/did.toml``."""

    measurement: str = "answers"
    pooling: bool = True
    general_factor: bool = True
    loadings: bool = True
    spread_by_wave: bool = True
    support_effect: bool = True
    baseline_slope: bool = True
    spillover_slope: bool = True
    persistence: bool = False
    item_shifts: bool = True
    shifts: str = "normal"
    dont_know: str = "dropped"
    composition: bool = True


@dataclass(frozen=True)
class Specification:
    """A model specification.

    Attributes
    ----------
    name, title : str
    structure : Structure
    quadrature : Quadrature
    least_specific : float
        Specific sd held fixed for a factor asked with one item, in logits.
    priors : mapping of str to Prior
        One for each of :data:`TERMS`.
    text : str
        The files it was read from, for provenance.
    """

    name: str
    title: str
    structure: Structure
    quadrature: Quadrature
    least_specific: float
    priors: Mapping[str, Prior]
    text: str
