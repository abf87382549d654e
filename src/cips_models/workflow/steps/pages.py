"""Steps from the tables to what people read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cips_models.report.figures import pictures
from cips_models.report.page import write
from cips_models.workflow.assessment import assessment
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.record import MULTIVERSE
from cips_models.workflow.workspace import Results, Tell


def _chart(work: Results, into: Path, _: Tell) -> Details:
    return {"drawn": list(pictures(assessment(work.folder), into / "charts"))}


def _report(work: Results, into: Path, _: Tell) -> Details:
    assessed = assessment(work.folder, force=work.force)
    write(assessed, into / "report.html")
    return {"passed": assessed.passed}


def charts_after(steps: Sequence[Step[Any]]) -> Step[Any]:
    """The step that draws what these steps found."""
    return Step(
        name="chart",
        does="drawing charts",
        settings=(),
        after=tuple(step.name for step in steps),
        after_too=(MULTIVERSE,),
        outputs=("charts/*.svg", "charts/*.png"),
        work=_chart,
    )


def report_after(steps: Sequence[Step[Any]]) -> Step[Any]:
    """The step that writes of what these steps found."""
    return Step(
        name="report",
        does="writing the report",
        settings=("force",),
        after=tuple(step.name for step in steps),
        after_too=(MULTIVERSE,),
        outputs=("report.html",),
        work=_report,
    )
