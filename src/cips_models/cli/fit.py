"""``cips fit``: one model, one survey, one file."""

from pathlib import Path
from typing import Any

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import (
    as_json,
    out,
    overwrite,
    sampling,
    specification,
    survey_files,
    threshold,
)
from cips_models.cli.output import progress, say, written
from cips_models.errors import InterruptedFitError


@click.command(name="fit", help=COMMANDS["fit"])
@survey_files
@specification
@click.option(
    "--route",
    type=click.Choice(["joint", "cut"]),
    default="joint",
    show_default=True,
    help="joint: everything at once; cut: cells first, the hierarchy second.",
)
@out("File of the fit.", default="fit.nc")
@sampling
@threshold
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
    route: str,
    out: Path,
    seed: int,
    overwrite: bool,
    threshold: int | None,
    as_json: bool,
    **sampling: Any,
) -> None:
    """Fit, say whether the fit can be relied upon, and write it."""
    import cips_models as cips
    from cips_models.files import new_file, refuse_to_replace
    from cips_models.workflow.request import Request
    from cips_models.workflow.workspace import Workspace

    refuse_to_replace([out], overwrite=overwrite)
    work = Workspace(
        out.parent,
        request=Request(
            study, responses, codebook, support, specification, seed, sampling, threshold=threshold
        ),
    )
    shown = progress(ctx)
    tell = None if shown is None else lambda done, what: shown("fit", done, what)
    fit = work.sample(route, work.specification, tell)
    with new_file(out) as draft:
        fit.save(draft)
    passed = bool(cips.diagnose(fit).passed)
    verdict = "passed its diagnostics" if passed else "FAILED its diagnostics: cips diagnose"
    constraints = cips.identification(fit)
    words = "\n".join(
        [
            written([out]),
            f"The fit of {work.survey.name} {verdict}.",
            "What identifies it:",
            *(f"- {sentence}" for sentence in constraints),
        ]
    )
    partial = fit.provenance["settings"].get("partial")
    facts = {
        "fit": str(out),
        "passed": passed,
        "seed": seed,
        "partial": partial,
        "identification": constraints,
    }
    say(words, facts, as_json=as_json)
    if partial:
        raise InterruptedFitError(f"{out}: partial, {partial}")
