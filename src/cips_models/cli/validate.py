"""``cips validate``: check that a survey is what its study file says."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, survey_files, threshold
from cips_models.cli.output import in_columns, people_or_withheld, records, say


@click.command(name="validate", help=COMMANDS["validate"])
@survey_files
@threshold
@as_json
def command(
    study: Path,
    responses: Path | None,
    codebook: Path | None,
    support: Path | None,
    threshold: int | None,
    as_json: bool,
) -> None:
    """Read the survey; every problem of every file is reported together."""
    from cips_models.workflow.description import facts, shown_counts, survey_tables
    from cips_models.workflow.request import Request
    from cips_models.workflow.workspace import Workspace

    work = Workspace(
        study.parent, request=Request(study, responses, codebook, support, threshold=threshold)
    )
    survey, _ = work.survey, work.specification  # which must be there, and sound
    shown = shown_counts(survey)
    found = facts(survey, shown)
    tables = survey_tables(survey, shown)
    rule, withheld = survey.disclosure, len(tables["disclosure"])
    people = tables["respondents"]
    of_one, of_all = people[people["country"] != ""], people[people["country"] == ""]
    sizes = of_one.groupby(["group", "wave"])["respondents"]
    spread = sizes.agg(countries="size", smallest="min", largest="max").reset_index()
    spread = of_all.drop(columns="country").merge(spread, on=["group", "wave"])
    control = (
        "Disclosure control is off: every count is shown."
        if rule.off
        else f"{withheld} counts withheld, and shown as empty: with fewer than {rule.threshold} "
        "people, or such that these would follow from them."
    )
    lines = [
        f"{survey.name}{' (synthetic)' if survey.synthetic else ''}: no problems",
        f"{people_or_withheld(found['respondents'])} respondents, "
        f"{people_or_withheld(found['answers'])} answers, "
        f"{len(survey.countries)} countries of which {len(found['followed'])} in two or more "
        f"waves, {len(survey.factors)} factors",
        "",
        in_columns(spread),
        "",
        in_columns(tables["nonresponse"]),
    ]
    if len(tables["exclusions"]):
        lines += ["", "Left out, as the study file says:", in_columns(tables["exclusions"])]
    lines += ["", control]
    if survey.notes:
        lines += ["", "Good to know:", *(f"  - {note}" for note in survey.notes)]
    tables_as_json = {name: records(table) for name, table in tables.items()}
    say("\n".join(lines), {**found, "tables": tables_as_json}, as_json=as_json)
