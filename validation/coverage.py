"""How often intervals hold the truth, and how often a programme is found that did nothing.

    python -m validation.coverage [--surveys 200] [--full 40] [--minutes 60]

Every survey of a scenario of :mod:`validation.worlds` has a truth of its own, is written to files,
read, and analysed: by the joint model (approximately: the fast method), by the cut route under the
three assumptions of the bracket, and as is done today (:mod:`validation.naive`).  The first
surveys are fitted in full too.  What is done already is not done again.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

import cips_models as cips
from cips_models.inference.every_cell import stage_one
from cips_models.inference.stage_one import StageOne
from cips_models.survey.survey import Survey
from validation.chunks import options, simulated
from validation.errors import write_errors
from validation.naive import naive
from validation.quantities import judged, quantities
from validation.rates import agreement, rates
from validation.record import RESULTS, write
from validation.worlds import SCENARIOS, draw, true_quantities

BRACKET: Final = ("did", "exchangeable", "conditional")
DRAWS: Final = 200

FAST, FULL = "joint, fast", "joint, full"


def generator(scenario: str, number: int) -> np.random.Generator:
    """Of one survey's world and answers."""
    return np.random.default_rng(np.random.SeedSequence([[*SCENARIOS].index(scenario), number]))


def fast(scenario: str, number: int) -> Iterator[dict[str, Any]]:
    """Rows of one survey by everything that takes seconds."""
    rng = generator(scenario, number)
    known = draw(SCENARIOS[scenario], rng)
    told = {"scenario": scenario, "survey": number}
    stage = stage_one(known.survey, cips.specification("did"), threads=1)
    for analysis, fit in _fast_fits(known.survey, stage, number):
        found = quantities(fit)
        truth = true_quantities(known, found)
        for row in judged(found, truth, rng):
            yield told | {"analysis": analysis} | row | _trust(fit)
    # Every fit counts the same cells, so that the last truth serves.
    for one in naive(known.simulated):
        yield told | one.row(float(truth[one.quantity].sel(group=one.group)))


def full(scenario: str, number: int) -> Iterator[dict[str, Any]]:
    """Rows of one survey by the joint model in full."""
    rng = generator(scenario, number)
    known = draw(SCENARIOS[scenario], rng)
    fit = cips.joint(known.survey, cips.specification("did"), seed=number, cores=1)
    found = quantities(fit)
    for row in judged(found, true_quantities(known, found), rng):
        yield {"scenario": scenario, "survey": number, "analysis": FULL} | row


def _fast_fits(survey: Survey, stage: StageOne, seed: int) -> Iterator[tuple[str, cips.Fit]]:
    how = {"seed": seed, "draws": DRAWS, "cores": 1, "stage": stage}
    spec = cips.specification("did")
    yield FAST, cips.joint(survey, spec, sampler="approximate", **how)
    for name in BRACKET:
        yield f"cut, {name}", cips.cut(survey, cips.specification(name), **how)


def _trust(fit: cips.Fit) -> dict[str, float]:
    """Pareto k of the weights that an approximate fit was checked by."""
    k = fit.sample_stats.get("pareto_k", xr.DataArray(np.nan))
    return {"pareto_k": float(k)}


def main() -> None:
    """Simulate what is missing, and summarise."""
    parser = options(RESULTS / "surveys")
    parser.add_argument("--full", type=int, default=40)
    asked = parser.parse_args()
    run = partial(simulated, processes=asked.processes, minutes=asked.minutes)
    quick = run(asked.folder / "fast", fast, [*SCENARIOS], asked.surveys)
    whole = run(asked.folder / "full", full, [*SCENARIOS], asked.full)
    found = rates(pd.concat([quick, whole], ignore_index=True))
    write("coverage", found)
    write_errors(found)
    if len(whole):
        write("fast-against-full", agreement(quick, whole))


if __name__ == "__main__":
    main()
