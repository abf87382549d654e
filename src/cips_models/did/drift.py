"""Changes and effects under several amounts of drift, side by side.

A drift that all items of a factor have in common cannot be told from change.  How far items
drift apart is seen, and says how far they may drift together: omega / sqrt(J).  Here is what
becomes of the results without drift, with as much as that, and with twice as much.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.effects import effects
from cips_models.did.on_cells import compared
from cips_models.did.refusals import has_effect
from cips_models.did.tables import with_estimands
from cips_models.errors import IdentificationError, SpecificationError
from cips_models.estimands.changes import main_changes, pooled_changes, waves_compared
from cips_models.estimands.identification import number_by_factor
from cips_models.estimands.intervals import summarise
from cips_models.estimands.scales import points_per_logit
from cips_models.inference.chains import Progress, Schedule
from cips_models.inference.cut import cut
from cips_models.inference.every_cell import stage_one
from cips_models.inference.fit import Fit
from cips_models.inference.item_sds import ItemSds
from cips_models.inference.stage_one import StageOne
from cips_models.model.build import blueprint
from cips_models.model.shifts import BOTH_TERM, WAVE_TERM
from cips_models.model.specification import Specification
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT, PERCENT, WAVE
from cips_models.survey.survey import Survey
from cips_models.tables import TABLES

#: How many times the drift that the items show.
MULTIPLES: Final = (0.0, 1.0, 2.0)

DRIFT_COLUMNS: Final = tuple(column.name for column in TABLES["drift"])

#: Half the width of a 95 % interval in sds.
_HALF_WIDTH = 1.96


def under_drift(
    survey: Survey,
    spec: Specification,
    *,
    seed: int,
    stage: StageOne | None = None,
    draws: int | None = None,
    chains: int = 4,
    cores: int = 2,
    progress: Progress | None = None,
) -> dict[float, Fit]:
    """Fit by the cut route with the drift of items held at several amounts.

    Parameters
    ----------
    survey : Survey
    spec : Specification
        One in which items may drift, by an sd that is estimated.
    seed, draws, chains, cores, progress
        As for :func:`cips_models.cut`.
    stage : StageOne, optional
        An earlier stage 1 of the same survey and specification.

    Returns
    -------
    dict of float to Fit
        By :data:`MULTIPLES` of the posterior mean of the drift's sds; those of items in
        countries stay where they are.

    Raises
    ------
    SpecificationError
        Nothing drifts by an sd that is estimated.
    FitError
        Stage 1 does not identify some parameter.
    """
    first = stage or stage_one(survey, spec, threads=cores)
    held, parts = with_drift(first, MULTIPLES, seed=seed), len(MULTIPLES)
    whole = Schedule(seed, 0, 0, chains, cores, progress)
    return {
        times: cut(
            survey,
            spec,
            seed=seed,
            stage=version,
            draws=draws,
            chains=chains,
            cores=cores,
            progress=whole.within(position / parts, (position + 1) / parts).progress,
        )
        for position, (times, version) in enumerate(held.items())
    }


def with_drift(first: StageOne, multiples: Iterable[float], *, seed: int) -> dict[float, StageOne]:
    """Stage 1 with the drift of items held at multiples of the posterior mean of its sds.

    Raises
    ------
    SpecificationError
        Nothing drifts by an sd that is estimated.
    """
    drifting = np.isin(list(first.coordinates.shifts), (WAVE_TERM, BOTH_TERM))
    if not drifting.any():
        name = blueprint(first.density.model).specification.name
        raise SpecificationError(
            f"Drift under specification {name!r}: found no sd of drift to be estimated; "
            "expected item_shifts = true, priors item_wave or item_country_wave that are not "
            "fixed, and a country seen in two waves"
        )
    mean = ItemSds(first).mean(seed)
    return {times: first.given(np.where(drifting, times * mean, mean)) for times in multiples}


def drift_table(
    fits: Mapping[float, Fit], pairs: Sequence[tuple[str, str]] | None = None
) -> pd.DataFrame:
    """Pooled changes and average effects under each amount of drift, one row an estimate.

    Changes are between the first two waves of ``pairs`` between which any can be told, see
    :func:`cips_models.estimands.changes.main_changes`; effects are of all waves.

    ``drift_alone`` is what drift alone may feign where nothing changes: 1.96 times the sd of
    the drift that all items of a factor have in common, in the units of the row.  NaN for
    effects, in which most of it cancels.
    """
    found = [rows.assign(drift=times) for times, fit in fits.items() for rows in _rows(fit, pairs)]
    if not found:
        return pd.DataFrame(columns=list(DRIFT_COLUMNS))
    table = pd.concat(found, ignore_index=True)
    for name in (COUNTRY, FACTOR, "from", "to"):
        table[name] = table[name].fillna("") if name in table else ""
    order = ["estimand", "scale", FACTOR, GROUP, "drift"]
    table = table.sort_values(order, kind="stable", ignore_index=True)
    return table.reindex(columns=list(DRIFT_COLUMNS))


def common_drift(fit: Fit, start: str, end: str) -> xr.DataArray:
    """Sd of the drift that all items of a factor have in common, of a change pooled over countries.

    From one wave to another, of a fit whose sds of drift are held: that of a mean over J
    items and C countries, (omega_wave^2 + omega_country_wave^2 / C) / J for every mean step.

    Returns
    -------
    xarray.DataArray
        Dims factor, group, in logits.
    """
    sds, design, book = _held(fit), fit.design, fit.questionnaire
    asked = book["asked"].astype(bool)
    first, last = (asked.sel({WAVE: wave}, drop=True) for wave in (start, end))
    both = number_by_factor(first & last, fit).transpose(FACTOR, GROUP)
    place = waves_compared(design, start, end)
    seen = design.observed[design.followed][..., list(place)].all(axis=-1).sum(axis=0)
    countries = xr.DataArray(np.maximum(seen, 1), both.coords, both.dims)
    steps = float((design.step_scale[slice(*place)] ** 2).sum())
    variance = steps * (sds[WAVE_TERM] ** 2 + sds[BOTH_TERM] ** 2 / countries)
    found: xr.DataArray = (variance / both.where(both > 0)) ** 0.5
    return found


def _held(fit: Fit) -> dict[str, float]:
    sds = fit.posterior["item_sd"].isel(chain=0, draw=0, drop=True)
    return {
        term: float(sds.sel(item_term=term)) if term in sds["item_term"] else 0.0
        for term in (WAVE_TERM, BOTH_TERM)
    }


def _rows(fit: Fit, pairs: Sequence[tuple[str, str]] | None) -> Iterator[pd.DataFrame]:
    held = _held(fit)

    def rows(draws: xr.DataArray, estimand: str, scale: str, **more: Any) -> pd.DataFrame:
        keep = {"chain", "draw", COUNTRY, FACTOR, GROUP}
        bare = draws.drop_vars([name for name in draws.coords if name not in keep])
        table = summarise(bare, estimand=estimand, scale=scale, **more).assign(**held)
        return with_estimands(table, fit, lambda row: {} if row["estimand"] == "ATT" else None)

    try:
        change = main_changes(fit, pairs)
    except IdentificationError:  # which the refusals of the fit say
        return
    waves = {end: str(change[end].item()) for end in ("from", "to")}
    sd = common_drift(fit, *waves.values())
    for scale, unit in ((LATENT, 1.0), (PERCENT, points_per_logit(fit))):
        feigned = _HALF_WIDTH * sd * unit
        pooled = pooled_changes(change, COUNTRY)[scale]
        yield rows(pooled, "pooled change", scale, drift_alone=feigned, **waves)
        total = np.sqrt((feigned**2).sum(FACTOR)) / xr.ufuncs.isfinite(feigned).sum(FACTOR)
        pooled = pooled_changes(change, COUNTRY, FACTOR)[scale]
        yield rows(pooled, "pooled change", scale, drift_alone=total, **waves)
    if has_effect(fit) and any(one.identified for one in compared(fit)):
        for scale in (LATENT, PERCENT):
            found = effects(fit, scales=(scale,))["att"].sel(scale=scale, drop=True)
            yield rows(found, "ATT", scale)
