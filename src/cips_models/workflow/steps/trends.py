"""Steps about what the comparison takes for granted, and about what is decided by it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cips_models.did.decision_tables import decision_table, naming_table
from cips_models.did.trends.tables import (
    exposure_table,
    needs_cells,
    placebo_table,
    spillover_table,
    trends_table,
    unchecked_table,
)
from cips_models.errors import FitError
from cips_models.tables import write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.estimates import of_each
from cips_models.workflow.results import Tell
from cips_models.workflow.steps.fits import all_fits
from cips_models.workflow.workspace import Workspace


def trend_tables(work: Workspace, fits: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Biases of all fits; placebo, spillover and exposure of the first."""
    fit, exposure, cells = next(iter(fits.values())), work.survey.exposure, None
    if needs_cells(fit, exposure):
        with suppress(FitError):  # then the table of what was not checked says so
            cells = work.stage_one.cells
    seed = work.request.seed
    return {
        "trends": of_each("trends", fits.values(), trends_table),
        "placebo": placebo_table(fit, cells, seed=seed),
        "spillover": of_each("spillover", [fit], spillover_table),
        "exposure": exposure_table(fit, cells, exposure, seed=seed),
        "unchecked": unchecked_table(fit, cells, exposure),
    }


def decision_tables(
    fits: dict[str, Any],
    decision: Mapping[str, Any],
    *,
    change_margin: float,
    pairs: Sequence[tuple[str, str]] | None = None,
) -> dict[str, pd.DataFrame]:
    """Margins and equivalence of all fits; naming of the first.

    Parameters
    ----------
    fits : dict
    decision : mapping
        Arguments of :func:`cips_models.did.decision_tables.decision_table`.
    change_margin : float
        Points by which a change must exceed zero to count as an improvement.
    pairs : sequence of pair of str, optional
        Waves compared, where cells are named.
    """
    first = next(iter(fits.values()))
    return {
        "decision": of_each("decision", fits.values(), partial(decision_table, **decision)),
        "naming": of_each(
            "naming", [first], partial(naming_table, margin=change_margin, pairs=pairs)
        ),
    }


def _trends(work: Workspace, into: Path, _: Tell) -> Details:
    for name, table in trend_tables(work, all_fits(work)).items():
        write_table(into, name, table)
    return {}


def _decide(work: Workspace, into: Path, _: Tell) -> Details:
    tables = decision_tables(
        all_fits(work), work.decision, change_margin=work.request.margin, pairs=work.pairs
    )
    for name, table in tables.items():
        write_table(into, name, table)
    return {}


TRENDS: Final[Step[Any]] = Step(
    name="trends",
    does=N_("biases of trends, placebo in time, spillover"),
    settings=("seed", "exposure"),
    after=("fit", "cut"),
    outputs=("trends.csv", "placebo.csv", "spillover.csv", "exposure.csv", "unchecked.csv"),
    work=_trends,
    prepare=all_fits,
)


DECIDE: Final[Step[Any]] = Step(
    name="decide",
    does=N_("margins, and the risk of naming cells"),
    settings=("margin", "decision", "waves"),
    after=("fit", "cut"),
    outputs=("decision.csv", "naming.csv"),
    work=_decide,
    prepare=all_fits,
)
