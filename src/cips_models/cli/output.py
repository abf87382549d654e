"""What a command says on stdout: a summary for people, or the same as JSON for machines."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cips_models.cli.progress import ProgressLine

if TYPE_CHECKING:
    import pandas as pd


def say(words: str, facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a summary: words, or the facts behind them as one JSON object."""
    click.echo(json.dumps(facts, indent=2, ensure_ascii=False) if as_json else words)


def written(paths: list[Path]) -> str:
    """Say which files were written."""
    return "\n".join(f"wrote {path}" for path in paths)


def in_columns(table: "pd.DataFrame", digits: int = 1) -> str:
    """Lay a table out for reading: aligned, without an index, empty where not applicable."""
    shown = table.to_string(index=False, na_rep="", float_format=lambda x: f"{x:.{digits}f}")
    return str(shown)


def records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows of a table as JSON values; what does not apply is null."""
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    return rows


def progress(ctx: click.Context) -> ProgressLine | None:
    """Progress on stderr, unless the user asked for quiet."""
    return None if ctx.obj["quiet"] else ProgressLine()
