"""Steps from the tables to what people read."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cips_models.report.figures import pictures
from cips_models.report.readers import READERS
from cips_models.report.writing import write_document
from cips_models.wording import N_, SOURCE_LANGUAGE, folder_of, speaking
from cips_models.workflow.assessment import assessment
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.record import MULTIVERSE
from cips_models.workflow.results import Results, Tell
from cips_models.workflow.table_files import WORKBOOK, write_results_workbook

#: The format that steps are named after; those of others add its name.
PAGE: Final = "html"

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


def _named(name: str, code: str) -> str:
    """Name of a step in a language; the English ones have the name alone."""
    return name if code == SOURCE_LANGUAGE else f"{name}-{code}"


def catalogue_setting(code: str) -> str:
    """Name of the setting that says which words a language has."""
    return f"words of {code}"


def _step(
    name: str,
    does: str,
    outputs: Sequence[str],
    after: Sequence[Step[Any]],
    code: str,
    work: Callable[[Results, Path], Details],
    *settings: str,
    company: str = "",
) -> Step[Any]:
    """A step that writes for readers of a language, into its folder."""

    def spoken(results: Results, into: Path, _: Tell) -> Details:
        with speaking(code):
            return work(results, into / folder_of(code))

    of_language = () if code == SOURCE_LANGUAGE else (catalogue_setting(code),)
    return Step(
        name=_named(name, code),
        does=does,
        settings=(*settings, *of_language),
        after=tuple(step.name for step in after),
        after_too=(MULTIVERSE,),
        outputs=tuple(f"{folder_of(code)}{each}" for each in outputs),
        work=spoken,
        company=company,
    )


def charts_after(steps: Sequence[Step[Any]], code: str = SOURCE_LANGUAGE) -> Step[Any]:
    """The step that draws what these steps found."""

    def work(results: Results, into: Path) -> Details:
        return {"drawn": list(pictures(assessment(results.folder), into / "charts"))}

    return _step("chart", N_("drawing charts"), ("charts/*.svg", "charts/*.png"), steps, code, work)


def report_after(
    steps: Sequence[Step[Any]], reader: str, kind: str = PAGE, code: str = SOURCE_LANGUAGE
) -> Step[Any]:
    """The step that writes of what these steps found for one reader, in one format."""
    file = READERS[reader].file_as(kind)

    def work(results: Results, into: Path) -> Details:
        assessed, document = results.report(reader)
        write_document(document, assessed, into / file)
        return {"passed": assessed.passed}

    name = STEPS[reader] if kind == PAGE else f"{STEPS[reader]}-{kind}"
    return _step(
        name, _DOES[reader], (file,), steps, code, work, "force", company=f"{reader} {code}"
    )


def workbook_after(steps: Sequence[Step[Any]], code: str = SOURCE_LANGUAGE) -> Step[Any]:
    """The step that puts the tables of these steps into one workbook."""

    def work(results: Results, into: Path) -> Details:
        write_results_workbook(assessment(results.folder), into / WORKBOOK)
        return {}

    return _step("workbook", N_("writing the workbook"), (WORKBOOK,), steps, code, work)
