"""One effect on several outcomes side by side, by several weights, cell by cell and over time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import xarray as xr

from cips_models.did.between_countries import DISTRIBUTION, between_countries
from cips_models.did.estimand import BY_LEVEL, WEIGHTINGS, Estimand
from cips_models.did.on_cells import LATENT_TRENDS, POINT_TRENDS, compared, effects_on_cells
from cips_models.did.paths import SINCE, by_time, effect_paths
from cips_models.did.statements import estimand, parallel_in_logits
from cips_models.did.tables import with_estimands
from cips_models.did.weighting import averaged, weights_of
from cips_models.errors import IdentificationError
from cips_models.estimands.intervals import summarise
from cips_models.estimands.sample_size import bands
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT, LEVEL, PERCENT, SCORE, WAVE
from cips_models.survey.survey import Survey
from cips_models.tables import TABLES, empty_table
from cips_models.wording import _

_CELLS = (COUNTRY, FACTOR)


#: Effects on cells by scale and scale of the parallel trends: the first step of every average.
type Cells = Mapping[tuple[str, str], xr.DataArray]


def cell_effects_table(fit: Fit, cells: Cells) -> pd.DataFrame:
    """Effects on cells, one row a cell and outcome."""
    sample = bands(fit, fit.design.waves[0], fit.design.waves[-1])
    rows = [
        _summary(draws, "effect on a cell", *way, sample=sample) for way, draws in cells.items()
    ]
    return _table("cell_effects", with_estimands(pd.concat(rows, ignore_index=True), fit))


def weightings_table(fit: Fit, cells: Cells) -> pd.DataFrame:
    """The average effect by every weights that have a name."""
    counted = _counted(cells[LATENT, LATENT_TRENDS])
    rows = []
    for name in WEIGHTINGS:
        share = weights_of(fit, name, counted)
        rows += [
            _summary(averaged(draws, share, *_CELLS), "ATT", *way).assign(weights=name)
            for way, draws in cells.items()
        ]
    return _table("weightings", with_estimands(pd.concat(rows, ignore_index=True), fit))


def outcomes_table(fit: Fit, survey: Survey, cells: Cells, *, seed: int) -> pd.DataFrame:
    """The average effect on every outcome, within countries and between them.

    Parameters
    ----------
    fit : Fit
        The joint fit.
    survey : Survey
        The one that was fitted: between countries raw answers are compared.
    cells : mapping
        As of :func:`cips_models.did.on_cells.effects_on_cells`.
    seed : int
    """
    share = weights_of(fit, "cells", _counted(cells[LATENT, LATENT_TRENDS]))
    rows = [_summary(averaged(draws, share, *_CELLS), "ATT", *way) for way, draws in cells.items()]
    within = with_estimands(pd.concat(rows, ignore_index=True), fit)
    try:
        found = between_countries(survey, seed=seed)
    except IdentificationError:  # the report says that there are no such rows, and why
        return _table("outcomes", within)
    told = [one.identified for one in compared(fit)]
    found = found.where(xr.DataArray(told, dims=GROUP))
    between = []
    for trends in found["trends"].to_numpy():
        mine = found.sel(trends=trends, drop=True)
        between += [_summary(mine[scale], "ATT", scale, str(trends)) for scale in (PERCENT, SCORE)]
        between.append(_summary(mine["answers"], BY_LEVEL, PERCENT, str(trends)))
    table = pd.concat(between, ignore_index=True)
    for name in ("items", "left_out"):
        table[name] = table[GROUP].map(found[name].to_series())
    records = [_between(fit, found, row).columns() for _index, row in table.iterrows()]
    table = table.drop(columns="weights").join(pd.DataFrame(records))
    return _table("outcomes", pd.concat([within, table], ignore_index=True))


def paths_table(fit: Fit) -> pd.DataFrame:
    """Effects by time since support began, of cells and on average; of stage 1 as a fit.

    Without any row with fewer than three waves, or where nothing can be compared.
    """
    if len(fit.design.waves) < 3 or not any(one.identified for one in compared(fit)):
        return empty_table("effect_paths")
    each = effect_paths(fit)
    average = by_time(fit, each)
    rows = []
    for scale, trends in ((LATENT, LATENT_TRENDS), (PERCENT, POINT_TRENDS)):
        cells = average["cells"]
        found = average[scale].drop_vars("cells")
        own = _summary(found, "ATT by time since support", scale, trends, cells=cells)
        single = each[scale].drop_vars(SINCE)
        rows += [own, _summary(single, "effect on a cell", scale, trends, since=each[SINCE])]
    table = pd.concat(rows, ignore_index=True)
    number = table["cells"]
    unpooled = {
        "population": _(
            "the supported country x factor cells seen before and after their support began; at "
            "each time, those seen then"
        ),
        "comparison": _(
            "Supported and unsupported factors are compared within countries, wave by wave, net of "
            "each factor's common change; levels are those of each cell's own answers, and a "
            "change is counted from all earlier waves without support."
        ),
    }
    said = with_estimands(table, fit, lambda _row: unpooled)
    said["cells"] = number.fillna(1).astype("Int64")
    # Levels of stage 1 know nothing of the specification's hierarchy.
    said.loc[said["parallel_trends"] == LATENT_TRENDS, "assumption"] = parallel_in_logits()
    return _table("effect_paths", said)


def _counted(cells: xr.DataArray) -> xr.DataArray:
    counted: xr.DataArray = xr.ufuncs.isfinite(cells.isel(chain=0, draw=0, drop=True))
    return counted


def _summary(
    draws: xr.DataArray, kind: str, scale: str, trends: str, **extras: Any
) -> pd.DataFrame:
    keep = {"chain", "draw", COUNTRY, FACTOR, GROUP, WAVE, LEVEL, SINCE}
    bare = draws.drop_vars([name for name in draws.coords if name not in keep])
    table = summarise(bare, estimand=kind, scale=scale, **extras)
    return table.assign(parallel_trends=trends, weights="cells")


def _table(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The columns as declared; labels that a row has not are empty."""
    declared = TABLES[name]
    table = rows.reindex(columns=[column.name for column in declared])
    for column in declared:
        if column.kind == "text":
            table[column.name] = table[column.name].astype(object).fillna("")
    return table.astype({column.name: "Int64" for column in declared if column.kind == "count"})


