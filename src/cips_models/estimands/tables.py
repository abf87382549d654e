"""Levels, changes and improved shares as tidy tables."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import pandas as pd
import xarray as xr

from cips_models.errors import IdentificationError
from cips_models.estimands.changes import changes, pooled_changes, support_status
from cips_models.estimands.improved import SUPPORT, exceeds, improved
from cips_models.estimands.intervals import observed, probability, summarise
from cips_models.estimands.levels import levels, pooled_levels
from cips_models.inference.fit import Fit
from cips_models.names import (
    COUNTRY,
    FACTOR,
    GROUP,
    PERCENT,
    SCALES,
    SCORE,
    TABLE_COLUMNS,
    WAVE,
)

_SPREAD = ("inner_lower", "inner_upper", "mcse")
_LEVELS = (COUNTRY, FACTOR, GROUP, WAVE, *TABLE_COLUMNS, *_SPREAD)
_CHANGES = (COUNTRY, FACTOR, GROUP, "from", "to", *TABLE_COLUMNS, "supported", *_SPREAD)
_IMPROVED = (COUNTRY, FACTOR, GROUP, *TABLE_COLUMNS, "supported", "margin", "cells", *_SPREAD)


def estimate_tables(fit: Fit, *, margin: float = 0.0) -> dict[str, pd.DataFrame]:
    """Tabulate levels, changes and improved shares.

    Parameters
    ----------
    fit : Fit
    margin : float
        Points on the per cent scale by which a change must exceed zero to count as
        improved; raw shares go by the sign of the change.

    Returns
    -------
    dict of pandas.DataFrame
        ``levels``, ``changes`` and ``improved``. Changes are from the first wave to the
        last and, with more than two waves, from each wave to the next, as far as any
        country was seen in both; without any such pair the tables of changes and of
        improved shares have no rows. Improved shares are from the first wave to the last.
    """
    level = levels(fit)
    waves = fit.design.waves
    pairs = dict.fromkeys([(waves[0], waves[-1]), *pairwise(waves)])
    changed = {}
    for start, end in pairs:
        try:
            changed[start, end] = changes(fit, start=start, end=end, levels=level)
        except IdentificationError:
            continue  # no country in both: nothing to tabulate
    whole = changed.get((waves[0], waves[-1]))
    return {
        "levels": _rows(_level_tables(level), _LEVELS),
        "changes": _rows(_change_tables(fit, changed.values()), _CHANGES),
        "improved": _rows([] if whole is None else _improved_tables(fit, margin, whole), _IMPROVED),
    }


def _rows(tables: Iterable[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    found = list(tables)
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    return table.reindex(columns=list(columns))


def _level_tables(level: xr.Dataset) -> Iterator[pd.DataFrame]:
    for name, draws in (("level", level), ("pooled level", pooled_levels(level))):
        for scale in SCALES:
            yield summarise(draws[scale], estimand=name, scale=scale, signed=False)


def _change_tables(fit: Fit, comparisons: Iterable[xr.Dataset]) -> Iterator[pd.DataFrame]:
    for change in comparisons:
        status = support_status(fit.design, str(change["from"].item()), str(change["to"].item()))
        for scale in SCALES:
            yield summarise(change[scale], estimand="change", scale=scale, supported=status)
        for over in ((COUNTRY,), (COUNTRY, FACTOR)):
            pooled = pooled_changes(change, *over)
            for scale in SCALES:
                yield summarise(pooled[scale], estimand="pooled change", scale=scale, supported="")


def _improved_tables(fit: Fit, margin: float, change: xr.Dataset) -> Iterator[pd.DataFrame]:
    found = improved(fit, margin, changes=change)
    shares = found.drop_dims([COUNTRY, FACTOR]).assign_coords({COUNTRY: "", FACTOR: ""})
    status = support_status(fit.design, str(change["from"].item()), str(change["to"].item()))
    yield probability(
        exceeds(change[PERCENT], margin),
        estimand="improved",
        scale=PERCENT,
        supported=status,
        margin=margin,
        cells=1,
    )
    for group in shares[GROUP].to_numpy():
        mine = shares.sel({GROUP: group})
        for kind in mine[SUPPORT].to_numpy():
            yield from _shares(mine.sel({SUPPORT: kind}, drop=True), str(kind), margin)
        if "difference" in mine:
            yield from _differences(mine, margin)


def _shares(found: xr.Dataset, supported: str, margin: float) -> Iterator[pd.DataFrame]:
    yield summarise(
        found["share"],
        estimand="share improved",
        scale=PERCENT,
        signed=False,
        supported=supported,
        margin=margin,
        cells=int(found["cells"]),
    )
    yield observed(
        found["raw_share"],
        estimand="raw share improved",
        scale=SCORE,
        supported=supported,
        margin=0.0,
        cells=int(found["raw_cells"]),
    )


def _differences(found: xr.Dataset, margin: float) -> Iterator[pd.DataFrame]:
    yield summarise(
        found["difference"],
        estimand="difference in shares improved",
        scale=PERCENT,
        supported="",
        margin=margin,
        cells=int(found["cells"].sum()),
    )
    yield observed(
        found["raw_difference"],
        estimand="raw difference in shares improved",
        scale=SCORE,
        supported="",
        margin=0.0,
        cells=int(found["raw_cells"].sum()),
    )
