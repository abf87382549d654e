"""Steps from the joint fit to levels and changes."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cips_models.did.drift import drift_table
from cips_models.errors import SpecificationError
from cips_models.estimands.items import items_table
from cips_models.tables import write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.estimates import (
    estimate_tables,
)
from cips_models.workflow.results import Tell
from cips_models.workflow.steps.fits import JOINT, joint_fit
from cips_models.workflow.workspace import Workspace


def _estimate(work: Workspace, into: Path, _: Tell) -> Details:
    tables = estimate_tables(work.fit(JOINT), margin=work.request.margin, pairs=work.pairs)
    for name, table in tables.items():
        write_table(into, name, table)
    only = [] if work.pairs is None else [*work.pairs[0]]
    return {"refused": tables["refusals"].to_dict("records"), "compared": only}


def _drift(work: Workspace, into: Path, tell: Tell) -> Details:
    write_table(into, "items", items_table(work.fit(JOINT)))
    fits: Mapping[float, Any] = {}
    with suppress(SpecificationError):  # no sd of drift is estimated: the report says so
        fits = work.under_drift(tell)
    write_table(into, "drift", drift_table(fits, work.pairs))
    return {}


ESTIMATE: Final[Step[Any]] = Step(
    name="estimate",
    does=N_("levels, changes, shares improved, and what cannot be said"),
    settings=("margin", "waves"),
    after=("fit",),
    outputs=("levels.csv", "changes.csv", "improved.csv", "densities.csv", "refusals.csv"),
    work=_estimate,
    prepare=joint_fit,
)


DRIFT: Final[Step[Any]] = Step(
    name="drift",
    does=N_("changes and effects under less drift, and more"),
    settings=("survey", "specification", "sampling", "seed", "waves"),
    after=("fit",),
    outputs=("items.csv", "drift.csv"),
    work=_drift,
    prepare=joint_fit,
)
