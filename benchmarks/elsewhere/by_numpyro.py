"""Explicit latents by NumPyro on the CPU, side by side with ours: see README.md."""

import argparse
import time
from importlib.metadata import version
from typing import Any

import cips_models as cips
from benchmarks.explicit import (
    COMPARED,
    WATCHED,
    explicit,
    integrated_out,
    processor_seconds,
    rates,
)
from benchmarks.record import record
from benchmarks.surveys import survey_of
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

_PACKAGES = ("jax", "jaxlib", "numpyro")


def by_numpyro(survey: Survey, spec: Specification, draws: int, tune: int) -> dict[str, Any]:
    """Effective draws a second with every respondent's latents sampled: two chains on two cores.

    Parameters
    ----------
    survey : Survey
    spec : Specification
    draws, tune : int
        Draws kept of each chain, and warm-up draws before them.

    Returns
    -------
    dict
        Figures of :func:`benchmarks.explicit.rates`, and the sampler's own.
    """
    # Not above: ours forks its chains, which JAX's threads do not survive.
    import jax  # type: ignore[import-not-found]  # of requirements.txt
    from pymc.sampling.jax import sample_numpyro_nuts

    compiling: list[float] = []

    def keep(event: str, seconds: float, **_: Any) -> None:
        if event.startswith("/jax/core/compile/"):
            compiling.append(seconds)

    jax.monitoring.register_event_duration_secs_listener(keep)
    model = explicit(survey, spec)
    start, spent = time.perf_counter(), processor_seconds()
    tree = sample_numpyro_nuts(
        draws,
        tune=tune,
        chains=2,
        random_seed=1,
        model=model,
        var_names=WATCHED,
        progressbar=False,
        compute_convergence_checks=False,
    )
    wall = time.perf_counter() - start - sum(compiling)
    spent = processor_seconds() - spent - sum(compiling)
    statistics = tree["sample_stats"]
    return rates(tree["posterior"].to_dataset(), wall) | {
        "processor, s": spent,
        "compilation, s": sum(compiling),
        "divergences": int(statistics["diverging"].sum()),
        "steps a draw": float(statistics["n_steps"].mean()),
        "draws": draws,
        "tune": tune,
    }


def main() -> None:
    """Both, on one survey."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--respondents", type=int, default=3_000)
    parser.add_argument("--draws", type=int, default=150)
    parser.add_argument("--tune", type=int, default=150)
    asked = parser.parse_args()
    survey, spec = survey_of(asked.respondents), cips.specification("no-item-shifts")
    integrated, _ = integrated_out(survey, spec)
    print(integrated, flush=True)
    theirs = by_numpyro(survey, spec, asked.draws, asked.tune)
    record(
        "elsewhere.by_numpyro",
        {
            "respondents": len(survey.respondents),
            "versions": {name: version(name) for name in _PACKAGES},
            "latents integrated out": integrated,
            "explicit latents, NumPyro": theirs,
            "ratio": {name: integrated[name] / theirs[name] for name in COMPARED},
        },
    )


if __name__ == "__main__":
    main()
