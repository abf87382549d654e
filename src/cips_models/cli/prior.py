"""``cips prior``: what a specification believes before it sees the answers."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, seed, specification, survey_files
from cips_models.cli.output import in_columns, records, say


@click.command(name="prior", help=COMMANDS["prior"])
@survey_files
@specification
@click.option("--draws", type=click.IntRange(min=1), metavar="N", default=500, show_default=True)
@seed
@as_json
def command(
    study: Path,
    responses: Path | None,
    codebook: Path | None,
    support: Path | None,
    specification: str | None,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Show the prior predictive distribution of levels and changes in percentage points."""
    import cips_models as cips
    from cips_models.workflow.estimates import prior_table
    from cips_models.workflow.request import Request
    from cips_models.workflow.workspace import Workspace

    request = Request(study, responses, codebook, support, specification)
    work = Workspace(study.parent, request=request)
    table = prior_table(cips.prior(work.survey, work.specification, draws=draws, seed=seed))
    about = f"{work.specification.title}: before any answer, in per cent of answers positive"
    facts = {"specification": work.specification.name, "prior": records(table)}
    say(f"{about}\n\n{in_columns(table)}", facts, as_json=as_json)
