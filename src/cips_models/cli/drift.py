"""``cips drift``: changes and effects under several amounts of drift, in one table."""

from pathlib import Path
from typing import Any

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import (
    as_json,
    out,
    overwrite,
    sampling,
    specification,
    survey_files,
    waves,
)
from cips_models.cli.output import estimates_in_columns, progress, records, say, written


@click.command(name="drift", help=COMMANDS["drift"])
@survey_files
@specification
@out("Folder for drift.csv.", default=".")
@sampling
@waves
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
    start: str | None,
    end: str | None,
    overwrite: bool,
    as_json: bool,
    **sampling: Any,
) -> None:
    """Fit by the cut route without drift, with what the items show and with twice that."""
    from cips_models.did.drift import drift_table
    from cips_models.did.estimand import in_words, of_rows
    from cips_models.estimands.changes import main_changes
    from cips_models.files import refuse_to_replace
    from cips_models.tables import write_tables
    from cips_models.workflow.request import Request
    from cips_models.workflow.workspace import Workspace

    refuse_to_replace([out / "drift.csv"], overwrite=overwrite)
    asked = Request(
        study, responses, codebook, support, specification, seed, sampling, start=start, end=end
    )
    work = Workspace(out, request=asked)
    pairs = work.pairs  # before the fits, which take minutes
    shown = progress(ctx)
    fits = work.under_drift(
        None if shown is None else lambda done, what: shown("drift", done, what)
    )
    table = drift_table(fits, pairs)
    if table.empty:
        for fit in fits.values():
            main_changes(fit, pairs)  # raises the reason
    paths = write_tables(out, {"drift": table}, overwrite=overwrite)
    average = table[table["factor"] == ""]
    columns = ["estimand", "group", "from", "to", "scale", "drift", "mean", "lower", "upper",
               "p_positive"]  # fmt: skip
    said = in_words(of_rows(average))
    shown_table = estimates_in_columns(average, [*columns, "drift_alone"])
    words = "\n\n".join([shown_table, *said, written(paths)])
    facts = {"files": [str(path) for path in paths], "drift": records(average)}
    say(words, facts, as_json=as_json)
