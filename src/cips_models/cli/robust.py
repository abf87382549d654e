"""``cips robust``: what few countries leave of the effect."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import (
    as_json,
    out,
    overwrite,
    seed,
    specification,
    survey_files,
)
from cips_models.cli.output import in_columns, progress, records, say, written

#: What is printed of which table.
_SHOWN = {
    "permutations": ["group", "scheme", "scale", "observed", "sd", "maps", "p", "mcse"],
    "leave_one_out": [
        "country", "factor", "group", "scale", "refitted", "mean", "lower", "upper", "change",
    ],
    "wild_bootstrap": ["group", "scale", "mean", "se", "lower", "upper", "p", "clusters"],
    "placebo_maps": ["group", "scheme", "maps", "rejected", "rate", "lower", "upper"],
}  # fmt: skip


@click.command(name="robust", help=COMMANDS["robust"])
@survey_files
@specification
@out("Folder for the tables.", default=".")
@seed
@click.option(
    "--permutations",
    type=click.IntRange(min=99),
    metavar="N",
    default=1999,
    show_default=True,
    help="Permuted support maps; all are looked at where there are few.",
)
@click.option(
    "--placebo",
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    show_default=True,
    help="Permuted maps under which the hierarchy is fitted anew; a few seconds each.",
)
@click.option(
    "--refit",
    is_flag=True,
    help="Fit the survey anew without each of the two most influential; a minute each.",
)
@click.option("--cores", type=click.IntRange(min=1), metavar="N", help="Refits at a time.")
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
    seed: int,
    permutations: int,
    placebo: int,
    refit: bool,
    cores: int | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Permute support, leave one out, bootstrap clusters; stage 1 is estimated once."""
    from cips_models.did.estimand import in_words, of_rows
    from cips_models.files import refuse_to_replace
    from cips_models.tables import write_tables
    from cips_models.tables.few_clusters import FEW_CLUSTERS
    from cips_models.workflow.request import Request
    from cips_models.workflow.workspace import Workspace

    refuse_to_replace([out / f"{name}.csv" for name in FEW_CLUSTERS], overwrite=overwrite)
    asked = Request(study, responses, codebook, support, specification, seed, {"cores": cores or 2})
    work, shown = Workspace(out, request=asked), progress(ctx)
    tables = work.robustness(
        None if shown is None else lambda done, what: shown("robust", done, what),
        permutations=permutations,
        placebo=placebo,
        refit=refit,
    )
    paths = write_tables(out, dict(tables), overwrite=overwrite)
    said = {name: table for name, table in tables.items() if name in _SHOWN and len(table)}
    parts = [
        f"{name}:\n{in_columns(table[_SHOWN[name]], digits=3)}" for name, table in said.items()
    ]
    whole = tables["leave_one_out"]
    whole = whole[(whole[["country", "factor"]] == "").all(axis=1)]
    told = "\n".join(in_words([*of_rows(whole), *of_rows(tables["permutations"])]))
    facts = {
        "files": [str(path) for path in paths],
        **{name: records(table) for name, table in said.items()},
    }
    say("\n\n".join([*parts, told, written(paths)]), facts, as_json=as_json)
