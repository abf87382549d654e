"""Effects as a tidy table."""

import pandas as pd
import xarray as xr

from cips_models.did.effects import LATENT_TRENDS, POINT_TRENDS, compared, effects
from cips_models.did.statements import estimand
from cips_models.did.weighting import Weights, name_of
from cips_models.estimands.intervals import summarise
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT
from cips_models.tables import TABLES

_ESTIMANDS = {
    "att": "ATT",
    "att_unit": "ATT of one unit",
    "att_country": "ATT by country",
    "att_factor": "ATT by factor",
    "new_country": "ATT in a new country",
}
_COEFFICIENTS = {
    "baseline_slope": "baseline slope",
    "spillover_slope": "spillover slope",
    "persistence": "persistence",
}
COLUMNS = [column.name for column in TABLES["effects"]]


def effects_table(fit: Fit, *, weights: Weights = "cells") -> pd.DataFrame:
    """All effects of a fit with their intervals and what they are effects of, one row an estimate.

    Parameters
    ----------
    fit : Fit
    weights : str or xarray.DataArray
        How cells weigh; see :func:`cips_models.did.weighting.weights_of`.
    """
    found = effects(fit, weights=weights)
    rows = []

    def add(draws: xr.DataArray, kind: str, scale: str, trends: str) -> None:
        keep = ["chain", "draw", COUNTRY, FACTOR, GROUP]
        extra = [name for name in draws.coords if name not in keep]
        table = summarise(draws.drop_vars(extra), estimand=kind, scale=scale)
        rows.append(table.assign(parallel_trends=trends))

    for name, kind in _ESTIMANDS.items():
        if name not in found:
            continue
        for scale in found["scale"].to_numpy():
            add(found[name].sel(scale=scale), kind, str(scale), LATENT_TRENDS)
    if "att_points" in found:
        for scale in found["points_scale"].to_numpy():
            add(found["att_points"].sel(points_scale=scale), "ATT", str(scale), POINT_TRENDS)
    for name, kind in _COEFFICIENTS.items():
        if name in found:
            add(found[name], kind, LATENT, LATENT_TRENDS)
    table = pd.concat(rows, ignore_index=True)
    for dim in (COUNTRY, FACTOR, GROUP):
        table[dim] = table[dim].fillna("") if dim in table else ""
    return described(table.assign(weights=name_of(weights)), fit)[COLUMNS]


def described(table: pd.DataFrame, fit: Fit) -> pd.DataFrame:
    """Rows of effects with what they are effects of; with nothing of it where they are slopes.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns of an estimate, ``group``, ``parallel_trends`` and ``weights``.
    fit : Fit
        Of which they are.
    """
    already = {
        group: one.already_treated
        for group, one in zip(fit.design.groups, compared(fit), strict=True)
    }
    records = [
        estimand(
            fit,
            row[GROUP],
            effect=row["estimand"],
            scale=row["scale"],
            trends=row["parallel_trends"],
            weights=row["weights"],
        ).columns()
        for _index, row in table.iterrows()
    ]
    whole = table.drop(columns="weights").join(pd.DataFrame(records, index=table.index))
    slopes = table["estimand"].isin(_COEFFICIENTS.values())
    whole.loc[slopes, ["weights", "population", "comparison", "assumption"]] = ""
    return whole.assign(
        already_treated=table[GROUP].map(already).astype("Int64"),
        route=fit.provenance["route"],
        specification=fit.provenance["specification"],
    ).astype(dict.fromkeys(("countries", "factors", "cells"), "Int64"))
