"""``cips demo``: the whole chain on a survey whose truth is known."""

from pathlib import Path
from typing import Any, Literal

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, force, languages, out, overwrite, sampling, world
from cips_models.cli.output import progress, say_assessment


@click.command(
    name="demo",
    help=f"{COMMANDS['demo']}\n\nThe last line of stdout is the path of the report.",
)
@world
@out("Folder for the survey (in survey/) and the results.", default="demo")
@sampling
@languages
@force
@overwrite
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    scale: Literal["small", "cips"],
    effect: Literal["real", "none"],
    waves: int,
    out: Path,
    seed: int,
    languages: list[str],
    force: bool,
    overwrite: bool,
    as_json: bool,
    **sampling: Any,
) -> None:
    """Simulate, validate, fit, diagnose, estimate, compare, chart, report."""
    from cips_models.workflow.request import Request
    from cips_models.workflow.run import run
    from cips_models.workflow.synthetic import synthetic_survey

    shown = progress(ctx)
    study = synthetic_survey(
        out / "survey",
        scale=scale,
        effect=effect,
        waves=waves,
        seed=seed,
        overwrite=overwrite,
        progress=shown,
    )
    request = Request(study, seed=seed, sampling=sampling, force=force)
    run(request, out, languages=languages, overwrite=overwrite, progress=shown)
    say_assessment(out, as_json=as_json)
