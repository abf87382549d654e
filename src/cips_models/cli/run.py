"""``cips run``: the whole chain on a study."""

from pathlib import Path
from typing import Any

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import (
    as_json,
    effect_margins,
    force,
    languages,
    margin,
    out,
    overwrite,
    plan,
    sampling,
    specification,
    survey_files,
    threshold,
    waves,
)
from cips_models.cli.output import progress, say_assessment


@click.command(
    name="run",
    help=f"""{COMMANDS["run"]}

    Validates, fits, diagnoses, estimates, draws and writes. A rerun into the same folder
    repeats only what changed. The last line of stdout is the path of the report, unless
    --json is given: then stdout is one JSON object that holds it.""",
)
@survey_files
@specification
@out("Folder for the results.")
@sampling
@margin
@effect_margins
@waves
@plan
@threshold
@languages
@force
@overwrite
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    study: Path,
    responses: Path | None,
    codebook: Path | None,
    support: Path | None,
    specification: str | None,
    out: Path,
    seed: int,
    margin: float,
    effect_margin: float | None,
    equivalent: float | None,
    plan: Path | None,
    languages: list[str],
    force: bool,
    overwrite: bool,
    threshold: int | None,
    start: str | None,
    end: str | None,
    as_json: bool,
    **sampling: Any,
) -> None:
    """Run the chain and say what came out."""
    from cips_models.workflow.request import Request
    from cips_models.workflow.run import run

    request = Request(
        study=study,
        responses=responses,
        codebook=codebook,
        support=support,
        specification=specification,
        seed=seed,
        sampling=sampling,
        margin=margin,
        plan=plan,
        force=force,
        effect_margin=effect_margin,
        equivalent=equivalent,
        threshold=threshold,
        start=start,
        end=end,
    )
    run(request, out, languages=languages, overwrite=overwrite, progress=progress(ctx))
    say_assessment(out, as_json=as_json)
