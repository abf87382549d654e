"""Put an assessment together from a results folder."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cips_models.errors import OutputError
from cips_models.report.assessment import Assessment
from cips_models.tables import TABLES, read_table
from cips_models.wording import _
from cips_models.workflow.record import MULTIVERSE, RECORD, Record

#: What a report takes from the record of each step, and of what kind it is.
_TOLD: Final[Mapping[str, Mapping[str, type]]] = {
    "validate": {
        "name": str,
        "synthetic": bool,
        **dict.fromkeys(("countries", "followed", "groups", "waves", "factors", "notes"), list),
        "respondents": int,
        "answers": int,
        "assumption": str,
        "threshold": int,
    },
    "fit": {
        "specification": str,
        "seed": int,
        "notes": list,
        "identification": list,
        "settings": dict,
    },
    "diagnose": {"passed": bool},
    "did": {"statements": list},
    "estimate": {"compared": list},
    "plan": {"plan": dict},
}

_OPTIONAL: Final = {"assumption"}

#: Counts of people, which are null where they are withheld.
_WITHHELD: Final = {"respondents", "answers"}


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
    survey, fit, diagnosed, effects, estimated = (
        _details(folder, record, step)
        for step in ("validate", "fit", "diagnose", "did", "estimate")
    )
    passed = diagnosed["passed"]
    plan = None
    if "plan" in record.steps and record.steps["plan"].details:  # none without a plan
        plan = _details(folder, record, "plan")["plan"]
        _check(folder, "plan", plan, {"created": str, "fingerprint": str, "points": int})
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
        "settings": fit["settings"],
        "fingerprint": survey["fingerprint"],
        "compared": estimated["compared"],
        "plan": plan,
        "versions": dict(record.versions),
        "created": datetime.now(UTC).date().isoformat(),
        "forced": force and not passed,
        "multiverse": steps[MULTIVERSE].details["notes"] if MULTIVERSE in steps else [],
    }
    return Assessment(
        about=about,
        tables={name: read_table(folder, name) for name in TABLES if name in made},
        notes=notes,
        statements=tuple(effects["statements"]),
        identification=tuple(fit["identification"]),
        passed=passed,
    )


def _details(folder: Path, record: Record, step: str) -> dict[str, Any]:
    """What a step found, if it is of the kinds that a report takes.

    Raises
    ------
    OutputError
        Something is not there, or of another kind.
    """
    recorded = record.steps.get(step)
    details = dict.fromkeys(_OPTIONAL & _TOLD[step].keys(), "")
    details |= {} if recorded is None else recorded.details
    _check(folder, step, details, _TOLD[step])
    return details


def _check(folder: Path, step: str, details: Mapping[str, Any], kinds: Mapping[str, type]) -> None:
    """Hold what a step found against its kinds; lists are of texts."""
    for name, kind in kinds.items():
        value = details.get(name)
        if value is None and name in _WITHHELD & details.keys():
            continue
        texts = not isinstance(value, list) or all(isinstance(each, str) for each in value)
        if type(value) is not kind or not texts:
            expected = "a list of texts" if kind is list else f"a value of type {kind.__name__}"
            raise OutputError(
                f"{folder / RECORD}, step {step}, {name}: found {value!r}; expected {expected}. "
                "`cips run` with --overwrite writes it anew."
            )


def _same_survey(record: Record) -> bool:
    """Whether the multiverse, which the chain does not repeat, is of the survey of the fits."""
    surveys = {record.steps[name].inputs.get("survey") for name in (MULTIVERSE, "fit")}
    return len(surveys) == 1
