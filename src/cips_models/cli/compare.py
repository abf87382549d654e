"""``cips compare``: which model predicts respondents better."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, fit_files, survey_files
from cips_models.cli.output import in_columns, records, say


@click.command(name="compare", help=COMMANDS["compare"])
@survey_files
@fit_files
@as_json
def command(
    study: Path,
    responses: Path | None,
    codebook: Path | None,
    support: Path | None,
    fit_files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Leave one respondent out at a time (LOO), from the study and two or more fits."""
    import cips_models as cips
    from cips_models.survey.released import sizes

    survey = cips.read(study, responses=responses, codebook=codebook, support=support)
    table = cips.compare({str(path): cips.load(path) for path in fit_files}, survey)
    rows = table.rename_axis("fit").reset_index() if table.index.name != "fit" else table
    rows = rows.assign(respondents=sizes(survey)["comparison",])
    say(in_columns(rows, digits=2), {"comparison": records(rows)}, as_json=as_json)
