"""The page to explore: of a results folder, or of a fit alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

import cips_models as cips
from cips_models.estimands.composition import assumption
from cips_models.explorer.contents import contents
from cips_models.explorer.page import write
from cips_models.report.front import failed_gates
from cips_models.workflow.assessment import assessment
from cips_models.workflow.estimates import diagnostics_table, effects_table, estimate_tables
from cips_models.workflow.record import Record
from cips_models.workflow.results import Results


def write_explorer(results: Results, path: Path) -> Path:
    """Write the page of a results folder: every fit's effects, every check.

    Raises
    ------
    FitError
        The diagnostics fail and the page is not forced.
    OutputError
        A table is missing, or the file cannot be written.
    """
    found = assessment(results.folder, force=results.force)
    steps = Record.read(results.folder).steps
    names = [Path(file).stem for step in ("fit", "cut") for file in steps[step].outputs]
    about = {
        "passed": found.passed,
        "forced": bool(found.about["forced"]),
        "failed": failed_gates(found),
        "notes": list(found.notes),
        "assumption": str(found.about.get("assumption", "")),
    }
    return write(contents({name: results.fit(name) for name in names}, found.tables, about), path)


def write_explorer_of_fit(fit_file: Path, path: Path, *, force: bool = False) -> Path:
    """Write the page of one fit: levels, changes and effects, and no check.

    Raises
    ------
    FitError
        It is no fit; or the diagnostics fail and the page is not forced.
    OutputError
        The file cannot be written.
    """
    fit = cips.load(fit_file)
    diagnosed = diagnostics_table({fit_file.stem: fit})
    passed = bool(diagnosed["passed"].all())
    failed = diagnosed[~diagnosed["passed"].astype(bool)]
    tables: Mapping[str, pd.DataFrame] = {
        **estimate_tables(fit),
        "effects": effects_table({fit_file.stem: fit}),
        "diagnostics": diagnosed,
    }
    about: dict[str, Any] = {
        "passed": passed,
        "forced": force and not passed,
        "failed": list(failed["fit"] + ": " + failed["quantity"]),
        "notes": [],
        "assumption": assumption(fit) or "",
    }
    return write(contents({fit_file.stem: fit}, tables, about), path)
