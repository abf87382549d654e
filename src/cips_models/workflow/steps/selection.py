"""Step about how support was chosen."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cips_models.did.selection import selection_table
from cips_models.errors import FitError, IdentificationError
from cips_models.tables import empty_table, write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.results import Tell
from cips_models.workflow.steps.fits import JOINT, joint_fit
from cips_models.workflow.workspace import Workspace


def _select(work: Workspace, into: Path, _: Tell) -> Details:
    cells, table = None, empty_table("selection")
    if work.bracket:
        with suppress(FitError):  # without stage 1 nothing is said of noise
            cells = work.stage_one.cells
        with suppress(IdentificationError):  # without anything to compare; the refusals say why
            table = selection_table(work.fit(JOINT), cells)
    write_table(into, "selection", table)
    return {}


SELECTION: Final[Step[Any]] = Step(
    name="selection",
    does=N_("how support relates to starting points"),
    settings=("survey", "specification"),
    after=("fit",),
    outputs=("selection.csv",),
    work=_select,
    prepare=joint_fit,
)
