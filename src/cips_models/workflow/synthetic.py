"""A synthetic survey as a chain of one step, so that a rerun finds it already there."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from cips_models.survey.simulation import simulate
from cips_models.workflow.chain import Progress, Step
from cips_models.workflow.execution import execute

type Scale = Literal["small", "cips"]
type Effect = Literal["real", "none"]


def synthetic_survey(
    folder: Path,
    *,
    scale: Scale,
    effect: Effect,
    waves: int = 2,
    seed: int,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Simulate a survey into a folder unless it is already there.

    Returns
    -------
    Path
        The study file.

    Raises
    ------
    OutputError
        The folder holds something else and ``overwrite`` is not set.
    """

    def work(_: None, into: Path, __: Callable[[float, str], None]) -> Mapping[str, Any]:
        study = simulate(into, scale=scale, effect=effect, waves=waves, seed=seed)
        return {"study": study.name}

    step = Step(
        name="simulate",
        does="making a synthetic survey",
        settings=("scale", "effect", "waves", "seed"),
        after=(),
        outputs=("*",),
        work=work,
    )
    settings = {"scale": scale, "effect": effect, "waves": waves, "seed": seed}
    record = execute((step,), None, settings, folder, overwrite=overwrite, progress=progress)
    return folder / str(record.steps["simulate"].details["study"])
