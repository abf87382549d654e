"""Strata and modes: how much more favourable people of one kind are than those of another.

    effect[stratum, f, g] = sum over columns of  mean[value, g] + deviation[value, f, g]

Columns (rank, gender, mode) add up.  Of a column's values only differences can be told from the
level, so that their effects sum to zero over the values that occur in the group, and deviations
over factors.  The sds are those of the priors, of what *two values differ by*, whatever their
number, and are not estimated: a column has few values to estimate them from.
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from cips_models.model.likelihood import EFFECT
from cips_models.model.priors import contrasts, zero_sum_basis
from cips_models.model.specification import Specification
from cips_models.names import COUNTRY, FACTOR, GROUP, STRATUM, WAVE
from cips_models.survey.composition import Composition


def stratum_effect(spec: Specification, composition: Composition | None, factors: int) -> Any:
    """Add the effects of strata and modes to the model on the context stack.

    Returns
    -------
    (stratum, factor, group) tensor or None, public as ``stratum_effect``, in logits
        None where there is nothing to tell people by, or the specification has no such term.
    """
    if composition is None or not spec.structure.composition:
        return None
    maps = [_of_group(spec, composition, g) for g in range(composition.standard.sizes[GROUP])]
    ends = [int(end) for end in np.cumsum([0, *(mean.shape[1] for mean, _ in maps)])]
    if not ends[-1]:
        return None
    pm.modelcontext(None).add_coord(STRATUM, list(composition.strata.index))
    mean_z = pm.Normal("stratum_z", 0.0, 1.0, shape=ends[-1])
    deviation: Any = pt.zeros((ends[-1], factors))
    if factors > 1:
        by_factor_z = pm.Normal("stratum_by_factor_z", 0.0, 1.0, shape=(ends[-1], factors - 1))
        deviation = pt.dot(by_factor_z, contrasts(factors).T)
    by_group = [
        pt.dot(mean, mean_z[start:end])[:, None] + pt.dot(by_factor, deviation[start:end])
        for (mean, by_factor), start, end in zip(maps, ends[:-1], ends[1:], strict=True)
    ]
    return pm.Deterministic(EFFECT, pt.stack(by_group, axis=-1), dims=(STRATUM, FACTOR, GROUP))


def _of_group(
    spec: Specification, composition: Composition, group: int
) -> tuple[np.ndarray, np.ndarray]:
    """Maps (stratum, coordinate) from standard normals to effects: means, and deviations."""
    counts = composition.respondents.transpose(COUNTRY, GROUP, WAVE, STRATUM).to_numpy()
    weight = composition.standard.transpose(COUNTRY, GROUP, STRATUM).to_numpy()
    occurs = counts[:, group].any(axis=(0, 1)) | weight[:, group].any(axis=0)
    means, deviations = [np.zeros((len(occurs), 0))], [np.zeros((len(occurs), 0))]
    for name, column in composition.strata.items():
        values = np.unique(column.to_numpy(dtype=str)[occurs])
        member = column.to_numpy(dtype=str)[:, None] == values
        # Along such a basis two values differ by sqrt(2) times its coefficients' sd.
        basis = member @ zero_sum_basis(np.zeros(len(values), dtype=int)) / np.sqrt(2)
        mean, by_factor = _sds(spec, composition, str(name))
        means.append(mean * basis)
        deviations.append(by_factor * basis)
    return np.hstack(means), np.hstack(deviations)


def _sds(spec: Specification, composition: Composition, column: str) -> tuple[float, float]:
    """Sds of a column's effects: their means, and their deviations.

    An sd of the mode's effect that the study states takes the place of the specification's,
    and its deviations grow or shrink in proportion.
    """
    term = "mode" if column == composition.mode else "stratum"
    mean, by_factor = spec.priors[term].sd, spec.priors[f"{term}_by_factor"].sd
    if term == "mode" and composition.mode_sd is not None:
        by_factor *= composition.mode_sd / mean
        mean = composition.mode_sd
    return mean, by_factor
