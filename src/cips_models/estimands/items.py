"""Items that behave oddly: harder in one country, or drifting apart from their factor's others.

Only differences between items of a factor show: what all of them have in common is level, or
change, of the trait, or drift that nothing tells from it.
"""

from contextlib import suppress
from typing import Final

import pandas as pd
import xarray as xr

from cips_models.errors import IdentificationError
from cips_models.estimands.changes import waves_compared
from cips_models.estimands.intervals import summarise
from cips_models.inference.fit import Fit
from cips_models.model.likelihood import SHIFT
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, ITEM, LATENT, TABLE_COLUMNS, WAVE

#: Logits by which an item must differ from the others to be called odd: about four points.
ODD: Final = 0.2

ITEM_COLUMNS: Final = (
    ITEM, FACTOR, COUNTRY, "from", "to", *TABLE_COLUMNS, "p_odd", "inner_lower", "inner_upper",
    "mcse",
)  # fmt: skip


def item_drift(fit: Fit, *, start: str | None = None, end: str | None = None) -> xr.DataArray:
    """How much harder each item became than the others of its factor, mean over countries.

    Parameters
    ----------
    fit : Fit
    start, end : str, optional
        Labels of the waves compared; default the first and the last.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, item, in logits; scalar coordinates ``from`` and ``to``.  Followed
        countries weigh the same.  NaN where the item was not asked in both waves.

    Raises
    ------
    IdentificationError
        Items do not shift in this fit, or no country was seen in both waves.
    """
    first, last = waves_compared(fit.design, start, end)
    shift = _shift(fit).isel({COUNTRY: fit.design.followed})
    change = shift.isel({WAVE: last}, drop=True) - shift.isel({WAVE: first}, drop=True)
    asked = fit.questionnaire["asked"].astype(bool).any(GROUP)
    both = (asked.isel({WAVE: first}) & asked.isel({WAVE: last})).rename(question=ITEM)
    found = _less_the_others(change.mean(COUNTRY).where(both), fit)
    return found.assign_coords({"from": fit.design.waves[first], "to": fit.design.waves[last]})


def item_in_country(fit: Fit) -> xr.DataArray:
    """How much harder each item is in a country than elsewhere, beside its factor's others.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, item, country, in logits: mean over the country's waves.  NaN where
        the country was not asked the item.

    Raises
    ------
    IdentificationError
        Items do not shift in this fit.
    """
    shift = _shift(fit)
    seen = xr.DataArray(
        fit.design.observed.any(axis=(1, 2)), {COUNTRY: shift[COUNTRY], WAVE: shift[WAVE]}
    )
    asked = (shift != 0).any((CHAIN, DRAW, WAVE))
    return _less_the_others(shift.where(seen).mean(WAVE).where(asked), fit)


def items_table(fit: Fit) -> pd.DataFrame:
    """Every item's drift and its shift in every country; without any rows if items do not shift."""
    if SHIFT not in fit.posterior:
        return pd.DataFrame(columns=list(ITEM_COLUMNS))
    tables = [_summarised(item_in_country(fit), "item in a country")]
    with suppress(IdentificationError):  # no country in both waves: nothing can drift
        tables.insert(0, _summarised(item_drift(fit), "item drift"))
    table = pd.concat(tables, ignore_index=True)
    factor = dict(zip(fit.questionnaire["question"].to_numpy(), _factors(fit), strict=True))
    table[FACTOR] = table[ITEM].map(factor)
    for name in (COUNTRY, "from", "to"):
        table[name] = table[name].fillna("") if name in table else ""
    return table.reindex(columns=list(ITEM_COLUMNS))


def _summarised(draws: xr.DataArray, estimand: str) -> pd.DataFrame:
    odd = (abs(draws) > ODD).mean((CHAIN, DRAW))
    return summarise(draws, estimand=estimand, scale=LATENT, p_odd=odd)


def _shift(fit: Fit) -> xr.DataArray:
    if SHIFT not in fit.posterior:
        raise IdentificationError(
            f"Items of {fit.provenance['study']}: found a fit in which items do not shift; "
            "expected one with item_shifts = true and an sd that is not held at zero. Fit with "
            "the specification 'did', for example."
        )
    return fit.posterior[SHIFT].rename(question=ITEM)


def _factors(fit: Fit) -> list[str]:
    return [fit.design.factors[f] for f in fit.questionnaire["factor"].to_numpy()]


def _less_the_others(shift: xr.DataArray, fit: Fit) -> xr.DataArray:
    """Less the mean over the items of the same factor and block."""
    label = fit.questionnaire["block"].rename(question=ITEM)
    return (shift.groupby(label) - shift.groupby(label).mean()).drop_vars("block")
