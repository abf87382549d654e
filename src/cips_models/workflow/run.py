"""Run the chain, or its last steps again."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cips_models.did.multiverse.declaration import Declaration
from cips_models.errors import OutputError
from cips_models.report.writing import FORMATS
from cips_models.wording import LANGUAGES, SOURCE_LANGUAGE, catalogue_file, speaking
from cips_models.workflow.chain import Progress, Step
from cips_models.workflow.execution import execute
from cips_models.workflow.record import RECORD, Record, digest
from cips_models.workflow.request import Request
from cips_models.workflow.results import Results
from cips_models.workflow.steps import CHAIN, made_of_tables
from cips_models.workflow.steps.multiverse import multiverse_step
from cips_models.workflow.steps.pages import catalogue_setting
from cips_models.workflow.workspace import Workspace


def run(
    request: Request,
    folder: Path,
    *,
    languages: Sequence[str] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Record:
    """Do everything from a study to a report, reusing what is there and still true.

    Charts, workbook and reports are made in English, and in ``languages`` beside it.

    Returns
    -------
    Record
        What ``run.json`` of the folder now holds.

    Raises
    ------
    SurveyError, SpecificationError
        The input is not as it must be.
    FitError
        The diagnostics failed and the request does not force a report; everything else
        is written.
    OutputError
        The folder holds results of something else.
    """
    work = Workspace(folder, request.force, request=request)
    work.check_folder()
    if progress is not None:
        progress("read", 0.0, "reading the survey")
    others = [code for code in languages if code != SOURCE_LANGUAGE]
    chain = [*CHAIN, *(step for code in others for step in made_of_tables(code))]
    chain += _there(Record.read(folder), chain, codes=(SOURCE_LANGUAGE, *others))
    with speaking(SOURCE_LANGUAGE):  # results are data, and in English
        settings = {**work.settings(), **words(others)}
        return execute(
            chain, work, settings, folder,
            processes=work.processes, overwrite=overwrite, progress=progress,
        )  # fmt: skip


def words(languages: Iterable[str]) -> dict[str, str]:
    """Which words these languages have, as settings of the steps that say them."""
    return {catalogue_setting(code): digest(catalogue_file(code)) for code in languages}


def languages_of(record: Record) -> list[str]:
    """Languages other than English in which a results folder holds something."""
    return [
        code for code in LANGUAGES
        if code != SOURCE_LANGUAGE
        and any(step.name in record.steps for step in made_of_tables(code, tuple(FORMATS)))
    ]  # fmt: skip


def redo(
    steps: Sequence[Step[Any]],
    folder: Path,
    *,
    force: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Record:
    """Carry out last steps of the chain on a results folder that holds what they need.

    Raises
    ------
    OutputError
        The folder is no results folder, or lacks what the steps need.
    """
    record = Record.read(folder)
    needed = {name for step in steps for name in step.after}
    missing = [step.name for step in CHAIN if step.name in needed - record.steps.keys()]
    if missing:
        raise OutputError(
            f"{folder / RECORD}: found no {', '.join(missing)}; expected the folder of a "
            f"`cips run`. `cips run STUDY --out {folder}` does what is missing."
        )
    results = Results(folder, force)
    settings = {"force": force, **words(code for code in LANGUAGES if code != SOURCE_LANGUAGE)}
    return execute(
        steps, results, settings, folder,
        processes=results.processes, overwrite=overwrite, progress=progress,
    )  # fmt: skip


def run_multiverse(
    request: Request,
    folder: Path,
    declared: Declaration,
    *,
    cores: int,
    scheduler: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Record:
    """Run a declared multiverse into a folder, and into its report where it holds one.

    Returns
    -------
    Record
        What ``run.json`` of the folder now holds.

    Raises
    ------
    IdentificationError
        The survey has no support.
    InterruptedFitError
        Broken off; the same call goes on.
    OutputError
        The folder holds another multiverse and ``overwrite`` is not set; or no scheduler.
    """
    work = Workspace(folder, request.force, request=request)
    work.check_folder()
    if progress is not None:
        progress("read", 0.0, "reading the survey")
    step = multiverse_step(declared, cores=cores, scheduler=scheduler)
    with speaking(SOURCE_LANGUAGE):
        settings = {**work.settings(), "multiverse": declared.text}
        record = execute((step,), work, settings, folder, overwrite=overwrite, progress=progress)
    if "report" in record.steps:
        force = bool(record.steps["report"].inputs["force"])
        steps = made_of_tables()
        there = _there(record, steps, codes=LANGUAGES)
        record = redo([*steps, *there], folder, force=force, overwrite=True, progress=progress)
    return record


def _there(record: Record, known: Sequence[Step[Any]], *, codes: Iterable[str]) -> list[Step[Any]]:
    """What else a results folder holds in these languages that is made of the tables."""
    names = {step.name for step in known}
    all_of = (step for code in codes for step in made_of_tables(code, tuple(FORMATS)))
    return [step for step in all_of if step.name in record.steps.keys() - names]
