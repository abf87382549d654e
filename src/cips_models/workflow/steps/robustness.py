"""The step that asks what few countries leave of an effect."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cips_models.errors import IdentificationError, SpecificationError
from cips_models.tables import empty_table, write_table
from cips_models.tables.few_clusters import FEW_CLUSTERS
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.results import Tell
from cips_models.workflow.steps.fits import with_stage_one
from cips_models.workflow.workspace import Workspace


def _robustness(work: Workspace, into: Path, tell: Tell) -> Details:
    found: Mapping[str, Any] = {}
    if work.bracket:
        with suppress(IdentificationError, SpecificationError):  # the report says so
            found = work.robustness(tell)
    for name in FEW_CLUSTERS:
        write_table(into, name, found.get(name, empty_table(name)))
    return {}


ROBUSTNESS: Final[Step[Any]] = Step(
    name="robustness",
    does=N_("permuting support, leaving one country or factor out"),
    settings=("survey", "specification", "bracket", "sampling", "seed", "threshold"),
    after=(),
    outputs=tuple(f"{name}.csv" for name in FEW_CLUSTERS),
    work=_robustness,
    prepare=with_stage_one,
)
