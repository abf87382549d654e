"""The approximate fit of the full CIPS against a long exact one."""

import time

import arviz as az
import numpy as np
import xarray as xr

import cips_models as cips
from benchmarks.record import record
from benchmarks.surveys import survey_of

#: Draws of each of four chains of the reference.
REFERENCE = 4_000


def estimands(fit: cips.Fit) -> dict[str, xr.DataArray]:
    """Draws of all that is compared: (chain, draw, ...)."""
    level = fit.posterior["level"]
    change = level.isel(wave=1) - level.isel(wave=0)
    supported = fit.design.supported
    shares = {
        name: (change > 0).where(xr.DataArray(which, dims=("country", "factor")))
        for name, which in (("supported", supported), ("unsupported", ~supported))
    }
    found = {
        "level": level,
        "change": change,
        "effect": fit.posterior["effect"],
        "effect by cell": fit.posterior["effect_cell"],
        "change above zero": change > 0,
        "share improved": xr.concat(
            [share.mean(("country", "factor")) for share in shares.values()], "support"
        ),
    }
    return {name: array.rename(name) for name, array in found.items()}


def compared(ours: xr.DataArray, reference: xr.DataArray) -> dict[str, float]:
    """How far means and sds differ, beside what Monte Carlo error alone would make of them."""
    draws = ("chain", "draw")
    one, two = (x.astype(float) for x in (ours, reference))
    apart = np.abs(one.mean(draws) - two.mean(draws))
    if ours.dtype == bool or ours.name == "share improved":
        error = np.sqrt(two.var(draws) * (1 / one.draw.size + 1 / two.draw.size) / one.chain.size)
        return {
            "largest difference, points": 100 * float(apart.max()),
            "within 2 points, share": float((apart <= 0.02).mean()),
            "largest expected of Monte Carlo error alone, points": 100
            * float(error.max())
            * float(np.sqrt(2 * np.log(max(apart.size, 2)))),
        }
    sd = two.std(draws)
    return {
        "largest difference of means, sd": float((apart / sd).max()),
        "largest difference of sds, share": float(np.abs(one.std(draws) / sd - 1).max()),
        "least ESS of the reference": float(
            np.minimum(
                *(
                    az.ess(two.rename("x").to_dataset(), method=m)["x"].min()
                    for m in ("bulk", "tail")
                )
            )
        ),
    }


def main() -> None:
    """Fit both, the approximation first: it compiles what both need."""
    survey, spec = survey_of(19_500), cips.specification("did")
    start = time.perf_counter()
    fast = cips.joint(survey, spec, seed=1, sampler="approximate")
    wall = time.perf_counter() - start
    start = time.perf_counter()
    reference = cips.importance(survey, spec, seed=2, draws=REFERENCE)
    long = time.perf_counter() - start
    pairs = zip(estimands(fast).items(), estimands(reference).values(), strict=True)
    table = cips.diagnose(fast, survey).table.set_index("quantity")
    record(
        "approximate",
        {
            "respondents": len(survey.respondents),
            "draws": dict(fast.posterior.sizes)["draw"] * 4,
            "wall, s": wall,
            "wall of the reference, s": long,
            "pareto k": float(fast.sample_stats["pareto_k"]),
            "efficiency": float(fast.sample_stats["efficiency"]),
            "diagnostic": table.loc["approximation", "worst"],
            "all gates passed": bool(table["passed"].all()),
            "differences": {name: compared(one, other) for (name, one), other in pairs},
        },
    )


if __name__ == "__main__":
    main()
