"""Effects as a tidy table."""

import pandas as pd
import xarray as xr

from cips_models.did.effects import LATENT_TRENDS, POINT_TRENDS, effects
from cips_models.estimands.intervals import summarise
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT, TABLE_COLUMNS

ESTIMANDS = {
    "att": "ATT",
    "att_unit": "ATT of one unit",
    "att_country": "ATT by country",
    "att_factor": "ATT by factor",
    "new_country": "ATT in a new country",
}
COEFFICIENTS = {
    "baseline_slope": "baseline slope",
    "spillover_slope": "spillover slope",
    "persistence": "persistence",
}
_COUNTS = ("countries", "factors", "cells", "already_treated")
_EXTRAS = ["route", "specification", "parallel_trends", *_COUNTS]
COLUMNS = [
    COUNTRY, FACTOR, GROUP, *TABLE_COLUMNS, *_EXTRAS, "inner_lower", "inner_upper", "mcse",
]  # fmt: skip


def effects_table(fit: Fit) -> pd.DataFrame:
    """All effects of a fit with their intervals, one row an estimate."""
    found = effects(fit)
    rows = []

    def add(draws: xr.DataArray, estimand: str, scale: str, trends: str) -> None:
        keep = ["chain", "draw", COUNTRY, FACTOR, GROUP]
        extra = [name for name in draws.coords if name not in keep]
        table = summarise(draws.drop_vars(extra), estimand=estimand, scale=scale)
        rows.append(table.assign(parallel_trends=trends))

    for name, estimand in ESTIMANDS.items():
        if name not in found:
            continue
        for scale in found["scale"].to_numpy():
            add(found[name].sel(scale=scale), estimand, str(scale), LATENT_TRENDS)
    if "att_points" in found:
        for scale in found["points_scale"].to_numpy():
            add(found["att_points"].sel(points_scale=scale), "ATT", str(scale), POINT_TRENDS)
    for name, estimand in COEFFICIENTS.items():
        if name in found:
            add(found[name], estimand, LATENT, LATENT_TRENDS)
    table = pd.concat(rows, ignore_index=True)
    for dim in (COUNTRY, FACTOR, GROUP):
        table[dim] = table[dim].fillna("") if dim in table else ""
    counts = found[[*_COUNTS]].coords.to_dataset().to_dataframe()
    for name in _COUNTS:
        table[name] = table[GROUP].map(counts[name]).astype("Int64")
    table["route"] = fit.provenance["route"]
    table["specification"] = fit.provenance["specification"]
    return table[COLUMNS]
