"""Effects as a tidy table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import xarray as xr

from cips_models.did.effects import effects
from cips_models.did.estimand import Estimand
from cips_models.did.on_cells import LATENT_TRENDS, POINT_TRENDS, compared
from cips_models.did.statements import estimand
from cips_models.did.weighting import Weights, name_of
from cips_models.estimands.intervals import summarise
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT
from cips_models.tables import TABLES
from cips_models.tables.columns import ESTIMAND

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

    for name, kind in ESTIMANDS.items():
        if name not in found:
            continue
        for scale in found["scale"].to_numpy():
            add(found[name].sel(scale=scale), kind, str(scale), LATENT_TRENDS)
    if "att_points" in found:
        for scale in found["points_scale"].to_numpy():
            add(found["att_points"].sel(points_scale=scale), "ATT", str(scale), POINT_TRENDS)
    for name, kind in COEFFICIENTS.items():
        if name in found:
            add(found[name], kind, LATENT, LATENT_TRENDS)
    table = pd.concat(rows, ignore_index=True)
    for dim in (COUNTRY, FACTOR, GROUP):
        table[dim] = table[dim].fillna("") if dim in table else ""
    described = with_estimands(table.assign(weights=name_of(weights)), fit)
    slopes = described["estimand"].isin(COEFFICIENTS.values())
    described.loc[slopes, ["weights", "population", "comparison", "assumption"]] = ""
    already = [one.already_treated for one in compared(fit)]
    return described.assign(
        already_treated=table[GROUP]
        .map(dict(zip(fit.design.groups, already, strict=True)))
        .astype("Int64"),
        route=fit.provenance["route"],
        specification=fit.provenance["specification"],
    )[COLUMNS]


def with_estimands(
    table: pd.DataFrame,
    fit: Fit,
    otherwise: Callable[[pd.Series], Mapping[str, Any] | None] = lambda _row: {},
) -> pd.DataFrame:
    """Rows of effects with what each is an effect of.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``group`` and ``scale``; ``estimand``, ``parallel_trends`` and ``weights`` where
        they are not the average effect, latent trends and every cell alike.
    fit : Fit
        Of which they are.
    otherwise : callable, optional
        What of a row's :class:`cips_models.did.estimand.Estimand` is other than of the fit's
        effects; None where the row shows no effect.
    """
    return with_statements(
        table, [_of_row(fit, row, otherwise(row)) for _index, row in table.iterrows()]
    )


def with_statements(table: pd.DataFrame, each: Sequence[Estimand | None]) -> pd.DataFrame:
    """Rows with what each is an effect of, in the columns that tables of effects share.

    Parameters
    ----------
    table : pandas.DataFrame
    each : sequence of Estimand or None
        One a row; None where it shows no effect.
    """
    records = [{} if one is None else one.columns() for one in each]
    names = [column.name for column in ESTIMAND]
    described = pd.DataFrame(records, index=table.index, columns=names, dtype=object)
    for column in ESTIMAND:
        own = described[column.name]
        count = column.kind == "count"
        described[column.name] = own.astype("Int64") if count else own.fillna("").astype("str")
    return table.drop(columns=[name for name in described if name in table]).join(described)


def _of_row(fit: Fit, row: pd.Series, other: Mapping[str, Any] | None) -> Estimand | None:
    if other is None:
        return None
    found = estimand(
        fit,
        row[GROUP],
        effect=row.get("estimand", "ATT"),
        scale=row["scale"],
        trends=row.get("parallel_trends", LATENT_TRENDS),
        weights=row.get("weights", "cells"),
    )
    return replace(found, **other)
