"""The step that asks how far the effects depend on the priors."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cips_models.did.powered_priors import powered_table
from cips_models.did.prior_sensitivity import sensitivity_tables
from cips_models.did.scalable import Scalable
from cips_models.errors import IdentificationError
from cips_models.model.specification import Specification
from cips_models.tables import empty_table, write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.results import Tell
from cips_models.workflow.steps.fits import JOINT, all_fits, whole
from cips_models.workflow.workspace import Workspace

_TABLES: Final = ("prior_sensitivity", "prior_sensitivity_parts", "powered_priors")


def prior_tables(work: Workspace, tell: Tell) -> dict[str, pd.DataFrame]:
    """Sensitivity to priors, and effects under weaker and stronger ones, of every fit.

    Raises
    ------
    InterruptedFitError
        A specification was being fitted anew, and was interrupted.
    """
    fits = all_fits(work)
    specifications = {JOINT: work.specification} | {
        name: work.bracket[name.removeprefix("cut-")] for name in fits if name != JOINT
    }
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in _TABLES}
    for position, (name, fit) in enumerate(fits.items()):

        def part(message: str, done: float = position / len(fits), of: str = name) -> None:
            tell(done, f"{of}: {message}")

        part("weighing draws")
        with suppress(IdentificationError):  # without any effect to tell, ``refusals`` says why
            scalable = Scalable.of(fit, specifications[name])
            refit = partial(_refit, work, name, scalable.route, part)
            tables = sensitivity_tables(scalable)
            tables["powered_priors"] = powered_table(scalable, specifications[name], refit)
            for table, own in tables.items():
                found[table].append(own)
    return {
        name: pd.concat(tables, ignore_index=True) if tables else empty_table(name)
        for name, tables in found.items()
    }


def _refit(
    work: Workspace,
    name: str,
    route: str,
    say: Callable[[str], None],
    specification: Specification,
    other: str,
) -> Any:
    """Fit what draws could not be weighed for, and say so: by the joint route it takes minutes."""
    say(f"fitting anew, {other}")
    return whole(work, f"{name}-refit", work.refit(route, specification))


def _priors(work: Workspace, into: Path, tell: Tell) -> Details:
    for name, table in prior_tables(work, tell).items():
        write_table(into, name, table)
    return {}


PRIORS: Final[Step[Any]] = Step(
    name="priors",
    does=N_("effects under weaker and stronger priors"),
    settings=("survey", "specification", "bracket", "sampling", "seed"),
    after=("fit", "cut"),
    outputs=tuple(f"{name}.csv" for name in _TABLES),
    work=_priors,
    prepare=all_fits,
)
