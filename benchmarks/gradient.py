"""Time of one log density with its gradient, on one thread, and how it grows with people.

Side by side in one run: the whole model without item shifts and with them, the likelihood alone in
single and in double precision, the likelihood with thresholds that drift (a set for every country
and wave), and the likelihood's value alone, which weighs importance draws.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

import cips_models as cips
from benchmarks.record import record
from benchmarks.surveys import survey_of
from cips_models.model.build import blueprint
from cips_models.model.density import Density
from cips_models.model.kernel.evaluation import evaluate
from cips_models.model.layout import Layout, layout
from cips_models.model.likelihood import PARAMETERS, PUBLIC, kernel_data, parameters
from cips_models.names import COUNTRY, WAVE

SIZES = (2_000, 6_000, 19_500, 60_000, 200_000)
ROUNDS = 15


def seconds(*functions: Callable[[], object]) -> list[float]:
    """Median over rounds; in a round every function is called once, so that all see the same."""
    for function in functions:
        function()
    found = np.empty((ROUNDS, len(functions)))
    for row in found:
        for k, function in enumerate(functions):
            start = time.perf_counter()
            function()
            row[k] = time.perf_counter() - start
    return [float(x) for x in np.median(found, axis=0)]


def measure(respondents: int) -> dict[str, float]:
    """Milliseconds of every formulation for a survey of this size."""
    survey, spec = survey_of(respondents), cips.specification("no-item-shifts")
    model = cips.build(survey, spec)
    density, lay = Density(model), blueprint(model).layout
    function, x = density.function(), density.start
    shifting = Density(cips.build(survey, cips.specification("did")))
    with_shifts, y = shifting.function(), np.full(shifting.dim, 0.1)
    public = density.public(x[None, None])
    values = parameters({name: public[name].to_numpy()[0, 0] for name in PUBLIC}, lay)
    pointwise = np.empty(len(lay.order))
    drift = layout(survey, thresholds_by=(COUNTRY, WAVE))
    shift = np.random.default_rng(0).normal(0, 0.1, (len(drift.sets), 1))
    drifting = values | {"threshold": values["threshold"] + shift}

    def likelihood(
        values: dict[str, np.ndarray], lay: Layout, *, single: bool = True, gradient: bool = True
    ) -> Callable[[], object]:
        arrays = [np.ascontiguousarray(values[name]) for name in PARAMETERS]
        data = kernel_data(lay, replace(spec.quadrature, single=single)).values()
        return lambda: evaluate(*arrays, *data, pointwise, gradient)

    whole, shifted, single, double, drifted, value = seconds(
        lambda: function(x),
        lambda: with_shifts(y),
        likelihood(values, lay),
        likelihood(values, lay, single=False),
        likelihood(drifting, drift),
        likelihood(values, lay, gradient=False),
    )
    return {
        "respondents": len(survey.respondents),
        "answers": int((lay.answers >= 0).sum()),
        "dimensions": density.dim,
        "dimensions, drift on": shifting.dim,
        "model, ms": 1e3 * whole,
        "model, drift on, ms": 1e3 * shifted,
        "likelihood, single, ms": 1e3 * single,
        "likelihood, double, ms": 1e3 * double,
        "likelihood, drift on, ms": 1e3 * drifted,
        "likelihood, value alone, ms": 1e3 * value,
    }


def main() -> None:
    """Measure every size."""
    with threadpool_limits(1):
        rows = [measure(size) for size in SIZES]
    people = np.log([row["respondents"] for row in rows])
    names = ("model, ms", "model, drift on, ms", "likelihood, single, ms")
    growth = {n: float(np.polyfit(people, np.log([row[n] for row in rows]), 1)[0]) for n in names}
    record("gradient", {"sizes": rows, "growth exponent": growth})


if __name__ == "__main__":
    main()
