"""The step that holds what is done against what was planned."""

from pathlib import Path
from typing import Any, Final

from cips_models.report.plan import Plan
from cips_models.tables import empty_table, write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.results import Tell
from cips_models.workflow.workspace import Workspace


def _plan(work: Workspace, into: Path, _: Tell) -> Details:
    if work.request.plan_file is None:
        write_table(into, "plan", empty_table("plan"))
        return {}
    plan = Plan.read(work.request.plan_file)
    write_table(into, "plan", plan.deviations(work.intentions))
    return {
        "plan": {
            "created": plan.created,
            "fingerprint": plan.fingerprint,
            "points": sum(map(len, plan.intentions.values())),
        }
    }


HOLD_AGAINST_PLAN: Final[Step[Any]] = Step(
    name="plan",
    does=N_("comparing with the pre-analysis plan"),
    settings=("plan", "intentions"),
    after=(),
    outputs=("plan.csv",),
    work=_plan,
)
