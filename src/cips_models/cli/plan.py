"""``cips plan``: a pre-analysis plan of a study, before its answers are seen."""

from datetime import UTC, datetime
from pathlib import Path

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import (
    as_json,
    effect_margins,
    language,
    margin,
    out,
    overwrite,
    seed,
    specification,
    study_file,
    waves,
)
from cips_models.cli.output import say


@click.command(
    name="plan",
    help=f"""{COMMANDS["plan"]}

    Reads the study file, the codebook, the support table and the specification, not the
    responses, which need not be there yet. `cips run` finds the plan as plan.md beside the study
    file, or by --plan, and the report says what differed from it.""",
)
@study_file
@specification
@margin
@waves
@effect_margins
@seed
@language
@out("File for the plan. Default: plan.md beside the study file.", optional=True)
@overwrite
@as_json
def command(
    study: Path,
    specification: str | None,
    margin: float,
    start: str | None,
    end: str | None,
    effect_margin: float | None,
    equivalent: float | None,
    seed: int,
    language: str,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write what is meant to be done."""
    from cips_models.files import new_file, refuse_to_replace
    from cips_models.report.plan import Plan
    from cips_models.wording import speaking
    from cips_models.workflow.request import PLAN, Request
    from cips_models.workflow.steps import CHAIN
    from cips_models.workflow.workspace import Workspace

    path = out or study.parent / PLAN
    refuse_to_replace([path], overwrite=overwrite)
    request = Request(
        study,
        specification=specification,
        seed=seed,
        margin=margin,
        effect_margin=effect_margin,
        equivalent=equivalent,
        start=start,
        end=end,
    )
    meant = Workspace(path.parent, request=request).intentions
    plan = Plan(datetime.now(UTC).date().isoformat(), meant)
    checks = {step.name: step.does for step in CHAIN}
    with new_file(path) as draft, speaking(language):
        draft.write_text(plan.document(checks), encoding="utf-8")
    facts = {"file": str(path), "created": plan.created, "fingerprint": plan.fingerprint}
    words = f"Plan of {plan.created}, fingerprint {plan.fingerprint}\n{path}"
    say(words, facts, as_json=as_json)
