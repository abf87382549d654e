"""Steps about effects of support."""

from pathlib import Path
from typing import Any, Final

from cips_models.tables import write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.estimates import (
    effect_statements,
    effects_table,
)
from cips_models.workflow.results import Tell
from cips_models.workflow.steps.fits import all_fits
from cips_models.workflow.workspace import Workspace


def _did(work: Workspace, into: Path, _: Tell) -> Details:
    fits = all_fits(work)
    table = effects_table(fits)
    write_table(into, "effects", table)
    return {"statements": effect_statements(fits, table)}


DID: Final[Step[Any]] = Step(
    name="did",
    does=N_("difference in differences"),
    settings=(),
    after=("fit", "cut"),
    outputs=("effects.csv",),
    work=_did,
    prepare=all_fits,
)
