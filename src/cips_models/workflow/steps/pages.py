"""Steps from the tables to what people read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cips_models.report.figures import pictures
from cips_models.report.page import write
from cips_models.report.readers import READERS
from cips_models.wording import N_
from cips_models.workflow.assessment import assessment
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.record import MULTIVERSE
from cips_models.workflow.table_files import WORKBOOK, write_results_workbook
from cips_models.workflow.workspace import Results, Tell

#: The step that writes the report of each reader.
STEPS: Final[Mapping[str, str]] = {
    "evaluator": "report",
    "head": "brief",
    "statistician": "annex",
}

_DOES: Final[Mapping[str, str]] = {
    "evaluator": N_("writing the report"),
    "head": N_("writing the brief"),
    "statistician": N_("writing the technical annex"),
}


def _chart(work: Results, into: Path, _: Tell) -> Details:
    return {"drawn": list(pictures(assessment(work.folder), into / "charts"))}


def charts_after(steps: Sequence[Step[Any]]) -> Step[Any]:
    """The step that draws what these steps found."""
    return Step(
        name="chart",
        does=N_("drawing charts"),
        settings=(),
        after=tuple(step.name for step in steps),
        after_too=(MULTIVERSE,),
        outputs=("charts/*.svg", "charts/*.png"),
        work=_chart,
    )


def report_after(steps: Sequence[Step[Any]], reader: str) -> Step[Any]:
    """The step that writes of what these steps found for one reader."""

    def work(work: Results, into: Path, _: Tell) -> Details:
        assessed = assessment(work.folder, force=work.force)
        write(assessed, into / READERS[reader].file, reader=reader)
        return {"passed": assessed.passed}

    return Step(
        name=STEPS[reader],
        does=_DOES[reader],
        settings=("force",),
        after=tuple(step.name for step in steps),
        after_too=(MULTIVERSE,),
        outputs=(READERS[reader].file,),
        work=work,
    )


def workbook_after(steps: Sequence[Step[Any]]) -> Step[Any]:
    """The step that puts the tables of these steps into one workbook."""

    def work(work: Results, into: Path, _: Tell) -> Details:
        write_results_workbook(assessment(work.folder), into / WORKBOOK)
        return {}

    return Step(
        name="workbook",
        does=N_("writing the workbook"),
        settings=(),
        after=tuple(step.name for step in steps),
        after_too=(MULTIVERSE,),
        outputs=(WORKBOOK,),
        work=work,
    )
