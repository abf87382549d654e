"""Put an assessment together from a results folder."""

from datetime import UTC, datetime
from pathlib import Path

from cips_models.report.assessment import Assessment
from cips_models.tables import TABLES, read_table
from cips_models.wording import _
from cips_models.workflow.record import MULTIVERSE, Record


def assessment(folder: Path, *, force: bool = False) -> Assessment:
    """Read everything that a report shows.

    Parameters
    ----------
    folder : Path
        Results of ``cips run``.
    force : bool
        The report is wanted although the diagnostics fail.

    Raises
    ------
    OutputError
        A table is missing, or is not one of this version.
    """
    record = Record.read(folder)
    survey = dict(record.steps["validate"].details)
    fit = record.steps["fit"].details
    passed = bool(record.steps["diagnose"].details["passed"])
    notes = (*survey.pop("notes"), *fit["notes"])
    steps = dict(record.steps)
    if MULTIVERSE in steps and not _same_survey(record):
        del steps[MULTIVERSE]
        notes += (_("multiverse.csv is of another state of the survey, and is not shown."),)
    made = {Path(file).stem for step in steps.values() for file in step.outputs}
    about = {
        **survey,
        "specification": fit["specification"],
        "seed": fit["seed"],
        "versions": dict(record.versions),
        "created": datetime.now(UTC).date().isoformat(),
        "forced": force and not passed,
        "multiverse": steps[MULTIVERSE].details["notes"] if MULTIVERSE in steps else [],
    }
    return Assessment(
        about=about,
        tables={name: read_table(folder, name) for name in TABLES if name in made},
        notes=notes,
        statements=tuple(record.steps["did"].details["statements"]),
        identification=tuple(fit["identification"]),
        passed=passed,
    )


def _same_survey(record: Record) -> bool:
    """Whether the multiverse, which the chain does not repeat, is of the survey of the fits."""
    surveys = {record.steps[name].inputs.get("survey") for name in (MULTIVERSE, "fit")}
    return len(surveys) == 1
