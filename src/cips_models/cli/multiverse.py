"""``cips multiverse``: one effect under a declared set of specifications."""

from pathlib import Path
from typing import Any

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, out, overwrite, seed, specification, survey_files
from cips_models.cli.output import progress, say, written


def _show(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from cips_models.did.multiverse.declaration import default_file

        click.echo(default_file().read_text(encoding="utf-8").rstrip())
        ctx.exit()


@click.command(
    name="multiverse",
    help=f"""{COMMANDS["multiverse"]}

    Every specification is fitted by the cut route and kept as soon as it is there: the same
    command goes on where it was broken off. A report in the folder is written anew.""",
)
@survey_files
@specification
@out("Folder for the results; that of a `cips run` will do.")
@click.option(
    "--declare",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Declared choices, instead of the default; --show prints that, to copy.",
)
@click.option(
    "--show",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show,
    help="Print the default declaration and end.",
)
@seed
@click.option("--draws", type=click.IntRange(min=1), metavar="N", help="Draws of each chain.")
@click.option("--chains", type=click.IntRange(min=1), metavar="N", help="Number of chains.")
@click.option(
    "--cores",
    type=click.IntRange(min=1),
    metavar="N",
    default=2,
    show_default=True,
    help="Specifications fitted at a time, each in a process of its own.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster, to fit on its workers.")
@overwrite
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    study: Path,
    responses: Path | None,
    codebook: Path | None,
    support: Path | None,
    specification: str | None,
    out: Path,
    declare: Path | None,
    seed: int,
    cores: int,
    scheduler: str | None,
    overwrite: bool,
    as_json: bool,
    **sampling: Any,
) -> None:
    """Run the multiverse, draw its curve and say what it shows."""
    from cips_models import charts
    from cips_models.charts.specification_curve import finding
    from cips_models.did.multiverse.declaration import declaration
    from cips_models.errors import IdentificationError
    from cips_models.tables import read_table
    from cips_models.workflow.request import Request
    from cips_models.workflow.run import run_multiverse
    from cips_models.workflow.workspace import Workspace

    request = Request(study, responses, codebook, support, specification, seed, sampling)
    record = run_multiverse(
        request, out, declaration(declare), cores=cores, scheduler=scheduler,
        overwrite=overwrite, progress=progress(ctx),
    )  # fmt: skip
    table = read_table(out, "multiverse")
    survey = Workspace(out, request=request).survey
    paths = [out / "multiverse.csv"]
    try:
        figure = charts.specification_curve(table, source=survey.name, synthetic=survey.synthetic)
    except IdentificationError:
        pass  # nothing was estimated: the table says why
    else:
        paths += charts.save(figure, out / "multiverse", "specification_curve")
    findings = [finding(rows) for _, rows in table.groupby(["scale", "group"], sort=False)]
    notes = list(record.steps["multiverse"].details["notes"])
    told = table[table["statement"] != ""].drop_duplicates("group")["statement"]
    words = "\n".join([*findings, *notes, "", *told, "", written(paths)])
    facts = {"files": [str(path) for path in paths], "findings": findings, "notes": notes}
    say(words, facts, as_json=as_json)
