"""Simulation-based calibration of the whole chain: truths from the prior, ranks of them after.

    python -m validation.calibration [--surveys 200] [--minutes 60]

Seven countries of which five are seen twice, four factors, two groups: the parameters are drawn
from the specification's prior, the answers from the model, and whatever is reported is estimated
as any user would have it: by the joint model with the sampler that its diagnostics choose, by its
fast approximation, and by the cut route.  The truth is then as likely to be the lowest as the
highest or any other of the draws (Cook, Gelman & Rubin 2006; Talts et al. 2018), by the first of
the three exactly.  What is done already is not done again.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from typing import Any, Final

import numpy as np
import pymc as pm
import xarray as xr

import cips_models as cips
from cips_models.errors import FitError
from cips_models.inference.every_cell import stage_one
from cips_models.inference.fit import assemble, provenance
from cips_models.model.build import blueprint
from cips_models.model.compilation import MODE
from cips_models.model.density import Density
from cips_models.model.forward import simulate_answers
from cips_models.model.likelihood import parameters, read_by_likelihood
from cips_models.survey.reading import fingerprint
from cips_models.survey.simulation.questionnaire import Anatomy
from cips_models.survey.survey import NO_ANSWER, Survey
from validation import quantities as q
from validation.chunks import options, simulated
from validation.quantities import position, quantities
from validation.ranks import figure, gates
from validation.record import RESULTS, write
from validation.worlds import SCENARIOS, draw

#: What is calibrated, by scenario: in both the panel of countries is unbalanced.
SPECIFICATIONS: Final = {"unbalanced waves": "no-item-shifts", "drift on": "did"}

ANATOMY: Final = Anatomy(
    countries=7,
    followed=5,
    respondents=(720, 720),
    smallest=40,
    items=((3, 2, 3, 2), (2, 3, 2, 2)),
)

#: Draws of each of four chains; and of the ways that are not exact.
DRAWS, FAST_DRAWS = 250, 200

FULL, APPROXIMATE, CUT = "joint, full", "joint, fast", "cut"


@cache
def design() -> Survey:
    """Who is asked what; the answers are not used."""
    return draw(SCENARIOS["no effect"], np.random.default_rng(2026), ANATOMY).survey


@cache
def _prior(specification: str) -> tuple[Density, list[str]]:
    """The compiled prior of everything public."""
    density = Density(cips.build(design(), cips.specification(specification)))
    return density, density.names


def drawn(specification: str, number: int) -> tuple[Survey, cips.Fit]:
    """A survey answered at one draw of the prior, and that draw as a fit of one draw."""
    density, names = _prior(specification)
    model = density.model
    seed = int(np.random.SeedSequence([number, 1]).generate_state(1)[0])
    values = pm.draw([model[name] for name in names], random_seed=seed, mode=MODE)
    coords = {"chain": [0], "draw": [0]}
    variables = {}
    for name, value in zip(names, values, strict=True):
        dims = model.named_vars_to_dims.get(name) or [f"{name}_{k}" for k in range(value.ndim)]
        variables[name] = (("chain", "draw", *dims), np.asarray(value)[None, None])
        coords |= {d: list(model.coords[d]) for d in dims if model.coords.get(d)}
    posterior = xr.Dataset(variables, coords=coords)
    plan = blueprint(model)
    lay = plan.layout
    public = {name: posterior[name].to_numpy()[0, 0] for name in read_by_likelihood(posterior)}
    rng = np.random.default_rng([number, 2])
    given = simulate_answers(rng, **parameters(public, lay), layout=lay)
    column = [list(design().answers["item"].to_numpy()).index(i.id) for i in lay.questions.items]
    answers = np.full(design().answers.shape, NO_ANSWER, dtype=np.int8)
    answers[lay.order[:, None], column] = given
    survey = replace(design(), answers=design().answers.copy(data=answers))
    survey = replace(survey, fingerprint=fingerprint(survey))
    record = provenance(plan, route="joint", seed=seed, settings={})
    return survey, assemble(plan, posterior, xr.Dataset(), record)


def replicate(scenario: str, number: int) -> Iterator[dict[str, Any]]:
    """Rows of one replication: where the truth is among the draws of every quantity."""
    specification = SPECIFICATIONS[scenario]
    survey, prior_fit = drawn(specification, number)
    truth, rng = _named(prior_fit), np.random.default_rng([number, 3])
    told = {"scenario": scenario, "survey": number}
    for analysis, fit in _fits(survey, specification, number):
        row = told | {"analysis": analysis, "sampler": "failed"}
        if fit is None:
            yield row
            continue
        row["sampler"] = fit.provenance["settings"]["sampler"]
        found = _named(fit)
        for name in found:
            true = float(truth[name].squeeze())
            draws = found[name].to_numpy().ravel()
            if np.isfinite(true) and np.isfinite(draws).all():
                yield row | {
                    "quantity": name,
                    "truth": true,
                    "mean": draws.mean(),
                    "sd": draws.std(ddof=1),
                    "position": position(draws, true, rng),
                }


def _fits(survey: Survey, name: str, seed: int) -> Iterator[tuple[str, cips.Fit | None]]:
    """The three ways to fit, one after the other; None where the data allow none."""
    spec = cips.specification(name)
    how = {"seed": seed, "cores": 1}
    with suppress(FitError):  # cells that say too little, one by one
        how["stage"] = stage_one(survey, spec, threads=1)
    ways = {
        FULL: partial(cips.joint, backend="numba", draws=DRAWS),
        APPROXIMATE: partial(cips.joint, sampler="approximate", draws=FAST_DRAWS),
        CUT: partial(cips.cut, draws=FAST_DRAWS),
    }
    for analysis, way in ways.items():
        try:
            yield analysis, way(survey, spec, **how)
        except FitError:
            yield analysis, None


def _named(fit: cips.Fit) -> dict[str, xr.DataArray]:
    """Quantities by name and group; of the single cells the first that has one."""
    found = {}
    every = quantities(fit)
    if "spillover_slope" in fit.posterior:
        every["spillover slope, logits"] = fit.posterior["spillover_slope"].reset_coords(drop=True)
    for name, group in ((n, g) for n in every for g in every["group"].to_numpy()):
        one = every[name].sel(group=group)
        for dim in set(q.CELLS) & set(one.dims):
            one = one.dropna(dim, how="all").isel({dim: 0})
        found[f"{name} ({group})"] = one
    return found


def main() -> None:
    """Simulate what is missing, and summarise."""
    asked = options(RESULTS / "surveys" / "calibration").parse_args()
    rows = simulated(
        asked.folder, replicate, [*SPECIFICATIONS], asked.surveys,
        processes=asked.processes, minutes=asked.minutes,
    )  # fmt: skip
    write("calibration", gates(rows))
    for (scenario, analysis), own in rows.groupby(["scenario", "analysis"], sort=False):
        name = f"{scenario}, {analysis}".replace(", ", "-").replace(" ", "-")
        figure(own, f"{scenario}: {analysis}", RESULTS / "figures" / f"ranks-{name}.svg")


if __name__ == "__main__":
    main()
