"""Step to one effect in several ways: outcomes, weights, cells, time since support began."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cips_models.did.outcomes import outcome_tables, paths_table
from cips_models.errors import FitError
from cips_models.inference.unpooled import unpooled
from cips_models.tables import empty_table, write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.results import Tell
from cips_models.workflow.steps.fits import JOINT, joint_fit
from cips_models.workflow.workspace import Workspace


def paths_of(work: Workspace) -> pd.DataFrame:
    """Effects by time since support began, from levels that no hierarchy has drawn together."""
    several = len(work.survey.waves) > 2 and work.survey.supported is not None
    if several:
        with suppress(FitError):  # stage 1 does not identify something, which its users say
            return paths_table(unpooled(work.stage_one, seed=work.request.seed))
    return empty_table("effect_paths")


def _outcomes(work: Workspace, into: Path, tell: Tell) -> Details:
    tables = outcome_tables(work.fit(JOINT), work.survey, seed=work.request.seed)
    tell(0.7, "effects by time since support began")
    for name, table in {**tables, "effect_paths": paths_of(work)}.items():
        write_table(into, name, table)
    return {}


OUTCOMES: Final[Step[Any]] = Step(
    name="outcomes",
    does=N_("the effect on several outcomes, by several weights, over time"),
    settings=("survey", "specification", "sampling", "seed", "threshold"),
    after=("fit",),
    outputs=("outcomes.csv", "weightings.csv", "cell_effects.csv", "effect_paths.csv"),
    work=_outcomes,
    prepare=joint_fit,
)
