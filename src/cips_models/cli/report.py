"""``cips report``: the assessment as pages to read."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import force, formats, languages, out, overwrite, results_folder
from cips_models.cli.output import progress
from cips_models.wording import speaking

#: As in ``cips_models.report.readers``, which takes long to import.
_READERS = ("head", "evaluator", "statistician")
#: As in ``cips_models.report.writing``.
_FORMATS = ("html", "pdf", "docx")


@click.command(
    name="report",
    help=f"""{COMMANDS["report"]}

    head: one printed page, brief.html. evaluator: the full impact assessment, report.html.
    statistician: the technical annex, annex.html. All three where --for is not given. Other formats
    are named alike: report.pdf, report.docx. The last line of stdout is the path of the report.""",
)
@results_folder
@click.option("--for", "reader", type=click.Choice(_READERS), help="Who is to read it.")
@click.option("--country", metavar="NAME", help="The report of one country, naming no other.")
@click.option("--anonymous", is_flag=True, help="Countries behind letters, in random order.")
@out(
    "With --country the file, whose name ends in the format; with --anonymous the folder. Default: "
    "country-NAME.html or anonymous/ in the results folder.",
    optional=True,
)
@formats(_FORMATS, default="html")
@languages
@force
@overwrite
@click.pass_context
def command(
    ctx: click.Context,
    /,
    folder: Path,
    reader: str | None,
    country: str | None,
    anonymous: bool,
    out: Path | None,
    formats: list[str],
    languages: list[str],
    force: bool,
    overwrite: bool,
) -> None:
    """Write reports from the tables of the folder."""
    if country is not None and (anonymous or reader):
        raise click.UsageError("--country is a report of its own: give neither --for nor more.")
    if out is not None and country is None and not anonymous:
        raise click.UsageError("--out goes with --country or --anonymous.")
    if out is not None and len(languages) > 1:
        raise click.UsageError("--out goes with one language.")
    if (
        out is not None
        and country is not None
        and ctx.get_parameter_source("formats") is not ParameterSource.DEFAULT
    ):
        raise click.UsageError("The name of the file of --out says its format: leave out --format.")
    from cips_models.workflow.reports import write_anonymous, write_national
    from cips_models.workflow.run import redo
    from cips_models.workflow.steps import reports

    chosen = [reader] if reader else ["head", "statistician", "evaluator"]
    paths: list[Path] = []
    asked: dict[str, Any] = {
        "kinds": formats, "out": out, "force": force, "overwrite": overwrite
    }  # fmt: skip
    if country is not None or anonymous:
        for code in languages:
            with speaking(code):
                if country is not None:
                    paths += write_national(folder, country, **asked)
                else:
                    paths += write_anonymous(folder, chosen, **asked)
    else:
        steps = [
            step for code in languages for (each, _kind), step in reports(code, formats).items()
            if each in chosen
        ]  # fmt: skip
        redo(steps, folder, force=force, overwrite=overwrite, progress=progress(ctx))
        paths = [folder / name for step in steps for name in step.outputs]
    click.echo("\n".join(map(str, paths)))
