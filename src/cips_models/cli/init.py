"""``cips init``: a study file and a codebook to start from."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, data_file, out
from cips_models.cli.output import say, written


@click.command(name="init", help=COMMANDS["init"])
@data_file
@out("Folder for study.toml and codebook.toml.", default=".")
@as_json
def command(data: Path, out: Path, as_json: bool) -> None:
    """Guess roles, scales and factors; every guess is marked, to be checked."""
    from cips_models.survey.drafting import write_draft

    paths = write_draft(data, out)
    words = (
        f"{written(list(paths))}\n"
        'Everything in them is a guess: see to the lines that say "check", then\n'
        f"next: cips validate {paths[0]}"
    )
    say(words, {"study": str(paths[0]), "codebook": str(paths[1])}, as_json=as_json)
