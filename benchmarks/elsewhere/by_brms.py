"""One factor of a small survey by brms and rstan, side by side with ours: see README.md."""

import argparse
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

import cips_models as cips
from benchmarks.explicit import COMPARED, integrated_out, rates
from benchmarks.record import record
from benchmarks.surveys import survey_of
from cips_models.model.design import design
from cips_models.model.layout import layout
from cips_models.model.priors import zero_sum_basis
from cips_models.model.specification import Specification
from cips_models.survey.codebook import Codebook
from cips_models.survey.survey import NO_ANSWER, Survey

#: Suffixes of a group's columns, and the family of deviations over countries that each has.
_FAMILIES = {"": "country_baseline", "_later": "country_change", "_treated": "country_effect"}


def one_factor(survey: Survey, factor: str) -> Survey:
    """The survey as if nothing but one factor had been asked."""
    items = tuple(item for item in survey.codebook.items if item.factor == factor)
    asked = [item.id for item in items]
    support, start = survey.supported, survey.support_start
    return replace(
        survey,
        codebook=Codebook((factor,), items),
        answers=survey.answers.sel(item=asked),
        reasons=survey.reasons.sel(item=asked),
        supported=None if support is None else support.sel(factor=[factor]),
        support_start=None if start is None else start.sel(factor=[factor]),
    )


def without_factors(spec: Specification) -> Specification:
    """The specification less what only a contrast between factors can tell."""
    structure = replace(spec.structure, baseline_slope=False, spillover_slope=False)
    return replace(spec, name="one-factor", structure=structure)


def tables(survey: Survey, spec: Specification) -> dict[str, pd.DataFrame]:
    """What the R script reads: an answer a row, a cell a row, a prior a row.

    Group ``i`` has the columns ``gi``, ``gi_later`` and ``gi_treated``: 1 where a row is of the
    group, and of its second wave, and where support is in force.
    """
    lay = layout(survey)
    plan, book = design(survey, lay), lay.questions
    assert plan.support is not None
    cells = lay.cells[["country", "group", "wave"]].reset_index(drop=True)
    for g in range(len(plan.groups)):
        own = cells["group"] == g
        cells[f"g{g}"] = own.astype(int)
        cells[f"g{g}_later"] = (own & (cells["wave"] == 1)).astype(int)
        in_force = plan.support[cells["country"], 0, cells["wave"]]
        cells[f"g{g}_treated"] = (own & in_force).astype(int)
    # Any question will do where only the trait is asked for.
    cells = cells.assign(question=0, steps=book.levels[0] - 1, respondent=0)

    person, question = np.nonzero(lay.answers != NO_ANSWER)
    answers = cells.iloc[lay.cell_of[person]].reset_index(drop=True)
    answers["respondent"], answers["question"] = person, question
    answers["steps"] = book.levels[question] - 1
    answers["answer"] = lay.answers[person, question].astype(int) + 1
    basis = zero_sum_basis(book.block)
    for k, column in enumerate(basis.T):
        answers[f"c{k}"], cells[f"c{k}"] = column[question], 0.0

    prior = spec.priors
    centre = np.hypot(prior["baseline"].sd, prior["difficulty"].sd)
    spread = prior["gap"].median / np.sqrt(12)  # of places that fill such a span evenly
    rows = [
        (f"normal(0, {np.hypot(centre, spread)})", "Intercept", "", "", ""),
        (f"normal(0, {prior['discrimination'].sd})", "b", "", "", "disc"),
        ("lkj(1)", "cor", "", "country", ""),
    ]
    mean, sd = prior["specific"].median, prior["specific"].sd
    rows.append((f"lognormal({np.log(mean)}, {sd})", "sd", "", "respondent", ""))
    for g in range(len(plan.groups)):
        change = np.hypot(prior["mean_change"].sd, prior["common_change"].sd)
        rows.append((f"normal(0, {change})", "b", f"g{g}_later", "", ""))
        rows.append((f"normal(0, {prior['effect'].sd})", "b", f"g{g}_treated", "", ""))
        for suffix, family in _FAMILIES.items():
            own = f"normal(0, {prior[family].sd})"
            rows.append((own, "sd", f"g{g}{suffix}", "country", ""))
    priors = pd.DataFrame(rows, columns=["prior", "class", "coef", "group", "dpar"])
    return {"answers": answers, "cells": cells, "priors": priors}


