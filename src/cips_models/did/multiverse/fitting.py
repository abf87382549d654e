"""A universe fitted: its stage 1, which others may share, its hierarchy, its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.drift import with_drift
from cips_models.did.effects import effects
from cips_models.did.multiverse.declaration import (
    ALL_COUNTRIES,
    DIMENSIONS,
    OUTCOMES,
    WITHOUT,
    Universe,
)
from cips_models.did.refusals import effect_refusals
from cips_models.did.statements import estimand
from cips_models.errors import SpecificationError
from cips_models.estimands.intervals import LABEL, summarise
from cips_models.inference.chains import Schedule
from cips_models.inference.cut import Measured, fitted_to
from cips_models.inference.diagnosis import diagnose
from cips_models.inference.every_cell import stage_one
from cips_models.inference.fit import Fit
from cips_models.model.shifts import BOTH_TERM, WAVE_TERM
from cips_models.model.specification import Specification
from cips_models.model.specification_file import specification
from cips_models.names import GROUP
from cips_models.survey.subset import without
from cips_models.survey.survey import DONT_KNOW, Survey
from cips_models.tables import TABLES
from cips_models.wording import _

#: Dimensions of choice on which a stage 1 depends; with the drift it is held at versions.
STAGE: Final = ("countries", "general_factor", "strata", "dont_know")

#: Times the prior sds of the effect and of its spread.
WIDTH: Final[Mapping[str, float]] = MappingProxyType({"as is": 1.0, "wide": 2.0, "narrow": 0.5})

#: Priors that are wide or narrow.
OF_EFFECT: Final = ("effect", "country_effect", "factor_effect")

#: What :func:`diagnose` gates besides, and no row is about.
_NOT_SHOWN: Final = ("sd", "correlation", "effect by country", "effect by factor")

#: The drift as it was estimated.
AS_ESTIMATED: Final = "1"


def possible(survey: Survey, spec: Specification) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """What a study allows of some dimensions, and in words what it does not."""
    allowed: dict[str, tuple[str, ...]] = {}
    notes = []
    if survey.composition is None or not len(survey.composition.strata.columns):
        allowed["strata"] = ("on",)
        notes.append(_("Strata are not varied: the study names none."))
    if not (survey.reasons == DONT_KNOW).any():
        allowed["dont_know"] = ("dropped",)
        notes.append(_("Don't know is not varied: nobody said it."))
    if len(survey.factors) == 1:
        allowed["general_factor"] = ("on",)
        notes.append(_("The general outlook is not varied: there is one factor."))
    drifting = [spec.priors[term].family != "fixed" for term in (WAVE_TERM, BOTH_TERM)]
    if not (spec.structure.item_shifts and any(drifting)) or len(survey.waves) < 2:
        allowed["drift"] = (AS_ESTIMATED,)
        notes.append(_("Drift is not varied: its size is not estimated under the specification."))
    if len(survey.countries) < 3:
        allowed["countries"] = (ALL_COUNTRIES,)
        notes.append(_("Countries are not left out: there are fewer than three."))
    return allowed, notes


def chosen_survey(survey: Survey, universe: Universe) -> Survey:
    """The survey of a universe."""
    countries = universe["countries"]
    return (
        survey if countries == ALL_COUNTRIES else without(survey, country=countries[len(WITHOUT) :])
    )


def measurement(base: Specification, universe: Universe) -> Specification:
    """The specification of a universe's stage 1: the study's, with the choices made."""
    structure = replace(
        base.structure,
        general_factor=universe["general_factor"] == "on",
        composition=universe["strata"] == "on",
        dont_know=universe["dont_know"],
    )
    return replace(base, structure=structure)


@cache
def _read(bracket: str) -> Specification:
    return specification(bracket)


def hierarchy(base: Specification, universe: Universe) -> Specification:
    """The specification of a universe's stage 2: one of the bracket, with the choices made."""
    own = measurement(_read(universe["bracket"]), universe)
    width = WIDTH[universe["priors"]]
    wider = {name: replace(own.priors[name], sd=width * own.priors[name].sd) for name in OF_EFFECT}
    structure = replace(
        own.structure,
        item_shifts=base.structure.item_shifts,
        shifts=base.structure.shifts,
    )
    priors = MappingProxyType({**own.priors, **wider})
    return replace(own, structure=structure, priors=priors)


