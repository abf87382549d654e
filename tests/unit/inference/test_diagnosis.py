"""The gates, on made-up draws."""

from dataclasses import replace

import numpy as np

from cips_models.inference.diagnosis import LEAST_ESS, diagnose


def row(diagnosis, quantity):
    return diagnosis.table.set_index("quantity").loc[quantity]


def test_independent_draws_pass(fit):
    found = diagnose(fit)
    assert found.passed
    assert set(found.table["quantity"]) == {
        "divergences", "effect", "level", "change", "pooled change", "share improved",
    }  # fmt: skip
    assert row(found, "effect")["ess_bulk"] > LEAST_ESS
    # Three countries, three factors, two groups; two waves of levels.
    assert row(found, "level")["n"] == 36
    assert row(found, "change")["n"] == 18


def test_what_never_varies_needs_no_gate(fit):
    """Every cell improved in every draw: a share of 100 %, without effective size."""
    level = fit.posterior["level"].copy(deep=True)
    level[..., 1] += 50.0
    found = diagnose(replace(fit, posterior=fit.posterior.assign(level=level)))
    assert row(found, "share improved")["n"] == 0
    assert row(found, "share improved")["passed"]


def test_one_divergence_fails(fit):
    stats = fit.sample_stats.copy(deep=True)
    stats["diverging"][2, 17] = True
    found = diagnose(replace(fit, sample_stats=stats))
    assert not found.passed
    assert not row(found, "divergences")["passed"]
    assert row(found, "effect")["passed"]


def test_chains_that_disagree_fail(fit):
    posterior = fit.posterior.copy(deep=True)
    posterior["effect"][1, :, 0] += 0.05
    found = diagnose(replace(fit, posterior=posterior))
    assert not found.passed
    assert row(found, "effect")["rhat"] > 1.01
    assert row(found, "effect")["worst"] == "officials"
    assert row(found, "level")["passed"]


def test_slow_draws_fail_by_their_effective_size(fit):
    posterior = fit.posterior.copy(deep=True)
    slow = np.repeat(posterior["level"].to_numpy()[:, ::5], 5, axis=1)
    cell = (slice(None), slice(None), 1, 2, 0, 1)
    posterior["level"].to_numpy()[cell] = slow[cell]
    found = diagnose(replace(fit, posterior=posterior))
    worst = row(found, "level")
    assert worst["ess_bulk"] < LEAST_ESS
    assert worst["worst"] == "Belovodye, F3, officials, 2023"
    assert not found.passed


def test_quadrature_is_held_against_the_survey(fit, make_fit, survey):
    passed = row(diagnose(fit, survey), "quadrature")
    assert passed["passed"]
    assert passed["n"] == 40
    coarse = {**fit.provenance["quadrature"], "nodes": 4}
    worse = replace(fit, provenance={**fit.provenance, "quadrature": coarse})
    assert not row(diagnose(worse, survey), "quadrature")["passed"]
    assert "quadrature" not in set(diagnose(make_fit(route="cut"), survey).table["quantity"])


def approximate(fit, slope, seed=2):
    """The fit as an approximate one, whose weights pull the first group's effect up."""
    effect = fit.posterior["effect"][:, :100, 0].to_numpy()
    noise = np.random.default_rng(seed).normal(0, 0.2, effect.shape)
    log_weight = slope * (effect - effect.mean()) / effect.std() + noise
    stats = {"log_weight": (("chain", "proposal"), log_weight), "pareto_k": 0.2, "efficiency": 0.5}
    settings = {**fit.provenance["settings"], "sampler": "approximate"}
    return replace(
        fit,
        sample_stats=fit.sample_stats.assign(stats),
        provenance={**fit.provenance, "settings": settings},
    )


def test_an_approximation_passes_unless_its_weights_would_move_it(fit):
    assert row(diagnose(approximate(fit, 0.0)), "approximation")["passed"]
    found = row(diagnose(approximate(fit, 0.5)), "approximation")
    assert not found["passed"]
    assert "move effect by 0." in found["worst"]


def test_an_interrupted_fit_fails(fit):
    settings = {**fit.provenance["settings"], "partial": "4 of 4 chains, 9 of 800 draws of each"}
    found = diagnose(replace(fit, provenance={**fit.provenance, "settings": settings}))
    assert not found.passed
    assert row(found, "interrupted")["worst"] == "kept 4 of 4 chains, 9 of 800 draws of each"
    assert row(found, "effect")["passed"]
