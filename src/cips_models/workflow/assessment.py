"""Put an assessment together from a results folder."""

from datetime import UTC, datetime
from pathlib import Path

from cips_models.report.assessment import Assessment
from cips_models.tables import TABLES, read_table
from cips_models.workflow.record import Record


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
    plan = record.steps["plan"].details.get("plan") if "plan" in record.steps else None
    fit = record.steps["fit"].details
    passed = bool(record.steps["diagnose"].details["passed"])
    notes = (*survey.pop("notes"), *fit["notes"])
    made = {Path(file).stem for step in record.steps.values() for file in step.outputs}
    about = {
        **survey,
        "specification": fit["specification"],
        "seed": fit["seed"],
        "plan": plan,
        "versions": dict(record.versions),
        "created": datetime.now(UTC).date().isoformat(),
        "forced": force and not passed,
    }
    return Assessment(
        about=about,
        tables={name: read_table(folder, name) for name in TABLES if name in made},
        notes=notes,
        statements=tuple(record.steps["did"].details["statements"]),
        identification=tuple(fit["identification"]),
        passed=passed,
    )