def measure(
    survey: Survey,
    base: Specification,
    universe: Universe,
    drifts: Sequence[str],
    schedule: Schedule,
) -> dict[str, Measured]:
    """What a universe's stage 1 hands on, under several amounts of drift.

    Raises
    ------
    SpecificationError, FitError, SurveyError
        There is no such stage 1.
    """
    spec = measurement(base, universe)
    first = stage_one(chosen_survey(survey, universe), spec, threads=schedule.cores)
    try:
        held = with_drift(first, map(float, drifts), seed=schedule.seed)
    except SpecificationError:
        if set(drifts) != {AS_ESTIMATED}:
            raise
        held = {float(AS_ESTIMATED): first}
    length = {"seed": schedule.seed, "chains": schedule.chains, "draws": schedule.draws}
    return {drift: Measured.of(held[float(drift)], **length) for drift in drifts}


def fitted_rows(
    survey: Survey,
    base: Specification,
    universe: Universe,
    measured: Measured,
    schedule: Schedule,
) -> pd.DataFrame:
    """A universe's rows of the table ``multiverse``, one a group and outcome.

    Raises
    ------
    CipsError
        The universe cannot be fitted, or has no effect to tell.
    KeyboardInterrupt
        There was one while it was fitted.
    """
    chosen = chosen_survey(survey, universe)
    fit = fitted_to(measured, chosen, hierarchy(base, universe), schedule)
    if "partial" in fit.provenance["settings"]:  # of a few draws no row is made
        raise KeyboardInterrupt
    return _rows(fit, universe)


def _rows(fit: Fit, universe: Universe) -> pd.DataFrame:
    found, passed = effects(fit), _passed(fit)
    parts = []
    for group in map(str, found[GROUP].to_numpy()):
        for scale, trends in OUTCOMES.values():
            draws = (
                found["att_points"].sel(points_scale=scale)
                if trends == "points"
                else found["att"].sel(scale=scale)
            )
            own = draws.sel({GROUP: [group]})
            own = own.drop_vars([name for name in own.coords if name != GROUP])
            row = summarise(own, estimand="ATT", scale=scale)
            if row.empty:
                refused = "; ".join(map(str, effect_refusals(fit, group=group)))
                row = _empty(group, scale).assign(reason=refused)
            else:
                row["statement"] = estimand(fit, group, scale=scale, trends=trends).words()
            parts.append(row.assign(parallel_trends=trends, passed=passed))
    return _laid_out(pd.concat(parts, ignore_index=True), universe)


def _passed(fit: Fit) -> bool:
    """Whether the gates are passed of what the rows are about: the average, not its parts."""
    table = diagnose(fit).table
    return bool(table["passed"][~table["quantity"].isin(_NOT_SHOWN)].all())


def failed_rows(universe: Universe, groups: Sequence[str], reason: str) -> pd.DataFrame:
    """The rows of a universe without a fit: every number is missing, the reason is there."""
    parts = [
        _empty(group, scale).assign(parallel_trends=trends, passed=False, reason=reason)
        for group in groups
        for scale, trends in OUTCOMES.values()
    ]
    return _laid_out(pd.concat(parts, ignore_index=True), universe)


def _empty(group: str, scale: str) -> pd.DataFrame:
    """A row of a group without a number."""
    nothing = xr.DataArray(np.zeros((1, 2, 1)), {GROUP: [group]}, ("chain", "draw", GROUP))
    row = summarise(nothing, estimand="ATT", scale=scale)
    return row.assign(**dict.fromkeys(row.select_dtypes("number"), np.nan), interval=LABEL)


def _laid_out(table: pd.DataFrame, universe: Universe) -> pd.DataFrame:
    table = table.assign(**{name: universe[name] for name in DIMENSIONS})
    table["drift"] = float(universe["drift"])
    for name in ("reason", "statement"):
        table[name] = table[name].fillna("") if name in table else ""
    return table[[column.name for column in TABLES["multiverse"]]]
