"""``cips diagnose``: the gates, and what does not pass them."""

import sys
from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, fit_files
from cips_models.cli.output import in_columns, records, say
from cips_models.errors import FitError


@click.command(
    name="diagnose", help=f"{COMMANDS['diagnose']}\n\nExits with 5 when a gate is not passed."
)
@fit_files
@as_json
def command(fit_files: tuple[Path, ...], as_json: bool) -> None:
    """Show effective sample sizes, R-hat and divergences against their gates."""
    import cips_models as cips
    from cips_models.workflow.estimates import diagnostics_table

    table = diagnostics_table({str(path): cips.load(path) for path in fit_files})
    passed = bool(table["passed"].all())
    verdict = "All gates passed." if passed else "At least one gate is NOT passed."
    facts = {"passed": passed, "diagnostics": records(table)}
    say(f"{in_columns(table, digits=3)}\n\n{verdict}", facts, as_json=as_json)
    if not passed:
        sys.exit(FitError.exit_code)
