"""Draws of two rounds put together, also where the second was interrupted; draws are made up."""

from dataclasses import replace

import numpy as np
import pytest

from cips_models.inference.surrogate import together


@pytest.fixture
def proposals(make_fit):
    """Builder of rounds: ``proposals(seed=1, chains=4, draws=250, partial=...)``."""

    def made(seed, chains=4, draws=250, **settings):
        fit = make_fit(seed=seed)
        log_weight = np.random.default_rng(seed).normal(0, 0.5, (chains, draws))
        by_proposal = {
            name: (("chain", "proposal"), values)
            for name, values in (("log_weight", log_weight), ("log_likelihood", -log_weight))
        }
        stats = {**by_proposal, "pareto_k": 0, "efficiency": 1}
        return replace(
            fit,
            posterior=fit.posterior.isel(chain=slice(chains), draw=slice(draws)),
            sample_stats=fit.sample_stats.isel(chain=slice(chains)).assign(stats),
            provenance={**fit.provenance, "settings": {"sampler": "importance", **settings}},
        )

    return made


def test_rounds_become_one(proposals):
    one, other = proposals(1), proposals(2)
    both = together(one, other)
    assert both.posterior.sizes["draw"] == 500
    np.testing.assert_array_equal(
        both.sample_stats["log_weight"],
        np.hstack([fit.sample_stats["log_weight"] for fit in (one, other)]),
    )
    np.testing.assert_array_equal(
        both.sample_stats["log_likelihood"], -both.sample_stats["log_weight"].to_numpy()
    )
    np.testing.assert_array_equal(
        both.posterior["level"][:, 250:], other.posterior["level"].to_numpy()
    )
    assert 0.6 < float(both.sample_stats["efficiency"]) < 0.95  # exp(-.25) = .78
    assert "partial" not in both.provenance["settings"]


def test_what_an_interrupted_round_has_of_all_chains_is_kept(proposals):
    both = together(proposals(1), proposals(2, draws=100, partial="made up"))
    assert both.posterior.sizes["draw"] == 350
    assert "fewer proposals than wanted" in both.provenance["settings"]["partial"]


def test_chains_that_a_round_lacks_are_not_made_up(proposals):
    one = proposals(1)
    both = together(one, proposals(2, chains=2, partial="made up"))
    assert both.posterior.identical(one.posterior)
    assert "fewer proposals than wanted" in both.provenance["settings"]["partial"]
