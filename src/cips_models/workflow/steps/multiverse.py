"""The step of a multiverse, which is no part of the default chain."""

from pathlib import Path
from typing import Any

from cips_models.did.multiverse.declaration import Declaration
from cips_models.errors import InterruptedFitError
from cips_models.tables import write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.executors import hands
from cips_models.workflow.multiverse import DRAWS, KEPT, Multiverse
from cips_models.workflow.record import MULTIVERSE
from cips_models.workflow.results import Tell
from cips_models.workflow.workspace import Workspace


def multiverse_step(declared: Declaration, *, cores: int, scheduler: str | None) -> Step[Any]:
    """The step that runs a declared multiverse, on so many cores or a Dask cluster."""

    def run(work: Workspace, into: Path, tell: Tell) -> Details:
        asked = {n: v for n, v in work.request.sampling.items() if v is not None}
        multiverse = Multiverse(
            work.survey,
            work.gaussian,
            declared,
            work.folder,
            seed=work.request.seed,
            draws=asked.get("draws", DRAWS),
            chains=asked.get("chains", 4),
        )
        try:
            with hands(cores, scheduler) as lent:
                table = multiverse.run(lent, tell)
        except KeyboardInterrupt:
            raise InterruptedFitError(
                f"multiverse: interrupted; {work.folder / KEPT} holds what was fitted. The same "
                "command goes on from there."
            ) from None
        write_table(into, "multiverse", table)
        return {"notes": multiverse.notes}

    return Step(
        name=MULTIVERSE,
        does=N_("the effect under every declared specification"),
        settings=("survey", "specification", "multiverse", "sampling", "seed"),
        after=(),
        outputs=("multiverse.csv",),
        work=run,
    )
