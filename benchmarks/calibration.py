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
import pymc as pm

import cips_models as cips
from benchmarks.record import record
from benchmarks.surveys import survey_of
from cips_models.inference.diagnosis import SCALES
from cips_models.model.build import blueprint
from cips_models.model.compilation import MODE
from cips_models.model.forward import simulate_answers
from cips_models.model.likelihood import PUBLIC, parameters
from cips_models.model.specification import Specification
from cips_models.survey.reading import fingerprint
from cips_models.survey.survey import NO_ANSWER, Survey

COUNTRIES, FACTORS, PEOPLE = 6, 4, 25
ENOUGH = 200

#: Draws kept of each of four chains, and warm-up draws before them.  So few answers are for NUTS:
#: importance weights would be trusted for a few of the surveys only.
DRAWS, TUNE = 180, 130


def blank() -> Survey:
    """The design: a part of the full CIPS, whose answers are not used."""
    whole = survey_of(19_500)
    assert whole.supported is not None
    assert whole.support_start is not None
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
        drawn = simulate_answers(rng, **at, layout=lay)
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
    parser.add_argument("--fits", type=int, default=10)
    asked = parser.parse_args()
    design, spec = blank(), cips.specification("no-item-shifts")
    rows = []
    for survey in replicates(design, spec, asked.fits):
        start = time.perf_counter()
        fit = cips.joint(
            survey, spec, seed=1, sampler="nutpie", backend="numba", draws=DRAWS, tune=TUNE
        )
        seconds = time.perf_counter() - start
        divergences = int(fit.sample_stats["diverging"].sum())
        rows.append((seconds, least_ess(fit), divergences))
        print(rows[-1], flush=True)
    seconds, ess, divergences = np.array(rows).T
    record(
        "calibration",
        {
            "respondents": len(design.respondents),
            "fits": len(rows),
            "seconds of the first, which compiles": seconds[0],
            "seconds a fit thereafter": seconds[1:].mean(),
            "seconds, highest thereafter": seconds[1:].max(),
            "least ESS, lowest of all fits": ess.min(),
            f"fits with an ESS below {ENOUGH}": int((ess < ENOUGH).sum()),
            "fits with divergences": int((divergences > 0).sum()),
        },
    )


if __name__ == "__main__":
    main()
