"""``cips did``: the effect of support, as difference in differences."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, fit_files, out, overwrite, weights
from cips_models.cli.output import estimates_in_columns, records, say, written


@click.command(name="did", help=COMMANDS["did"])
@fit_files
@out("Folder for effects.csv.", default=".")
@weights
@overwrite
@as_json
def command(
    fit_files: tuple[Path, ...], out: Path, weights: str, overwrite: bool, as_json: bool
) -> None:
    """Write the table, show the average effects and say what they are effects of."""
    import cips_models as cips
    from cips_models.did.estimand import WEIGHTINGS, of_rows
    from cips_models.did.weighting import read_weights
    from cips_models.tables import write_tables
    from cips_models.workflow.estimates import effect_statements, effects_table

    fits = {str(path): cips.load(path) for path in fit_files}
    chosen = weights if weights in WEIGHTINGS else read_weights(Path(weights))
    table = effects_table(fits, weights=chosen)
    if table.empty:
        for fit in fits.values():
            cips.effects(fit, weights=chosen)  # raises the reason
    paths = write_tables(out, {"effects": table}, overwrite=overwrite)
    average = table[table["estimand"] == "ATT"]
    columns = ["group", "route", "specification", "parallel_trends", "scale"]
    columns += ["mean", "lower", "upper", "p_positive"]
    estimands = of_rows(average)
    statements = effect_statements(fits, table)
    words = "\n".join([estimates_in_columns(average, columns), "", *statements, "", written(paths)])
    stated = [
        row | {"statement": each.words()}
        for row, each in zip(records(average), estimands, strict=True)
    ]
    facts = {
        "files": [str(path) for path in paths],
        "effects": stated,
        "statements": statements,
    }
    say(words, facts, as_json=as_json)
