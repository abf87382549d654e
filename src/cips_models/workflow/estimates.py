"""Result tables of fits, as the files of a results folder hold them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

import cips_models as cips
from cips_models.did.estimand import in_words, of_rows
from cips_models.did.refusals import has_effect, refusals_table
from cips_models.did.statements import what_is_not_told
from cips_models.did.tables import effects_table as did_table
from cips_models.did.weighting import Weights
from cips_models.errors import IdentificationError
from cips_models.estimands.intervals import INNER, LABEL, MASS
from cips_models.estimands.sample_size import SAMPLE
from cips_models.estimands.tables import estimate_tables as estimands_tables
from cips_models.names import DIMS, DRAW, GROUP
from cips_models.survey.released import sizes
from cips_models.survey.survey import Survey
from cips_models.tables import TABLES, empty_table


def diagnostics_table(fits: Mapping[str, Any], survey: Survey | None = None) -> pd.DataFrame:
    """Diagnose several fits, with the survey their quadrature too; the first column says which."""
    tables = []
    for name, fit in fits.items():
        table = cips.diagnose(fit, survey).table.copy()
        table.insert(0, "fit", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def estimate_tables(
    fit: Any, *, margin: float = 0.0, pairs: Sequence[tuple[str, str]] | None = None
) -> dict[str, pd.DataFrame]:
    """Tables ``levels``, ``changes``, ``improved`` and ``densities`` of a fit, and ``refusals``.

    ``pairs`` are the waves compared; see :func:`cips_models.estimands.tables.estimate_tables`.
    """
    tables = estimands_tables(fit, margin=margin, pairs=pairs)
    return {**tables, "refusals": refusals_table(cips.refusals(fit, pairs=pairs))}


def of_each(name: str, fits: Iterable[Any], table: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """A table of several fits; one that has nothing to tell has no rows: ``refusals`` says why."""
    made = []
    for fit in fits:
        with suppress(IdentificationError):
            made.append(table(fit))
    kept = [each for each in made if len(each)]
    return pd.concat(kept, ignore_index=True) if kept else empty_table(name)


def effects_table(fits: Mapping[str, Any], *, weights: Weights = "cells") -> pd.DataFrame:
    """Difference in differences of several fits; empty where there is no effect to estimate.

    ``weights`` are those of supported cells in every average.
    """
    return of_each("effects", fits.values(), partial(did_table, weights=weights))


def effect_statements(fits: Mapping[str, Any], table: pd.DataFrame) -> list[str]:
    """What average effects are effects of, which groups have none and why, what is assumed.

    ``table`` is that of the effects of ``fits``.
    """
    fit = next(iter(fits.values()))
    if not has_effect(fit):
        return []
    return [*in_words(of_rows(table[table["estimand"] == "ATT"])), *what_is_not_told(fit)]


def comparison_table(fits: Mapping[str, Any], survey: Survey) -> pd.DataFrame:
    """Leave-one-respondent-out comparison of joint fits; empty where there is but one."""
    columns = [column.name for column in TABLES["comparison"]]
    if len(fits) < 2:
        return pd.DataFrame(columns=columns)
    table = cips.compare(fits, survey).reset_index()[columns]
    return table.assign(respondents=sizes(survey)[("comparison",)])


def predictive_table(fit: Any, survey: Survey, *, seed: int) -> pd.DataFrame:
    """Posterior predictive check of every cell; see :func:`cips_models.predictive`.

    ``p`` is the probability of a replicate above the observed score, ties counting half.  Where
    fewer people answered than may be counted, neither is told: it would tell the other.
    """
    replicates = cips.predictive(fit, survey, seed=seed)
    replicated, observed = replicates["replicated"], replicates["observed"]
    tail = (1.0 - MASS) / 2.0
    ends = replicated.quantile([tail, 1.0 - tail], dim=DRAW, skipna=False)
    columns = {
        "respondents": replicates["respondents"],
        "observed": observed,
        "mean": replicated.mean(DRAW),
        "lower": ends.isel(quantile=0, drop=True),
        "upper": ends.isel(quantile=1, drop=True),
        "p": ((replicated > observed) + 0.5 * (replicated == observed)).mean(DRAW),
    }
    table = xr.Dataset(columns).to_dataframe(dim_order=DIMS).dropna(subset="observed").reset_index()
    table.insert(table.columns.get_loc("p"), "interval", LABEL)
    rule, people = survey.disclosure, table.pop("respondents")
    table.insert(len(DIMS), SAMPLE, people.map(rule.band))
    table.loc[rule.small(people.to_numpy()), ["observed", "p"]] = np.nan
    return table


def prior_table(draws: xr.Dataset) -> pd.DataFrame:
    """Levels and changes that a specification expects, in per cent; see :func:`cips_models.prior`.

    Every cell of a group is a draw of its own: the table says what a cell may look like.
    """
    tail, inner = (1.0 - MASS) / 2.0, (1.0 - INNER) / 2.0
    rows = []
    for name, values in draws.data_vars.items():
        for group in values[GROUP].to_numpy():
            cells = values.sel({GROUP: group}).to_numpy().ravel()
            cells = cells[~np.isnan(cells)]
            if cells.size:
                ends = np.quantile(cells, [tail, inner, 1.0 - inner, 1.0 - tail])
                rows.append([f"{name} of a cell", group, cells.mean(), cells.std(), *ends, LABEL])
    names = ("mean", "sd", "lower", "inner_lower", "inner_upper", "upper", "interval")
    return pd.DataFrame(rows, columns=["quantity", GROUP, *names])
