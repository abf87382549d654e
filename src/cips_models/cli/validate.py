"""``cips validate``: check that a survey is what its study file says."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, survey_files
from cips_models.cli.output import in_columns, records, say


@click.command(name="validate", help=COMMANDS["validate"])
@survey_files
@as_json
def command(
    study: Path,
    responses: Path | None,
    codebook: Path | None,
    support: Path | None,
    as_json: bool,
) -> None:
    """Read the survey; every problem of every file is reported together."""
    from cips_models.workflow.description import facts, survey_tables
    from cips_models.workflow.request import Request
    from cips_models.workflow.workspace import Workspace

    work = Workspace(study.parent, request=Request(study, responses, codebook, support))
    survey, _ = work.survey, work.specification  # which must be there, and sound
    found = facts(survey)
    tables = survey_tables(survey)
    sizes = tables["respondents"].groupby(["group", "wave"], sort=False)["respondents"]
    spread = sizes.agg(countries="count", respondents="sum", smallest="min", largest="max")
    lines = [
        f"{survey.name}{' (synthetic)' if survey.synthetic else ''}: no problems",
        f"{found['respondents']:,} respondents, {found['answers']:,} answers, "
        f"{len(survey.countries)} countries of which {len(found['followed'])} in two or more "
        f"waves, {len(survey.factors)} factors",
        "",
        in_columns(spread.reset_index()),
        "",
        in_columns(tables["nonresponse"]),
    ]
    if len(tables["exclusions"]):
        lines += ["", "Left out, as the study file says:", in_columns(tables["exclusions"])]
    if survey.notes:
        lines += ["", "Good to know:", *(f"  - {note}" for note in survey.notes)]
    tables_as_json = {name: records(table) for name, table in tables.items()}
    say("\n".join(lines), {**found, "tables": tables_as_json}, as_json=as_json)
