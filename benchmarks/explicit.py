"""The same model with every respondent's latents sampled, by nutpie, side by side with ours.

Effective draws per second of the effect and of the worst of all that is reported, in one run
on one survey.  Compilation is counted for neither; stage 1 and expansion are counted for ours.
"""

import argparse
import os
import time
from typing import Any

import arviz as az
import numpy as np
import pymc as pm
import xarray as xr

import cips_models as cips
from benchmarks.record import record
from benchmarks.surveys import survey_of
from cips_models.inference.diagnosis import LEAST_ESS
from cips_models.model.design import design
from cips_models.model.hierarchy import levels, treated_coords
from cips_models.model.items import items, threshold_pattern
from cips_models.model.layout import layout
from cips_models.model.persons import persons
from cips_models.model.priors import zero_sum_basis
from cips_models.model.specification import Specification
from cips_models.survey.survey import NO_ANSWER, Survey

#: What is compared: estimands and scale parameters that both report.
WATCHED = ("effect", "level", "sd", "correlation", "sd_outlook", "sd_specific")

#: Figures of :func:`rates` that are divided: ours by theirs.
COMPARED = ("ESS of the effect, a second", "least ESS, a second")

_WEIGHTS = ("pareto_k", "efficiency")


def explicit(survey: Survey, spec: Specification) -> pm.Model:
    """The specification's model with one outlook a respondent and one deviation a factor."""
    lay = layout(survey)
    plan, book = design(survey, lay), lay.questions
    coords: dict[str, Any] = {
        **plan.coords(),
        **treated_coords(plan),
        "question": book.labels,
        "threshold_position": book.threshold_labels,
        "gap_position": np.arange(threshold_pattern(book.levels)[1].shape[1]),
        "item_contrast": np.arange(zero_sum_basis(book.block).shape[1]),
    }
    country, group, wave = lay.cells[["country", "group", "wave"]].to_numpy()[lay.cell_of].T
    person, question = np.nonzero(lay.answers != NO_ANSWER)
    with pm.Model(coords=coords) as model:
        level = levels(spec, plan)
        slope, threshold = items(spec, book)
        sizes = {dim: len(labels) for dim, labels in plan.coords().items()}
        general, specific = persons(spec, book, sizes, plan.groups)
        outlook = pm.Normal("outlook", shape=(len(country), 1))
        deviation = pm.Normal("deviation", shape=(len(country), len(plan.factors)))
        trait = level.transpose((0, 2, 3, 1))[country, group, wave]
        trait = trait + general.transpose((1, 2, 0))[group, wave] * outlook
        trait = trait + specific.T[group] * deviation
        for k in np.unique(book.levels):
            own = book.levels[question] == k
            i, j = person[own], question[own]
            place = book.start[j][:, None] + np.arange(k - 1)
            pm.OrderedLogistic(
                f"answers_{k}",
                eta=slope[j] * trait[i, book.factor[j]],
                cutpoints=slope[j][:, None] * threshold[place],
                observed=lay.answers[i, j],
                compute_p=False,
            )
    return model


def by_nutpie(survey: Survey, spec: Specification, draws: int, tune: int) -> dict[str, Any]:
    """Explicit latents: two chains on two cores."""
    import nutpie

    start = time.perf_counter()
    compiled = nutpie.compile_pymc_model(explicit(survey, spec), backend="numba")
    ready = time.perf_counter()
    tree = nutpie.sample(compiled, draws=draws, tune=tune, chains=2, seed=1, progress_bar=False)
    wall = time.perf_counter() - ready
    return rates(tree["posterior"].to_dataset(), wall) | {
        "compilation, s": ready - start,
        "divergences": int(tree["sample_stats"]["diverging"].sum()),
        "steps a draw": float(tree["sample_stats"]["n_steps"].mean()),
    }


def integrated_out(survey: Survey, spec: Specification) -> tuple[dict[str, Any], xr.Dataset]:
    """Ours, from survey to fit, as ``cips fit`` does it; once before for the compilers.

    Returns
    -------
    figures : dict
        Those of :func:`rates`, the sampler that was chosen and what it was chosen by.
    posterior : xarray.Dataset
    """
    cips.approximate(survey, spec, seed=2, draws=50)
    start, spent = time.perf_counter(), processor_seconds()
    fit = cips.joint(survey, spec, seed=1)
    wall = time.perf_counter() - start
    weights = {n: float(fit.sample_stats[n]) for n in _WEIGHTS if n in fit.sample_stats}
    figures = {
        "sampler": fit.provenance["settings"]["sampler"],
        "processor, s": processor_seconds() - spent,
    }
    return figures | rates(fit.posterior, wall) | weights, fit.posterior


def processor_seconds() -> float:
    """Time of the processor that this process and the ended ones it started have had.

    Beside wall time, which on a machine that is shared says less.
    """
    return sum(os.times()[:4])


def rates(posterior: xr.Dataset, wall: float) -> dict[str, Any]:
    """Seconds, and effective draws a second: bulk or tail, whichever are fewer."""
    watched = posterior[[name for name in WATCHED if name in posterior]]
    ess = np.minimum(az.ess(watched, method="bulk"), az.ess(watched, method="tail"))
    least = {str(name): float(ess[name].min()) for name in ess.data_vars}
    worst = min(least, key=lambda name: least[name])
    return {
        "wall, s": wall,
        "ESS of the effect, a second": least["effect"] / wall,
        "least ESS": least[worst],
        "least ESS, a second": least[worst] / wall,
        "worst": worst,
        f"seconds to an ESS of {LEAST_ESS:.0f} everywhere": LEAST_ESS * wall / least[worst],
    }


def main() -> None:
    """Both, on one survey."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--respondents", type=int, default=3_000)
    parser.add_argument("--draws", type=int, default=150)
    parser.add_argument("--tune", type=int, default=150)
    asked = parser.parse_args()
    survey, spec = survey_of(asked.respondents), cips.specification("no-item-shifts")
    ours, _ = integrated_out(survey, spec)
    theirs = by_nutpie(survey, spec, asked.draws, asked.tune)
    record(
        "explicit",
        {
            "respondents": len(survey.respondents),
            "latents integrated out": ours,
            "explicit latents, nutpie": theirs | {"draws": asked.draws, "tune": asked.tune},
            "ratio": {name: ours[name] / theirs[name] for name in COMPARED},
        },
    )


if __name__ == "__main__":
    main()
