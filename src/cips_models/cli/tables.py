"""``cips tables``: result tables for Excel, LaTeX and Word."""

from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, formats, languages, out, overwrite, results_folder
from cips_models.cli.output import say, written
from cips_models.wording import folder_of, speaking

#: As in ``cips_models.workflow.table_files``, which takes long to import.
_FORMATS = ("xlsx", "latex", "docx")


@click.command(
    name="tables",
    help=f"""{COMMANDS["tables"]}

    xlsx: every table as a sheet of tables.xlsx. latex: the main ones as latex/NAME.tex, for
    booktabs. docx: the main ones in tables.docx.""",
)
@results_folder
@formats(_FORMATS, default="xlsx")
@out("Folder for the files; default: tables/ in the results folder.", optional=True)
@languages
@overwrite
@as_json
def command(
    folder: Path,
    formats: list[str],
    out: Path | None,
    languages: list[str],
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write the tables of the folder in other formats."""
    if out is not None and len(languages) > 1:
        raise click.UsageError("--out goes with one language.")
    from cips_models.workflow.table_files import write_table_files

    paths = []
    for code in languages:
        own = folder / folder_of(code)
        with speaking(code):
            paths += write_table_files(folder, formats, out or own / "tables", overwrite=overwrite)
    say(written(paths), {"files": [str(path) for path in paths]}, as_json=as_json)
