"""``cips models``: the specifications that ship, to read and to copy."""

import shutil
from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, overwrite
from cips_models.cli.output import say, written


@click.group(name="models", help=COMMANDS["models"], invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the specifications when no sub-command is given."""
    if ctx.invoked_subcommand is None:
        _list(as_json)


@command.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """List the specifications that ship."""
    _list(as_json)


@command.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a specification, with the reason of every prior."""
    click.echo(_text(name).rstrip())


@command.command()
@click.argument("name")
@click.argument("place", type=click.Path(path_type=Path), required=False)
@overwrite
def copy(name: str, place: Path | None, overwrite: bool) -> None:
    """Copy a specification, to be edited; the copy is used with --spec FILE."""
    from cips_models.files import new_file, refuse_to_replace
    from cips_models.model.specification_file import locate

    source = locate(name)
    target = place or Path(source.name)
    if target.is_dir():
        target /= source.name
    refuse_to_replace([target], overwrite=overwrite)
    with new_file(target) as draft:
        shutil.copyfile(source, draft)
    click.echo(written([target]))


def _text(name: str) -> str:
    from cips_models.model.specification_file import locate

    return locate(name).read_text(encoding="utf-8")


def _list(as_json: bool) -> None:
    from cips_models.model.specification_file import available

    purpose = {name: _first_comment(_text(name)) for name in available()}
    width = max(map(len, purpose))
    words = "\n".join(f"{name:<{width}}  {about}".rstrip() for name, about in purpose.items())
    say(words, purpose, as_json=as_json)


def _first_comment(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return first.lstrip("# ").strip() if first.startswith("#") else ""
