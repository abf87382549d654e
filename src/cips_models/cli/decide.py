"""``cips decide``: margins, practical equivalence, and the risk of naming cells improved."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import (
    as_json,
    effect_margins,
    fit_files,
    margin,
    out,
    overwrite,
    waves,
)
from cips_models.cli.output import in_columns, records, say, written


@click.command(name="decide", help=COMMANDS["decide"])
@fit_files
@out("Folder for decision.csv and naming.csv.", default=".")
@effect_margins
@margin
@waves
@overwrite
@as_json
def command(
    fit_files: tuple[Path, ...],
    out: Path,
    effect_margin: float | None,
    equivalent: float | None,
    margin: float,
    start: str | None,
    end: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Say how probable an effect that matters is, and how often naming a cell would be wrong."""
    import cips_models as cips
    from cips_models.did.estimand import in_words, of_rows
    from cips_models.survey.wave_pairs import named_waves
    from cips_models.tables import write_tables
    from cips_models.workflow.steps.trends import decision_tables

    fits = {str(path): cips.load(path) for path in fit_files}
    known = next(iter(fits.values())).design.waves
    stated = dict.fromkeys(("margin", "equivalent"), "command")
    tables = decision_tables(
        fits,
        {"margin": effect_margin, "equivalent": equivalent, "stated": stated},
        change_margin=margin,
        pairs=named_waves(known, start, end),
    )
    if tables["decision"].empty and tables["naming"].empty:
        for fit in fits.values():
            cips.effects(fit)  # raises the reason
    paths = write_tables(out, tables, overwrite=overwrite)
    decided, named = tables["decision"], tables["naming"]
    named = named[named["supported"] == ""]
    effect = ["group", "route", "specification", "estimand", "part", "margin", "mean"]
    rule = ["group", "from", "to", "estimand", "scale", "threshold", "named", "cells", "mean",
            "lower", "upper"]  # fmt: skip
    words = "\n\n".join(
        [
            in_columns(decided[effect], digits=2),
            "\n".join(in_words(of_rows(decided))),
            in_columns(named[rule], digits=2),
            written(paths),
        ]
    )
    facts = {
        "files": [str(path) for path in paths],
        "decision": records(decided),
        "naming": records(named),
    }
    say(words, facts, as_json=as_json)
