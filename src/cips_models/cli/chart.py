"""``cips chart``: figures from the tables of a results folder."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, overwrite, results_folder
from cips_models.cli.output import progress, say, written


@click.command(name="chart", help=COMMANDS["chart"])
@results_folder
@overwrite
@as_json
@click.pass_context
def command(ctx: click.Context, folder: Path, overwrite: bool, as_json: bool) -> None:
    """Draw every chart as SVG and PNG into the folder's charts/."""
    from cips_models.workflow.run import redo
    from cips_models.workflow.steps import CHART

    record = redo((CHART,), folder, overwrite=overwrite, progress=progress(ctx))
    paths = [folder / name for name in record.steps["chart"].outputs]
    say(written(paths), {"files": [str(path) for path in paths]}, as_json=as_json)