def public(draws: pd.DataFrame, survey: Survey) -> xr.Dataset:
    """The draws of the R script by the names that ours has.

    Thresholds have no origin of their own there: a cell's level is counted from the mean
    threshold of what its group was asked.
    """
    lay = layout(survey)
    groups, chains = range(len(survey.groups)), draws["chain"].max()

    def several(names: list[str]) -> np.ndarray:
        return np.asarray(draws[names]).reshape(chains, -1, len(names))

    cell_group = lay.cells["group"].to_numpy()
    level = several([f"cell{i}" for i in range(1, len(cell_group) + 1)])
    origin = [
        np.mean([several(_thresholds(j, k)).mean(axis=-1) for j, k in _asked(survey, g)], axis=0)
        for g in groups
    ]
    level = level - np.stack(origin, axis=-1)[..., cell_group]
    sds = [[f"sd_country__g{g}{suffix}" for g in groups] for suffix in _FAMILIES]
    correlations = [f"cor_country__g0{suffix}__g1{suffix}" for suffix in _FAMILIES]
    persons = [f"sd_respondent__Intercept:group{g}" for g in groups]
    dims = ("chain", "draw")
    return xr.Dataset(
        {
            "effect": ((*dims, "group"), several([f"b_g{g}_treated" for g in groups])),
            "level": ((*dims, "cell"), level),
            "sd": ((*dims, "term", "group"), np.stack([several(own) for own in sds], axis=2)),
            "correlation": ((*dims, "term"), several(correlations)),
            "sd_specific": ((*dims, "group"), several(persons)),
        }
    )


def _asked(survey: Survey, group: int) -> list[tuple[int, int]]:
    """Position and number of levels of every question of a group."""
    book = layout(survey).questions
    own = [survey.groups[group] in asked for asked in book.groups]
    return [(j, int(k)) for j, k in enumerate(book.levels) if own[j]]


def _thresholds(question: int, levels: int) -> list[str]:
    return [f"b_Intercept[{question},{k}]" for k in range(1, levels)]


def by_brms(
    survey: Survey, spec: Specification, draws: int, tune: int
) -> tuple[dict[str, Any], dict[str, str], xr.Dataset]:
    """Effective draws a second of brms: two chains on two cores.

    A second is one that the processor gave to the slower chain: what is waited for on a
    machine that is not shared.

    Parameters
    ----------
    survey : Survey
        Of one factor, two waves and two groups.
    spec : Specification
    draws, tune : int
        Draws kept of each chain, and warm-up draws before them.

    Returns
    -------
    figures : dict
        Figures of :func:`benchmarks.explicit.rates`, and the sampler's own.
    versions : dict
    posterior : xarray.Dataset
        By the names that ours has.
    """
    script = Path(__file__).with_name("brms.R")
    with tempfile.TemporaryDirectory() as name:
        for file, table in tables(survey, spec).items():
            table.to_csv(Path(name) / f"{file}.csv", index=False)
        subprocess.run(["Rscript", script, name, str(draws), str(tune)], check=True)
        posterior = public(pd.read_csv(Path(name) / "draws.csv"), survey)
        run = pd.read_csv(Path(name) / "run.csv").iloc[0]
    figures = rates(posterior, float(run["slower_chain"])) | {
        "wall as met, with the start of R's processes, s": float(run["sampling"]),
        "processor, s": float(run["processor"]),
        "compilation, s": float(run["compilation"]),
        "divergences": int(run["divergences"]),
        "steps a draw": float(run["steps"]),
        "draws": draws,
        "tune": tune,
    }
    return figures, {name: str(run[name]) for name in ("R", "brms", "rstan")}, posterior


def found(posterior: xr.Dataset) -> dict[str, Any]:
    """Means and sds of the effects and scales, to see that both sampled one model."""
    names, over = ("effect", "sd", "sd_specific"), ("chain", "draw")
    return {
        name: {
            "mean": posterior[name].mean(over).to_numpy().round(3).tolist(),
            "sd": posterior[name].std(over).to_numpy().round(3).tolist(),
        }
        for name in names
    }


def compared(survey: Survey, spec: Specification, draws: int, tune: int) -> dict[str, Any]:
    """Both, on one survey."""
    integrated, our_draws = integrated_out(survey, spec)
    theirs, versions, their_draws = by_brms(survey, spec, draws, tune)
    return {
        "respondents": len(survey.respondents),
        "versions": versions,
        "latents integrated out": integrated,
        "brms": theirs,
        "posterior": {"ours": found(our_draws), "brms": found(their_draws)},
        "ratio": {name: integrated[name] / theirs[name] for name in COMPARED},
    }


def main() -> None:
    """Both, on surveys of some sizes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--respondents", type=int, nargs="+", default=[300, 1_500])
    parser.add_argument("--factor", default="Transparency")
    parser.add_argument("--draws", type=int, default=1_000)
    parser.add_argument("--tune", type=int, default=1_000)
    asked = parser.parse_args()
    spec = without_factors(cips.specification("no-item-shifts"))
    figures = []
    for respondents in asked.respondents:
        survey = one_factor(survey_of(respondents), asked.factor)
        figures.append(compared(survey, spec, asked.draws, asked.tune))
        print(figures[-1], flush=True)
    record("elsewhere.by_brms", {"factor": asked.factor, "sizes": figures})


if __name__ == "__main__":
    main()
