"""``cips estimate``: levels, changes and shares improved."""

from pathlib import Path
from typing import Any

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, fit_file, margin, out, overwrite, waves
from cips_models.cli.output import in_columns, records, say, written


@click.command(name="estimate", help=COMMANDS["estimate"])
@fit_file
@margin
@waves
@out("Folder for levels.csv, changes.csv, improved.csv and refusals.csv.", default=".")
@overwrite
@as_json
def command(
    fit_file: Path,
    margin: float,
    start: str | None,
    end: str | None,
    out: Path,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write the tables and show the pooled changes and the shares improved."""
    import cips_models as cips
    from cips_models.survey.wave_pairs import named_waves
    from cips_models.tables import write_tables
    from cips_models.workflow.estimates import estimate_tables

    fit = cips.load(fit_file)
    pairs = named_waves(fit.design.waves, start, end)
    tables = estimate_tables(fit, margin=margin, pairs=pairs)
    paths = write_tables(out, tables, overwrite=overwrite)
    shares = tables["improved"].query("estimand != 'improved'")
    columns = ["group", "from", "to", "estimand", "supported", "scale", "mean", "lower", "upper"]
    refused = tables["refusals"]
    lines = [in_columns(shares[columns]), ""]
    if len(refused):
        lines += [_in_words(row) for row in records(refused)] + [""]
    words = "\n".join([*lines, written(paths)])
    facts = {
        "files": [str(path) for path in paths],
        "improved": records(shares),
        "refused": records(refused),
    }
    say(words, facts, as_json=as_json)


def _in_words(refused: dict[str, Any]) -> str:
    place = "; ".join(filter(None, (refused["where"], refused["scales"])))
    return f"Cannot be said: {refused['claim']} ({place}): {refused['reason']}"
