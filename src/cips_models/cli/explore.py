"""``cips explore``: one page in which a reader explores results."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import force, out, overwrite
from cips_models.cli.output import progress

#: As in ``cips_models.explorer.page``, which takes long to import.
_FILE = Path("explorer.html")


@click.command(
    name="explore",
    help=f"""{COMMANDS["explore"]}

    FIT is a fit file, or a folder of results, which brings effects under every assumption and
    their checks. The page needs no network and no server. The last line of stdout is its path.""",
)
@click.argument("fit", metavar="FIT", type=click.Path(exists=True, path_type=Path))
@out(
    "File to write. Default: explorer.html, in the folder of results if FIT is one.", optional=True
)
@force
@overwrite
@click.pass_context
def command(
    ctx: click.Context, /, fit: Path, out: Path | None, force: bool, overwrite: bool
) -> None:
    """Write the page."""
    from cips_models.files import refuse_to_replace
    from cips_models.workflow.exploring import write_explorer, write_explorer_of_fit
    from cips_models.workflow.results import Results
    from cips_models.workflow.run import redo
    from cips_models.workflow.steps import EXPLORE

    if fit.is_dir() and out is None:
        redo((EXPLORE,), fit, force=force, overwrite=overwrite, progress=progress(ctx))
        path = fit / _FILE
    else:
        path = out or _FILE
        refuse_to_replace([path], overwrite=overwrite)
        if fit.is_dir():
            write_explorer(Results(fit, force), path)
        else:
            write_explorer_of_fit(fit, path, force=force)
    click.echo(path)
