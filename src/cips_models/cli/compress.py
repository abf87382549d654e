"""``cips compress``: a survey as counts of full answer patterns."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, out, overwrite, study_file
from cips_models.cli.output import say, written


@click.command(name="compress", help=COMMANDS["compress"])
@study_file
@out("Folder for study.toml and patterns.csv.")
@overwrite
@as_json
def command(study: Path, out: Path, overwrite: bool, as_json: bool) -> None:
    """Write the patterns, and a study file that reads them."""
    from cips_models.files import refuse_to_replace
    from cips_models.survey.patterns import compress

    files = [out / "study.toml", out / "patterns.csv"]
    refuse_to_replace(files, overwrite=overwrite)
    path = compress(study, out)
    words = (
        f"{written(files)}\nNearly every pattern is one person's: keep them as you keep answers."
    )
    say(words, {"study": str(path)}, as_json=as_json)
