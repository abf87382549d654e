"""``cips estimate``: levels, changes and shares improved."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, fit_file, margin, out, overwrite
from cips_models.cli.output import in_columns, records, say, written


@click.command(name="estimate", help=COMMANDS["estimate"])
@fit_file
@margin
@out("Folder for levels.csv, changes.csv and improved.csv.", default=".")
@overwrite
@as_json
def command(fit_file: Path, margin: float, out: Path, overwrite: bool, as_json: bool) -> None:
    """Write the tables and show the pooled changes and the shares improved."""
    import cips_models as cips
    from cips_models.workflow.estimates import estimate_tables
    from cips_models.workflow.tables import write_tables

    tables = estimate_tables(cips.load(fit_file), margin=margin)
    paths = write_tables(out, tables, overwrite=overwrite)
    shares = tables["improved"].query("estimand != 'improved'")
    columns = ["group", "estimand", "supported", "scale", "mean", "lower", "upper"]
    words = f"{in_columns(shares[columns])}\n\n{written(paths)}"
    facts = {"files": [str(path) for path in paths], "improved": records(shares)}
    say(words, facts, as_json=as_json)
