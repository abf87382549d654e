"""``cips cells``: stage 1 of the cut route as a file that may leave a country."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, out, overwrite, specification, survey_files
from cips_models.cli.output import say, written


@click.command(name="cells", help=COMMANDS["cells"])
@survey_files
@specification
@out("File of the cells.", default="cells.nc")
@overwrite
@as_json
def command(
    study: Path,
    responses: Path | None,
    codebook: Path | None,
    support: Path | None,
    specification: str | None,
    out: Path,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Estimate every cell on its own, and write levels with their covariance."""
    import cips_models as cips
    from cips_models.files import new_file, refuse_to_replace
    from cips_models.workflow.request import Request
    from cips_models.workflow.workspace import Workspace

    refuse_to_replace([out], overwrite=overwrite)
    work = Workspace(
        out.parent, request=Request(study, responses, codebook, support, specification)
    )
    stage = work.stage_one
    with new_file(out) as draft:
        cips.export_cells(stage, draft)
    count = len(stage.cells.mean)
    words = (
        f"{written([out])}\n{count} cells of {', '.join(work.survey.countries)}: levels and their "
        "covariance, items and person spreads; no answer and no count of respondents.\n"
        "cips pool fits the hierarchy to the cells of several countries."
    )
    facts = {"file": str(out), "cells": count, "countries": list(work.survey.countries)}
    say(words, facts, as_json=as_json)
