"""Which priors of a specification are in force: each term needs its part of the structure."""

from collections.abc import Callable
from typing import Final

from cips_models.model.specification import TERMS, Specification, Structure

_NEEDS: Final[dict[str, Callable[[Structure], bool]]] = {
    "effect": lambda s: s.support_effect,
    "country_effect": lambda s: s.support_effect and s.pooling,
    "factor_effect": lambda s: s.support_effect and s.pooling,
    "already_treated": lambda s: s.support_effect,
    "baseline_slope": lambda s: s.baseline_slope,
    "spillover_slope": lambda s: s.spillover_slope,
    "persistence": lambda s: s.persistence,
    "outlook": lambda s: s.general_factor,
    "outlook_by_wave": lambda s: s.general_factor and s.spread_by_wave,
    "loading": lambda s: s.general_factor and s.loadings,
    "flat_cell": lambda s: not s.pooling,
    "item_country": lambda s: s.item_shifts,
    **dict.fromkeys(
        ("item_wave", "item_country_wave"), lambda s: s.item_shifts and s.shifts == "normal"
    ),
    **dict.fromkeys(
        ("item_wave_scale", "item_country_wave_scale", "item_slab"),
        lambda s: s.item_shifts and s.shifts == "sparse",
    ),
    **dict.fromkeys(
        (
            "answering", "answering_by_wave", "answering_in_cell", "answering_by_country",
            "answering_trait", "answering_spread",
        ),
        lambda s: s.dont_know == "informative",
    ),
    **dict.fromkeys(("stratum", "stratum_by_factor", "mode", "mode_by_factor"),
                    lambda s: s.composition),
    **dict.fromkeys(
        (
            "baseline", "mean_change", "common_change", "country_baseline", "cell_baseline",
            "country_change", "cell_change", "group_correlation",
        ),
        lambda s: s.pooling,
    ),
}  # fmt: skip


def priors_in_force(spec: Specification, *, strata: bool = True) -> tuple[str, ...]:
    """Names of the priors that a model of this specification draws from.

    Parameters
    ----------
    spec : Specification
    strata : bool
        The study names columns of people or the mode; without one their priors meet nothing.
    """
    structure = spec.structure
    return tuple(
        name
        for name in TERMS
        if _NEEDS.get(name, _always)(structure)
        and (strata or not name.startswith(("stratum", "mode")))
    )


def _always(_structure: Structure) -> bool:
    return True
