"""The last step: one page in which a reader explores what the others found."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cips_models.explorer.page import FILE
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.exploring import write_explorer
from cips_models.workflow.results import Results, Tell


def _explore(work: Results, into: Path, _: Tell) -> Details:
    write_explorer(work, into / FILE)
    return {}


def explorer_after(steps: Sequence[Step[Any]]) -> Step[Any]:
    """The step that lets a reader explore what these steps found."""
    return Step(
        name="explore",
        does=N_("writing the page to explore"),
        settings=("force",),
        after=tuple(step.name for step in steps),
        outputs=(FILE,),
        work=_explore,
    )
