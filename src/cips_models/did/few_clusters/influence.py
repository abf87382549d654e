"""Leaving one country out, leaving one factor out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.estimand import Estimand
from cips_models.did.on_cells import cell_effects, compared
from cips_models.did.refusals import effect_refusals
from cips_models.did.statements import estimand
from cips_models.did.tables import with_statements
from cips_models.errors import IdentificationError
from cips_models.estimands.intervals import summarise
from cips_models.inference.chains import Progress, Schedule, Tell, side_by_side
from cips_models.inference.cut import cut
from cips_models.inference.fit import Fit
from cips_models.inference.refit import Refits
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, LATENT, PERCENT
from cips_models.survey.subset import without
from cips_models.survey.survey import Survey
from cips_models.tables import TABLES

_CELLS = (COUNTRY, FACTOR)

#: How the effect without a country or a factor came about.
STAGE_TWO, WHOLE = "stage 2", "whole"

#: What is left out, by dimension; of nothing, the effect of all cells.
type LeftOut = Mapping[str, str]

#: Most influential ones that are fitted anew, and draws of a chain of such a fit.
MOST_INFLUENTIAL: Final = 2
_ENOUGH: Final = 250


@dataclass(frozen=True)
class Influence:
    """The average effect without one country or factor.

    Attributes
    ----------
    left_out : mapping of str to str
        ``{"country": "Angola"}`` or ``{"factor": "Automation"}``; empty: nothing.
    effect : (chain, draw, group, scale) DataArray
        ATT over the cells that are left: logits, and percentage points.
    estimands : tuple of Estimand
        What it is an effect of in each group, in logits.
    refitted : {"stage 2", "whole"}
    pareto_k : float
        Of the importance weights of the scales; NaN where there are none.
    """

    left_out: LeftOut
    effect: xr.DataArray
    estimands: tuple[Estimand, ...]
    refitted: str
    pareto_k: float


def leave_one_out(
    refits: Refits, *, cores: int = 2, progress: Progress | None = None
) -> list[Influence]:
    """The effect without each country and without each factor, exactly in stage 2.

    The cells of one country, or of one factor, are left out of stage 2 and the hierarchy stays
    as it is; stage 1 is not repeated.  Only countries and factors with a supported cell, or one
    to compare with, are left out: the others say nothing of the effect.

    Parameters
    ----------
    refits : Refits
    cores : int
        How many refits run at a time.
    progress : callable, optional

    Returns
    -------
    list of Influence
        The first is of all cells, by the same proposals and random numbers as the others.

    Raises
    ------
    IdentificationError
        No group has anything to compare.
    """
    everything = refits.whole
    if not any(one.identified for one in compared(everything)):
        raise IdentificationError("\n".join(map(str, effect_refusals(everything))))
    first = _influence({}, everything, STAGE_TWO)
    left_out = [*_contributing(everything)]

    def one(position: int, tell: Tell) -> Influence:
        labels = left_out[position]
        found = _influence(labels, refits.fit(refits.without(**labels)), STAGE_TWO)
        tell(1.0, 0)
        return found

    schedule = Schedule(refits.seed, 0, 0, len(left_out), cores, progress)
    return [first, *side_by_side(one, schedule)]


def most_influential(found: Sequence[Influence], count: int = MOST_INFLUENTIAL) -> list[LeftOut]:
    """What moved a group's latent effect the farthest, in sds of the effect of all cells."""
    first = found[0].effect.sel(scale=LATENT)
    sd, mean = first.std((CHAIN, DRAW)), first.mean((CHAIN, DRAW))
    moved = [
        float((abs(one.effect.sel(scale=LATENT).mean((CHAIN, DRAW)) - mean) / sd).max())
        for one in found[1:]
    ]
    order = np.argsort(moved)[::-1][:count]
    return [found[1 + k].left_out for k in order]


def refitted(
    survey: Survey,
    spec: Specification,
    left_out: Sequence[LeftOut],
    *,
    seed: int,
    cores: int = 2,
    progress: Progress | None = None,
) -> list[Influence]:
    """The effect of surveys without a country or a factor, stage 1 and all."""
    whole, parts = Schedule(seed, 0, 0, 1, cores, progress), len(left_out)
    return [
        _influence(
            labels,
            cut(
                without(survey, **labels),
                spec,
                seed=seed,
                draws=_ENOUGH,
                cores=cores,
                progress=whole.within(k / parts, (k + 1) / parts).progress,
            ),
            WHOLE,
        )
        for k, labels in enumerate(left_out)
    ]


def _contributing(fit: Fit) -> Iterator[LeftOut]:
    design = fit.design
    counted = np.any([one.treated | one.control for one in compared(fit)], axis=0)
    for name in np.array(design.followed_labels)[counted.any(axis=1)]:
        yield {COUNTRY: str(name)}
    for name in np.array(design.factors)[counted.any(axis=0)]:
        yield {FACTOR: str(name)}


def _influence(labels: LeftOut, fit: Fit, refitted: str) -> Influence:
    """NaN for every group where nothing is left to compare."""
    scales = (LATENT, PERCENT)
    told = tuple(estimand(fit, group) for group in fit.design.groups)
    try:
        each = [cell_effects(fit, scale).mean(_CELLS) for scale in scales]
    except IdentificationError:
        nothing = fit.posterior["effect"] * np.nan
        each = [nothing, nothing]
    effect = xr.concat(each, xr.Variable("scale", [*scales]))
    statistics = fit.sample_stats
    k = float(statistics["pareto_k_scales"]) if "pareto_k_scales" in statistics else np.nan
    return Influence(labels, effect.drop_vars(_CELLS, errors="ignore"), told, refitted, k)


def influence_table(found: Sequence[Influence]) -> pd.DataFrame:
    """Effects without each country and factor, and how far they are from that with all.

    The first row of a group and scale is with everything.
    """
    names = [column.name for column in TABLES["leave_one_out"]]
    whole = found[0].effect.mean((CHAIN, DRAW))
    rows = []
    for one in found:
        for scale in one.effect["scale"].to_numpy():
            draws = one.effect.sel(scale=scale, drop=True)
            change = draws.mean((CHAIN, DRAW)) - whole.sel(scale=scale, drop=True)
            own = summarise(
                draws,
                estimand="ATT",
                scale=str(scale),
                change=change,
                refitted=one.refitted,
                pareto_k=one.pareto_k,
            ).assign(**{dim: one.left_out.get(dim, "") for dim in _CELLS})
            told = {each.group: each for each in one.estimands}
            rows.append(with_statements(own, [told[group] for group in own[GROUP]]))
    table = pd.concat(rows, ignore_index=True)
    order = {name: k for k, name in enumerate(found[0].effect[GROUP].to_numpy())}
    return table.sort_values(
        ["scale", GROUP],
        kind="stable",
        ignore_index=True,
        key=lambda column: column.map(order) if column.name == GROUP else column,
    )[names]
