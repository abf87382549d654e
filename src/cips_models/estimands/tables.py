"""Levels, changes and improved shares as tidy tables."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
import xarray as xr

from cips_models.errors import IdentificationError
from cips_models.estimands.changes import (
    before_and_after,
    changes,
    pooled_changes,
    support_status,
)
from cips_models.estimands.composition import OBSERVED, told_as_composed
from cips_models.estimands.densities import densities
from cips_models.estimands.improved import SUPPORT, exceeds, improved
from cips_models.estimands.intervals import observed, probability, summarise
from cips_models.estimands.levels import country_levels, levels, pooled_levels, pooled_paths
from cips_models.estimands.paths import path_status, paths
from cips_models.estimands.sample_size import SAMPLE, bands
from cips_models.inference.fit import Fit
from cips_models.model.record import reference
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
from cips_models.survey.wave_pairs import pairs_of_waves
from cips_models.tables.estimates import AS_COMPOSED, ENDS, PATH, RAW_CHANGE

#: Dimensions over which changes are pooled, in turn, and what the result is called.
_POOLED_OVER = (
    ((COUNTRY,), "pooled change"),
    ((COUNTRY, FACTOR), "pooled change"),
    ((FACTOR,), "country change"),
)

_SPREAD = ("inner_lower", "inner_upper", "mcse")
_LEVELS = (COUNTRY, FACTOR, GROUP, WAVE, *TABLE_COLUMNS, SAMPLE, *_SPREAD)
_CHANGES = (COUNTRY, FACTOR, GROUP, "from", "to", *TABLE_COLUMNS, "supported", SAMPLE, *_SPREAD)
_DENSITIES = (COUNTRY, FACTOR, GROUP, WAVE, "from", "to", "estimand", "scale", "x", "density",
              "cumulative")  # fmt: skip
_COUNTS = ("supported", "margin", "cells", "already_treated", SAMPLE)
_IMPROVED = (COUNTRY, FACTOR, GROUP, "from", "to", *TABLE_COLUMNS, *_COUNTS, *_SPREAD)


def estimate_tables(
    fit: Fit, *, margin: float = 0.0, pairs: Sequence[tuple[str, str]] | None = None
) -> dict[str, pd.DataFrame]:
    """Tabulate levels, changes and improved shares.

    Parameters
    ----------
    fit : Fit
    margin : float
        Points on the per cent scale by which a change must exceed zero to count as
        improved; raw shares go by the sign of the change.
    pairs : sequence of pair of str, optional
        Waves that are compared; default the first with the last and each with the next.
        What cannot be told of a default pair is left out (and listed by
        :func:`cips_models.did.refusals.refusals`).

    Returns
    -------
    dict of pandas.DataFrame
        ``levels``, ``changes``, ``improved`` and ``densities`` (of levels and changes pooled
        over countries or over factors, in per cent). ``levels`` also holds the path of the
        countries seen at every wave, pooled; ``changes`` the levels before and after of the cells
        that are pooled in it and, with more than two waves, paths: every wave of a cell against
        its first. Where strata or modes are told apart ``changes`` also holds
        changes as the waves were composed, and pooled ones of the raw results.

    Raises
    ------
    IdentificationError
        Waves were asked for between which no change can be told.
    """
    level = levels(fit)
    counted = reference(fit.questionnaire)
    changed, ends = [], []
    for start, end in pairs_of_waves(fit.design.waves) if pairs is None else pairs:
        same = bool((reference(fit.questionnaire, (start, end)) == counted).all())
        try:
            own = level if same else levels(fit, waves=(start, end))
            changed.append(changes(fit, start=start, end=end, levels=own))
        except IdentificationError:
            if pairs is not None:
                raise
            continue
        ends.append(before_and_after(changed[-1], own))
    return {
        "levels": _rows(_level_tables(fit, level), _LEVELS),
        "changes": _rows(
            [
                *_change_tables(fit, changed),
                *_end_tables(ends),
                *_composed_tables(fit, changed),
                *_path_tables(fit, level),
            ],
            _CHANGES,
        ),
        "improved": _rows(
            [table for change in changed for table in _improved_tables(fit, margin, change)],
            _IMPROVED,
        ),
        "densities": _rows(_density_tables(level, changed), _DENSITIES),
    }


def _rows(tables: Iterable[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    found = list(tables)
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    return table.reindex(columns=list(columns))


def _level_tables(fit: Fit, level: xr.Dataset) -> Iterator[pd.DataFrame]:
    path = {PATH: pooled_paths(level)}
    for name, draws in {"level": level, **_pooled_levels(level), **path}.items():
        sample = bands(fit) if name == "level" else ""
        for scale in draws.data_vars:
            yield summarise(
                draws[scale], estimand=name, scale=str(scale), signed=False, sample=sample
            )


def _pooled_levels(level: xr.Dataset) -> dict[str, xr.Dataset]:
    return {"pooled level": pooled_levels(level), "country level": country_levels(level)}


def _density_tables(level: xr.Dataset, comparisons: Iterable[xr.Dataset]) -> Iterator[pd.DataFrame]:
    for name, draws in _pooled_levels(level).items():
        found = densities(draws[PERCENT], estimand=name, scale=PERCENT)
        yield found.assign(**{"from": "", "to": ""})
    for change in comparisons:
        for over, name in _POOLED_OVER:
            pooled = pooled_changes(change, *over)
            yield densities(pooled[PERCENT], estimand=name, scale=PERCENT).assign(**{WAVE: ""})


def _change_tables(
    fit: Fit, comparisons: Iterable[xr.Dataset], whose: str = ""
) -> Iterator[pd.DataFrame]:
    for change in comparisons:
        waves = str(change["from"].item()), str(change["to"].item())
        about: dict[str, Any] = {
            "supported": support_status(fit.design, *waves),
            SAMPLE: bands(fit, *waves),
        }
        for scale in SCALES:
            yield summarise(change[scale], estimand=f"change{whose}", scale=scale, **about)
        for over, name in _POOLED_OVER:
            pooled = pooled_changes(change, *over)
            for scale in SCALES:
                yield summarise(
                    pooled[scale], estimand=f"{name}{whose}", scale=scale, supported="", sample=""
                )


def _end_tables(ends: Iterable[tuple[xr.Dataset, xr.Dataset]]) -> Iterator[pd.DataFrame]:
    """Levels before and after that differ by the pooled change."""
    for both in ends:
        for when, cells in zip(ENDS, both, strict=True):
            for over, name in (((COUNTRY,), "pooled level"), ((FACTOR,), "country level")):
                level = pooled_changes(cells[[PERCENT, SCORE]], *over)
                for scale in (PERCENT, SCORE):
                    yield summarise(
                        level[scale], estimand=f"{name} {when}", scale=scale, signed=False,
                        supported="", sample="",
                    )  # fmt: skip


def _composed_tables(fit: Fit, comparisons: Sequence[xr.Dataset]) -> Iterator[pd.DataFrame]:
    """The same as the waves were composed, and of the raw results of the cells that have it."""
    if not told_as_composed(fit):
        return
    for change in comparisons:
        start, end = str(change["from"].item()), str(change["to"].item())
        composed = changes(fit, start=start, end=end, composition=OBSERVED)
        yield from _change_tables(fit, [composed], AS_COMPOSED)
        there = xr.ufuncs.isfinite(change.isel(chain=0, draw=0, drop=True))
        cells = fit.cells[[PERCENT, SCORE]].sel({COUNTRY: change[COUNTRY]})
        raw = cells.sel({WAVE: end}, drop=True) - cells.sel({WAVE: start}, drop=True)
        for over in ((COUNTRY,), (COUNTRY, FACTOR)):
            pooled = pooled_changes(raw.where(there[[PERCENT, SCORE]]), *over)
            for scale in (PERCENT, SCORE):
                values = pooled[scale].assign_coords({"from": start, "to": end})
                yield observed(values, estimand=RAW_CHANGE, scale=scale, supported="", sample="")


def _path_tables(fit: Fit, level: xr.Dataset) -> Iterator[pd.DataFrame]:
    """Every wave of a cell after its first, where there are more than two waves."""
    if len(fit.design.waves) <= 2 or not len(fit.design.followed):
        return
    path, status = paths(fit, levels=level), path_status(fit)
    later = path[WAVE] != path["from"]
    origin: dict[str, Any] = {"from": path["from"].drop_vars("from")}
    for scale in SCALES:
        yield summarise(
            path[scale].where(later).drop_vars(["from", "time"]).rename({WAVE: "to"}),
            estimand="path",
            scale=scale,
            supported=status.rename({WAVE: "to"}),
            sample=bands(fit).rename({WAVE: "to"}),
            **origin,
        )


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
        already_treated=0,
        sample=bands(fit, str(change["from"].item()), str(change["to"].item())),
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
        already_treated=int(found["already_treated"]),
        sample="",
    )
    yield observed(
        found["raw_share"],
        estimand="raw share improved",
        scale=SCORE,
        supported=supported,
        margin=0.0,
        cells=int(found["raw_cells"]),
        already_treated=int(found["already_treated"]),
        sample="",
    )


def _differences(found: xr.Dataset, margin: float) -> Iterator[pd.DataFrame]:
    yield summarise(
        found["difference"],
        estimand="difference in shares improved",
        scale=PERCENT,
        supported="",
        margin=margin,
        cells=int(found["cells"].sum()),
        already_treated=int(found["already_treated"]),
        sample="",
    )
    yield observed(
        found["raw_difference"],
        estimand="raw difference in shares improved",
        scale=SCORE,
        supported="",
        margin=0.0,
        cells=int(found["raw_cells"].sum()),
        already_treated=int(found["already_treated"]),
        sample="",
    )
