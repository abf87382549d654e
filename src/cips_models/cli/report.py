"""``cips report``: the assessment as one page to read."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import force, overwrite, results_folder
from cips_models.cli.output import progress


@click.command(
    name="report",
    help=f"{COMMANDS['report']}\n\nThe last line of stdout is the path of the report.",
)
@results_folder
@force
@overwrite
@click.pass_context
def command(ctx: click.Context, folder: Path, force: bool, overwrite: bool) -> None:
    """Write report.html from the tables of the folder."""
    from cips_models.workflow.run import redo
    from cips_models.workflow.steps import REPORT

    redo((REPORT,), folder, force=force, overwrite=overwrite, progress=progress(ctx))
    click.echo(folder / "report.html")
