"""Small fits by the hundred, as calibration work takes: compiled once, the data exchanged.

Surveys of one design (6 countries, 4 factors, 2 groups, 2 waves, 25 people a cell), each with
answers of its own, drawn from the specification's prior.  Effective draws of every continuous
estimand are to be at least 200.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pymc as pm

import cips_models as cips
from benchmarks.record import record
from benchmarks.surveys import survey_of
from cips_models.inference.diagnosis import SCALES
from cips_models.inference.importance import trusted
from cips_models.model.build import blueprint
from cips_models.model.compilation import MODE
from cips_models.model.forward import simulate_answers
from cips_models.model.likelihood import PARAMETERS, PUBLIC, parameters
from cips_models.model.specification import Specification
from cips_models.survey.reading import fingerprint
from cips_models.survey.survey import NO_ANSWER, Survey

COUNTRIES, FACTORS, PEOPLE = 6, 4, 25
ENOUGH = 200

#: Draws kept of each of four chains, by importance sampling and by NUTS.
DRAWS, DRAWS_NUTS = 600, 200


def blank() -> Survey:
    """The design: a part of the full CIPS, whose answers are not used."""
    whole = survey_of(19_500)
    factors = whole.factors[:FACTORS]
    mixed = whole.supported.sel(factor=list(factors)).sum("factor")
    named = (mixed > 0) & (mixed < FACTORS)
    countries = [c for c, fits in zip(whole.countries, named.to_numpy(), strict=True) if fits]
    countries = countries[:COUNTRIES]
    people = whole.respondents
    order = people.groupby(["country", "group", "wave"], observed=True).cumcount()
    own = people["country"].isin(countries) & (order < PEOPLE)
    items = tuple(item for item in whole.codebook.items if item.factor in factors)
    part = {"respondent": own.to_numpy(), "item": [item.id for item in items]}
    kept = people[own].assign(country=people["country"].cat.set_categories(countries, ordered=True))
    cells = {"country": countries, "factor": list(factors)}
    survey = replace(
        whole,
        codebook=replace(whole.codebook, factors=factors, items=items),
        countries=tuple(countries),
        respondents=kept,
        answers=whole.answers[part["respondent"]].sel(item=part["item"]),
        reasons=whole.reasons[part["respondent"]].sel(item=part["item"]),
        supported=whole.supported.sel(cells),
        support_start=whole.support_start.sel(cells),
    )
    return replace(survey, fingerprint=fingerprint(survey))


def replicates(design: Survey, spec: Specification, count: int) -> Iterator[Survey]:
    """Surveys of the design, each answered by the model at a draw of its prior."""
    model = cips.build(design, spec)
    lay = blueprint(model).layout
    column = [list(design.answers["item"].to_numpy()).index(i.id) for i in lay.questions.items]
    for seed in range(1, count + 1):
        values = pm.draw([model[name] for name in PUBLIC], random_seed=seed, mode=MODE)
        at = parameters(dict(zip(PUBLIC, values, strict=True)), lay)
        rng = np.random.default_rng(seed)
        drawn = simulate_answers(rng, *(at[name] for name in PARAMETERS), layout=lay)
        answers = np.full(design.answers.shape, NO_ANSWER, dtype=np.int8)
        answers[lay.order[:, None], column] = drawn
        survey = replace(design, answers=design.answers.copy(data=answers))
        yield replace(survey, fingerprint=fingerprint(survey))


def least_ess(fit: cips.Fit) -> float:
    """The fewest effective draws, bulk or tail, of any continuous estimand."""
    table = cips.diagnose(fit).table
    estimands = table[~table["quantity"].isin([*SCALES, "share improved"])]
    return float(estimands[["ess_bulk", "ess_tail"]].min().min())


def main() -> None:
    """Fit them one after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fits", type=int, default=200)
    asked = parser.parse_args()
    design, spec = blank(), cips.specification("did")
    rows = []
    for survey in replicates(design, spec, asked.fits):
        start = time.perf_counter()
        fit = cips.importance(survey, spec, seed=1, draws=DRAWS)
        sampler = "importance"
        if not trusted(fit):
            fit = cips.fit(cips.build(survey, spec), seed=1, draws=DRAWS_NUTS)
            sampler = "nutpie"
        seconds = time.perf_counter() - start
        rows.append({"seconds": seconds, "sampler": sampler, "least ESS": least_ess(fit)})
        print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    by = table.groupby("sampler")
    record(
        "calibration",
        {
            "respondents": len(design.respondents),
            "fits": len(table),
            "seconds a fit": table["seconds"].mean(),
            "seconds, highest": table["seconds"].max(),
            "seconds of the first, which compiles": table["seconds"].iloc[0],
            "fits by sampler": by.size().to_dict(),
            "seconds a fit by sampler": by["seconds"].mean().to_dict(),
            "least ESS, lowest of all fits": table["least ESS"].min(),
            f"fits with an ESS below {ENOUGH}": int((table["least ESS"] < ENOUGH).sum()),
        },
    )


if __name__ == "__main__":
    main()