def _between(fit: Fit, found: xr.Dataset, row: pd.Series) -> Estimand:
    """What an effect between countries is an effect of."""
    own, waves = found.sel({GROUP: row[GROUP]}), fit.design.waves
    cells = int(own["cells"])
    population = _(
        "the answers to {items} items with three levels or more in the {cells} supported country x "
        "factor cells seen at {first} and {last}, as given"
    ).format(items=int(own["items"]), cells=cells, first=waves[0], last=waves[-1])
    if int(own["left_out"]):
        population += " " + _("({n} items of the group cannot be compared so)").format(
            n=int(own["left_out"])
        )
    distribution = _(
        "Assumption (distributional): an answer is a normal latent response cut at thresholds that "
        "are the same everywhere and always; without support it would have moved by as many "
        "standard deviations, and spread by the same factor, in countries that supported the "
        "factor as in the others (Yamauchi 2020)."
    )
    shares = _(
        "Assumption (shares): without support, the share of every answer would have changed by "
        "equally many points in countries that supported the factor and in the others."
    )
    return replace(
        estimand(fit, row[GROUP], effect=row["estimand"], scale=row["scale"]),
        population=population,
        comparison=_(
            "Countries that supported a factor are compared with countries that did not, item by "
            "item: a comparison between countries, each weighing the same on either side, and not "
            "within them. The interval is from leaving out each country in turn."
        ),
        assumption=distribution if row["parallel_trends"] == DISTRIBUTION else shares,
        countries=int(own["countries"]),
        factors=int(own["factors"]),
        cells=cells,
    )


def outcome_tables(fit: Fit, survey: Survey, *, seed: int) -> dict[str, pd.DataFrame]:
    """Tables ``outcomes``, ``weightings`` and ``cell_effects`` of a joint fit, by name.

    Without rows where there is no effect to be told, which refusals explain.
    """
    try:
        cells = effects_on_cells(fit)
    except IdentificationError:
        return {name: empty_table(name) for name in ("outcomes", "weightings", "cell_effects")}
    return {
        "outcomes": outcomes_table(fit, survey, cells, seed=seed),
        "weightings": weightings_table(fit, cells),
        "cell_effects": cell_effects_table(fit, cells),
    }
