"""The command ``cips``: which commands there are, and what happens when one fails."""

import logging
import sys
from importlib import import_module
from typing import Any, Final

import click

from cips_models import __version__
from cips_models.errors import CipsError, printable_lines

logger = logging.getLogger(__name__)

#: Commands in the order of the work.  The words are here, so that ``cips --help`` imports
#: no command; a test holds them against the commands' own.
COMMANDS: Final = {
    "init": "Draft a study file and a codebook from a data file or an XLSForm.",
    "models": "List, show or copy model specifications.",
    "validate": "Check a survey and say what is in it.",
    "compress": "Write a survey as counts of full answer patterns, which are still microdata.",
    "plan": "Write a pre-analysis plan: what is meant to be done, before the answers are seen.",
    "prior": "Show what a specification believes before it sees the answers.",
    "fit": "Fit a model to a survey.",
    "diagnose": "Check whether a fit can be relied upon.",
    "estimate": "Write levels, changes and shares improved of a fit.",
    "did": "Write the difference in differences of one or more fits.",
    "trends": "Write effects under trends that part, a placebo in time, and spillover.",
    "decide": "Write the probability of effects that matter, and the risk of naming cells.",
    "drift": "Write changes and effects under less and more drift of the questions.",
    "robust": "Write what few countries leave of the effect: permuted support, one left out.",
    "multiverse": "Show the effect under every combination of an analyst's choices.",
    "design": "Say what the next wave will be able to tell, before it is held.",
    "cells": "Write the cells of stage 1, which may leave a country: no answer of anybody.",
    "pool": "Fit the hierarchy to the cells of several countries.",
    "compare": "Compare fits by how well they predict respondents.",
    "chart": "Draw charts from a folder of results.",
    "tables": "Write the tables of a folder of results for Excel, LaTeX and Word.",
    "report": "Write the reports of a folder of results, one for each reader.",
    "releases": "Say what two releases of a survey give away together.",
    "explore": "Write one page in which to explore results, offline and in a browser.",
    "run": "Do all of it: from a study to an impact assessment.",
    "simulate": "Make a synthetic survey with known truth.",
    "demo": "Simulate a survey, then run the whole chain on it.",
}

_EXIT_CODES: Final = """\b
Exit codes:
  0  done
  1  an unexpected error
  2  the command was typed wrongly
  3  the survey's files are not as they must be
  4  the model specification is malformed or does not fit the survey
  5  a fit failed its diagnostics, or cannot be used
  6  the data cannot identify what was asked for
  7  results would overwrite others, or cannot be written
  8  two releases of a survey give away together what each withholds
130  interrupted; what had been drawn was kept where the message says
"""


class Commands(click.Group):
    """The group of all commands; a command is imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command from the file of its name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cips_models.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error becomes a message on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except CipsError as error:
            click.echo(f"Error: {printable_lines(str(error))}", err=True)
            sys.exit(error.exit_code)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            # A fault of the program, not of its input: say so, and keep the details apart.
            logger.debug("unexpected error", exc_info=True)
            click.echo(
                f"Unexpected error: {type(error).__name__}: {printable_lines(str(error))}\n"
                "This is a fault of cips-models; -vv before the command shows the details.",
                err=True,
            )
            sys.exit(CipsError.exit_code)


def _configure_logging(verbosity: int) -> None:
    levels = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    package = logging.getLogger("cips_models")
    package.handlers[:] = [handler]
    package.setLevel(levels.get(max(verbosity, -1), logging.DEBUG))


@click.group(
    cls=Commands,
    epilog=_EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("-v", "--verbose", count=True, help="Say more on stderr; twice for everything.")
@click.option("-q", "--quiet", is_flag=True, help="Only errors on stderr; no progress.")
@click.version_option(__version__, prog_name="cips-models")
@click.pass_context
def cli(ctx: click.Context, verbose: int, quiet: bool) -> None:
    """Honest statements about change in customs integrity perceptions.

    Results go to files and a summary to stdout; messages and progress go to stderr.
    Every command has its own --help.
    """
    _configure_logging(-1 if quiet else verbose)
    ctx.obj = {"quiet": quiet}
