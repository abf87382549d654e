"""Steps that say what the models are: their priors, what these expect, their parameters."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd
import xarray as xr

import cips_models as cips
from cips_models.estimands.intervals import summarise
from cips_models.model.in_force import priors_in_force
from cips_models.names import CHAIN, DRAW, LATENT
from cips_models.tables import TABLES, empty_table, write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.estimates import prior_table
from cips_models.workflow.results import Tell
from cips_models.workflow.steps.fits import all_fits
from cips_models.workflow.workspace import Workspace

#: Draws from the prior: enough for means and intervals of what a cell may look like.
_DRAWS: Final = 200

#: Parameters that are few, and whether their sign means anything.
_SIGNED: Final = {
    "effect": True,
    "baseline_slope": True,
    "spillover_slope": True,
    "persistence": True,
    "mean_change": True,
    "sd": False,
    "correlation": True,
    "sd_outlook": False,
    "sd_specific": False,
    "loading": False,
    "item_sd": False,
    "item_scale": False,
    "answering_slope": True,
    "answering_spread": False,
    "discrimination": False,
    "threshold": True,
}


#: Parameters of questions.
_OF_ITEMS: Final = frozenset({"discrimination", "threshold"})


def priors_table(work: Workspace) -> pd.DataFrame:
    """Priors in force in the specification of the joint fit and in those of the bracket."""
    every = {work.specification.name: work.specification, **work.bracket}
    strata = work.survey.composition is not None
    rows = [
        (
            name,
            term,
            prior.family,
            prior.median if prior.family == "lognormal" else None,
            None if prior.family == "uniform" else prior.sd,
            prior.reason,
        )
        for name, spec in every.items()
        for term in priors_in_force(spec, strata=strata)
        if (prior := spec.priors.get(term)) is not None
    ]
    columns = [column.name for column in TABLES["priors"]]
    return pd.DataFrame(rows, columns=columns).astype({"median": float, "sd": float})


def expected_table(work: Workspace) -> pd.DataFrame:
    """What the joint fit's specification expects of levels and changes, in percentage points."""
    drawn = cips.prior(work.survey, work.specification, draws=_DRAWS, seed=work.request.seed)
    return prior_table(drawn)[[column.name for column in TABLES["prior_predictive"]]]


def parameters_table(fits: dict[str, Any]) -> pd.DataFrame:
    """Posterior of every parameter that all cells, or all answers to a question, share."""
    columns = [column.name for column in TABLES["parameters"]]
    found = [
        table.assign(fit=name)[columns] for name, fit in fits.items() for table in _of_fit(fit)
    ]
    return pd.concat(found, ignore_index=True) if found else empty_table("parameters")


def _of_fit(fit: Any) -> Iterator[pd.DataFrame]:
    of_items = fit.provenance["route"] == "joint"  # by the cut route they belong to stage 1
    for name, signed in _SIGNED.items():
        if name in fit.posterior and (of_items or name not in _OF_ITEMS):
            draws: xr.DataArray = fit.posterior[name].reset_coords(drop=True)
            own = [dim for dim in draws.dims if dim not in (CHAIN, DRAW)]
            table = summarise(draws, estimand=name, scale=LATENT, signed=signed)
            where = table[own].astype(str).agg(", ".join, axis=1) if own else ""
            yield table.assign(where=where)


def _prior(work: Workspace, into: Path, _: Tell) -> Details:
    write_table(into, "priors", priors_table(work))
    write_table(into, "prior_predictive", expected_table(work))
    return {"draws": _DRAWS}


def _parameters(work: Workspace, into: Path, _: Tell) -> Details:
    write_table(into, "parameters", parameters_table(all_fits(work)))
    return {}


PRIOR: Final[Step[Any]] = Step(
    name="prior",
    does=N_("what the models expect before any answer"),
    settings=("survey", "specification", "bracket", "seed"),
    after=(),
    outputs=("priors.csv", "prior_predictive.csv"),
    work=_prior,
)

PARAMETERS: Final[Step[Any]] = Step(
    name="parameters",
    does=N_("parameters of the models"),
    settings=(),
    after=("fit", "cut"),
    outputs=("parameters.csv",),
    work=_parameters,
    prepare=all_fits,
)
