"""The step that asks how far the effects depend on the priors."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cips_models.did.powered_priors import powered_table
from cips_models.did.prior_sensitivity import sensitivity_table
from cips_models.did.scalable import Scalable
from cips_models.errors import IdentificationError
from cips_models.tables import empty_table, write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.steps.fits import JOINT, all_fits
from cips_models.workflow.workspace import Tell, Workspace


def prior_tables(work: Workspace, tell: Tell) -> dict[str, pd.DataFrame]:
    """Sensitivity to priors, and effects under weaker and stronger ones, of every fit."""
    fits = all_fits(work)
    specifications = {JOINT: work.specification} | {
        name: work.bracket[name.removeprefix("cut-")] for name in fits if name != JOINT
    }
    found: dict[str, list[pd.DataFrame]] = {"prior_sensitivity": [], "powered_priors": []}
    for position, (name, fit) in enumerate(fits.items()):
        tell(position / len(fits), name)
        with suppress(IdentificationError):  # without any effect to tell, ``refusals`` says why
            scalable = Scalable.of(fit, specifications[name])
            found["prior_sensitivity"].append(sensitivity_table(scalable))
            found["powered_priors"].append(
                powered_table(scalable, specifications[name], work.refit)
            )
    return {
        name: pd.concat(tables, ignore_index=True) if tables else empty_table(name)
        for name, tables in found.items()
    }


def _priors(work: Workspace, into: Path, tell: Tell) -> Details:
    for name, table in prior_tables(work, tell).items():
        write_table(into, name, table)
    return {}


PRIORS: Final[Step[Any]] = Step(
    name="priors",
    does=N_("effects under weaker and stronger priors"),
    settings=("survey", "specification", "bracket", "sampling", "seed"),
    after=("fit", "cut"),
    outputs=("prior_sensitivity.csv", "powered_priors.csv"),
    work=_priors,
    prepare=all_fits,
)
