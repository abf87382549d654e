"""Spread of persons: the general outlook, its loadings, the factor-specific deviations."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from cips_models.model.layout import Questions
from cips_models.model.priors import contrasts, lognormal
from cips_models.model.specification import Specification


def single_item(book: Questions, groups: tuple[str, ...], factors: int) -> np.ndarray:
    """(factor, group) bool array: the group was asked at most one item of the factor."""
    asked = np.zeros((factors, len(groups)), dtype=int)
    for factor, members in zip(book.factor, book.groups, strict=True):
        for group in members:
            asked[factor, groups.index(group)] += 1
    return asked <= 1


def _general(spread: Any) -> Any:
    return pm.Deterministic("general_spread", spread, dims=("factor", "group", "wave"))


def persons(
    spec: Specification, book: Questions, sizes: dict[str, int], groups: tuple[str, ...]
) -> tuple[Any, Any]:
    """Add the person spreads to the model on the context stack.

    Returns
    -------
    general : (factor, group, wave) tensor, public as ``general_spread``
        Sd of the general outlook times its loading, logits; zero with a single factor.
    specific : (factor, group) tensor, public as ``specific_spread``
        Sd of the factor-specific deviation, logits.
    """
    factors, waves = sizes["factor"], sizes["wave"]
    lone = single_item(book, groups, factors)
    specific = lognormal("sd_specific", spec.priors["specific"], dims=("factor", "group"))
    specific = pt.where(lone, spec.least_specific, specific)
    specific = pm.Deterministic("specific_spread", specific, dims=("factor", "group"))
    if factors == 1 or not spec.structure.general_factor:
        return _general(pt.zeros((factors, sizes["group"], waves))), specific

    outlook = lognormal("sd_outlook", spec.priors["outlook"], dims=("group",))[:, None]
    if spec.structure.spread_by_wave and waves > 1:
        z = pm.Normal("outlook_by_wave_z", 0.0, 1.0, shape=(sizes["group"], waves - 1))
        ratio = pt.dot(z, spec.priors["outlook_by_wave"].sd * contrasts(waves).T)
        outlook = outlook * pt.exp(ratio)
    outlook = pt.broadcast_to(outlook, (sizes["group"], waves))
    if spec.structure.loadings and factors >= 3:
        z = pm.Normal("loading_z", 0.0, 1.0, shape=(factors - 1, sizes["group"]))
        log_loading = pt.dot(spec.priors["loading"].sd * contrasts(factors), z)
        loading = pm.Deterministic("loading", pt.exp(log_loading), dims=("factor", "group"))
    else:
        loading = pt.ones((factors, sizes["group"]))
    return _general(loading[:, :, None] * outlook[None]), specific
