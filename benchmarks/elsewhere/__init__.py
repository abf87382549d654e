"""Ours beside what is made elsewhere, run once by hand: see README.md."""

import os
import time
from typing import Any

import xarray as xr

import cips_models as cips
from benchmarks.explicit import WATCHED, rates
from cips_models.inference.importance import trusted
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

#: Figures of ``rates`` that are divided: ours by theirs.
COMPARED = ("ESS of the effect, a second", "least ESS, a second")


def ours(survey: Survey, spec: Specification) -> tuple[dict[str, Any], xr.Dataset]:
    """Effective draws a second of what ``cips fit`` does.

    That is importance sampling, and NUTS with the latents integrated out where its weights are
    not to be trusted.  All from survey to fit is counted, an attempt in vain too.

    Parameters
    ----------
    survey : Survey
    spec : Specification

    Returns
    -------
    figures : dict
        Those of :func:`benchmarks.explicit.rates`, and how importance sampling went.
    posterior : xarray.Dataset
        Draws of what is compared.
    """
    start = time.perf_counter()
    cips.importance(survey, spec, seed=2, draws=50, chains=2)
    ready, spent = time.perf_counter(), processor_seconds()
    fit = cips.importance(survey, spec, seed=1)
    weighed = time.perf_counter()
    found = {
        "first run, for the compilers, s": ready - start,
        "importance sampling, s": weighed - ready,
        "pareto k": float(fit.sample_stats["pareto_k"]),
        "efficiency": float(fit.sample_stats["efficiency"]),
        "divergences": 0,
    }
    kept = trusted(fit)
    if not kept:
        fit = cips.fit(cips.build(survey, spec), seed=1)
        found["divergences"] = int(fit.sample_stats["diverging"].sum())
    sampler = "importance sampling" if kept else "nutpie"
    wall = time.perf_counter() - ready
    found["processor, s"] = processor_seconds() - spent
    posterior = watched(fit.posterior)
    return {"sampler": sampler} | rates(posterior, wall) | found, posterior


def processor_seconds() -> float:
    """Time of the processor that this process and the ended ones it started have had.

    Beside wall time, which on a machine that is shared says less.
    """
    return sum(os.times()[:4])


def watched(posterior: xr.Dataset) -> xr.Dataset:
    """What is compared; with one factor a person has one deviation, which stands for both."""
    if "sd_outlook" not in posterior:
        posterior = posterior.assign(sd_outlook=posterior["sd_specific"])
    return posterior[list(WATCHED)]
