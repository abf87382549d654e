"""Placebo maps: the whole analysis repeated under permuted support.

Where support is put at random an effect should be found no more often than its interval allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import binomtest

from cips_models.did.few_clusters.maps import WITHIN_COUNTRY, SupportMaps
from cips_models.did.on_cells import cell_effects
from cips_models.errors import IdentificationError
from cips_models.estimands.intervals import MASS
from cips_models.inference.chains import Progress, Schedule, Tell, side_by_side
from cips_models.inference.refit import Refits
from cips_models.inference.stage_one import StageOne
from cips_models.model.build import blueprint
from cips_models.model.design import Design
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, LATENT
from cips_models.survey.survey import Survey
from cips_models.tables import TABLES

#: Permuted maps under which stage 2 is fitted.
MAPS: Final = 40


@dataclass(frozen=True)
class Placebo:
    """Effects under permuted maps.

    Attributes
    ----------
    scheme : str
    effect : (map, chain, draw, group) DataArray
        ATT in logits; NaN where a map leaves a group nothing to compare.
    pareto_k : (map,) array
        Of the importance weights of each fit.
    """

    scheme: str
    effect: xr.DataArray
    pareto_k: np.ndarray


def placebo_maps(
    survey: Survey,
    spec: Specification,
    stage: StageOne,
    *,
    seed: int,
    maps: int = MAPS,
    scheme: str = WITHIN_COUNTRY,
    cores: int = 2,
    progress: Progress | None = None,
) -> Placebo:
    """Fit stage 2 anew under permuted support maps.

    Stage 1 does not know the support and stays.  Where support did have an effect it is still
    in the cells, as noise that goes with no map.

    Parameters
    ----------
    survey : Survey
    spec : Specification
    stage : StageOne
    seed : int
    maps : int
    scheme : {"within country", "both margins"}
    cores : int
    progress : callable, optional

    Raises
    ------
    IdentificationError
        The survey has no support that began between two waves.
    """
    design = blueprint(stage.density.model).design
    if not design.treated.any():
        raise IdentificationError(
            "Placebo maps: found no support that began between two waves of a country; expected "
            "some to permute."
        )
    rng = np.random.default_rng(seed)
    kinds, _ = SupportMaps.of(design).permuted(scheme, maps, rng)
    kinds = kinds if len(kinds) <= maps else kinds[rng.choice(len(kinds), maps, replace=False)]
    designs = [SupportMaps.of(design).under(kind) for kind in kinds]

    def one(position: int, tell: Tell) -> tuple[xr.DataArray, float]:
        permuted = _supported_as(survey, designs[position])
        fit = Refits.of(permuted, spec, stage, seed=seed + position).fit()
        tell(1.0, 0)
        try:
            effect = cell_effects(fit, LATENT).mean((COUNTRY, FACTOR))
        except IdentificationError:
            effect = fit.posterior["effect"] * np.nan
        return effect, float(fit.sample_stats["pareto_k_scales"])

    schedule = Schedule(seed, 0, 0, len(designs), cores, progress)
    effects, pareto_k = zip(*side_by_side(one, schedule), strict=True)
    return Placebo(scheme, xr.concat(effects, "map"), np.array(pareto_k))


def _supported_as(survey: Survey, design: Design) -> Survey:
    """The survey with the support of a design in place of its own."""
    assert survey.supported is not None
    assert survey.support_start is not None
    assert design.support is not None
    cell = {COUNTRY: list(design.countries), FACTOR: list(design.factors)}
    begun = xr.DataArray(design.support.argmax(axis=2), cell, (COUNTRY, FACTOR))
    in_force = xr.DataArray(design.support.any(axis=2), cell, (COUNTRY, FACTOR))
    supported = xr.DataArray(design.supported, cell, (COUNTRY, FACTOR))
    # Cells outside the comparison keep their start.
    start = begun.where(in_force, survey.support_start).where(supported, -1).astype(np.int64)
    intensity = survey.support_intensity
    if intensity is not None and design.intensity is not None:
        intensity = intensity.copy(data=design.intensity)
    return replace(survey, supported=supported, support_start=start, support_intensity=intensity)


def placebo_table(found: Sequence[Placebo]) -> pd.DataFrame:
    """How often an effect was found where support is put at random, one row a group."""
    rows, tail = [], (1.0 - MASS) / 2.0
    for one in found:
        for group in one.effect[GROUP].to_numpy():
            effect = one.effect.sel({GROUP: group}).stack(sample=(CHAIN, DRAW))
            effect = effect.dropna("map")
            if not effect.sizes["map"]:
                continue
            ends = effect.quantile([tail, 1.0 - tail], "sample").to_numpy()
            rejected = int(((ends[0] > 0) | (ends[1] < 0)).sum())
            rate = binomtest(rejected, effect.sizes["map"])
            interval = rate.proportion_ci(MASS, "exact")
            mean = effect.mean("sample")
            rows.append(
                {
                    GROUP: group,
                    "scheme": one.scheme,
                    "maps": effect.sizes["map"],
                    "rejected": rejected,
                    "rate": rate.statistic,
                    "lower": interval.low,
                    "upper": interval.high,
                    "mean": float(mean.mean()),
                    "sd": float(mean.std(ddof=1)),
                    "posterior_sd": float((effect.var("sample", ddof=1)).mean() ** 0.5),
                    "pareto_k": one.pareto_k.max(),
                }
            )
    return pd.DataFrame(rows, columns=[column.name for column in TABLES["placebo_maps"]])
