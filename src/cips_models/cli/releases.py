"""``cips releases``: what two releases of a survey give away together."""

import sys
from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, folders_of_results
from cips_models.cli.output import in_columns, records, say
from cips_models.errors import DisclosureError

#: Rows that are printed; all of them are in the JSON.
_MOST = 20


@click.command(
    name="releases",
    help=f"""{COMMANDS["releases"]}

    A count that one withholds and the other shows is told; so are the few people by whom two counts
    differ, after a correction or another threshold. Exits with 8 where something is told; then
    publish the earlier release alone, or the later one with the same rows and threshold.""",
)
@folders_of_results
@as_json
def command(earlier: Path, later: Path, as_json: bool) -> None:
    """Compare counts of two results folders."""
    from cips_models.workflow.releases import told_by_both

    table, threshold = told_by_both(earlier, later)
    lines = [f"No count of fewer than {threshold} people follows from the counts of both."]
    if len(table):
        lines = [
            f"{len(table)} counts are told by both releases together:",
            "",
            in_columns(table.head(_MOST)),
        ]
        if len(table) > _MOST:
            lines += ["", f"and {len(table) - _MOST} more: --json has all."]
    facts = {"threshold": threshold, "told": records(table)}
    say("\n".join(lines), facts, as_json=as_json)
    if len(table):
        sys.exit(DisclosureError.exit_code)
