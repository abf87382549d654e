"""``cips trends``: what becomes of the effect if trends part, or support spills over."""

from pathlib import Path
from typing import Any

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import (
    as_json,
    earlier_fit,
    out,
    overwrite,
    sampling,
    specification,
    survey_files,
)
from cips_models.cli.output import estimates_in_columns, in_columns, progress, records, say, written


@click.command(name="trends", help=COMMANDS["trends"])
@survey_files
@earlier_fit
@specification
@out("Folder for the tables.", default=".")
@sampling
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
    fit_file: Path | None,
    specification: str | None,
    out: Path,
    seed: int,
    overwrite: bool,
    as_json: bool,
    **sampling: Any,
) -> None:
    """Biases of trends with the breakdown value, a placebo in time, spillover."""
    import cips_models as cips
    from cips_models.did.estimand import in_words, of_rows
    from cips_models.files import refuse_to_replace
    from cips_models.inference.replay import refuse_foreign
    from cips_models.tables import write_tables
    from cips_models.workflow.request import Request
    from cips_models.workflow.steps.trends import TRENDS, trend_tables
    from cips_models.workflow.workspace import Workspace

    refuse_to_replace([out / name for name in TRENDS.outputs], overwrite=overwrite)
    work = Workspace(
        out, request=Request(study, responses, codebook, support, specification, seed, sampling)
    )
    shown = progress(ctx)
    tell = None if shown is None else lambda done, what: shown("trends", done, what)
    if fit_file is None:
        fit = work.sample("cut", work.gaussian, tell)
    else:
        fit = cips.load(fit_file)
        refuse_foreign(fit, work.survey)
    cips.effects(fit, scales=("latent",))  # raises the reason where there is nothing to examine
    tables = trend_tables(work, {"fit": fit})
    paths = write_tables(out, tables, overwrite=overwrite)
    biases = tables["trends"]
    whole = biases["times"].isna() | biases["times"].isin([0.0, 0.5, 1.0, 2.0])
    columns = ["group", "estimand", "scale", "bias", "times", "mean", "lower", "upper", "breakdown"]
    beside = ["group", "estimand", "scale", "mean", "lower", "upper", "p_positive"]
    slopes = tables["spillover"][tables["spillover"]["country"] == ""]
    shown_tables = [
        in_columns(biases.loc[whole, columns], digits=2),
        *(
            estimates_in_columns(table, beside)
            for table in (tables["placebo"], slopes[slopes["share"].isna()], tables["exposure"])
            if len(table)
        ),
        "\n".join(in_words([each for table in tables.values() for each in of_rows(table)])),
        *(
            f"Not checked: {row.check}, {row.group}. {row.reason}"
            for row in tables["unchecked"].itertuples()
        ),
        written(paths),
    ]
    facts = {
        "files": [str(path) for path in paths],
        **{name: records(table) for name, table in tables.items()},
    }
    say("\n\n".join(shown_tables), facts, as_json=as_json)
