"""Worlds with known answers: a bias of known size, and cells that improved or did not.

Gates, set before the run, of 200 worlds. With a bias of all supported cells whose sd is that of
single cells' own changes, the 95 % interval at M = 1 holds the effect in 95 % of worlds, less
three Monte Carlo errors, and at M = 0 in fewer than 75 %. A rule that names cells errs in as many
as it says, within three errors, when the posterior is right; a posterior that is too sure of
noisy cells says less, by more than ten.
"""

import numpy as np
import pytest
import xarray as xr

from cips_models.did.decision import naming
from cips_models.did.trends.bias import biased
from cips_models.inference.fit import Fit
from cips_models.model.design import as_dataset, of_observed

WORLDS, CHAINS, DRAWS = 200, 2, 400
COUNTRIES, FACTORS = 12, 6
OWN, ERROR, EFFECT = 0.2, 0.1, 0.3


def world(rng: np.random.Generator, effect: float, bias_sd: float) -> Fit:
    """Changes of cells with all variances known, and the posterior of a model without the bias."""
    supported = np.zeros((COUNTRIES, FACTORS), dtype=bool)
    for c in range(COUNTRIES):
        supported[c, rng.permutation(FACTORS)[: 2 + c % 2]] = True
    own = rng.normal(0, OWN, (COUNTRIES, FACTORS))
    bias = rng.normal(0, bias_sd)
    change = rng.normal(size=(COUNTRIES, 1)) + rng.normal(size=FACTORS) + own
    change += (effect + bias) * supported + rng.normal(0, ERROR, own.shape)
    row, column = np.indices(own.shape).reshape(2, -1)
    x = np.concatenate(
        [row[:, None] == np.arange(COUNTRIES), column[:, None] == np.arange(1, FACTORS),
         supported.reshape(-1, 1)], axis=1
    ).astype(float)  # fmt: skip
    inverse, y = np.linalg.inv(x.T @ x), change.ravel()
    total = OWN**2 + ERROR**2
    root = np.linalg.cholesky(total * inverse)
    beta = inverse @ x.T @ y + rng.normal(size=(CHAINS, DRAWS, x.shape[1])) @ root.T
    kept = OWN**2 / total
    noise = rng.normal(0, np.sqrt(kept) * ERROR, (CHAINS, DRAWS, len(y)))
    cell = (kept * (y - beta @ x.T) + noise).reshape(CHAINS, DRAWS, 1, 1, *own.shape)
    start = np.where(supported, 1, -1)
    names = ([f"C{c}" for c in range(COUNTRIES)], [f"F{f}" for f in range(FACTORS)], ["all"], "12")
    plan = of_observed(
        np.ones((*own.shape, 1, 2), dtype=bool), names, (1.0, 2.0), [supported, start, None]
    )
    att = np.broadcast_to(beta[..., -1][..., None, None, None], (CHAINS, DRAWS, *own.shape, 1))
    posterior = xr.Dataset(
        {
            "effect_cell": (("chain", "draw", "followed", "factor", "group"), att),
            "cell_change": (("chain", "draw", "group", "step", "followed", "factor"), cell),
        },
        coords={
            "chain": range(CHAINS), "draw": range(DRAWS), "followed": names[0],
            "factor": names[1], "group": names[2],
        },
    )  # fmt: skip
    return Fit(posterior, xr.Dataset(), as_dataset(plan), xr.Dataset(), xr.Dataset(), {})


def covered(effect: float, bias_sd: float) -> dict[float, float]:
    """Share of worlds whose interval holds the effect, by M."""
    rng = np.random.default_rng(11)
    hits = {0.0: 0, 1.0: 0}
    for _ in range(WORLDS):
        made = biased(world(rng, effect, bias_sd), tuple(hits), scales=("latent",))
        draws = made["latent"].sel(bias="common", group="all")
        for times in hits:
            lower, upper = np.quantile(draws.sel(times=times), [0.025, 0.975])
            hits[times] += lower <= effect <= upper
    return {times: count / WORLDS for times, count in hits.items()}


def test_the_interval_covers_when_the_bias_is_as_large_as_said() -> None:
    found = covered(EFFECT, OWN)
    assert found[1.0] >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / WORLDS)
    assert found[0.0] < 0.75


def test_without_a_bias_the_interval_at_zero_covers() -> None:
    assert covered(EFFECT, 0.0)[0.0] >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / WORLDS)


@pytest.mark.parametrize(("prior_sd", "right"), [(0.5, True), (50.0, False)])
def test_the_risk_of_naming_is_as_said_when_the_posterior_is_right(
    prior_sd: float, right: bool
) -> None:
    """True changes N(0, 0.5^2), measured with noise of sd 1: normal and conjugate."""
    rng = np.random.default_rng(13)
    said, seen, held, used = [], [], 0, 0
    for _ in range(WORLDS):
        truth = rng.normal(0, 0.5, (10, 10))
        shown = truth + rng.normal(0, 1.0, truth.shape)
        kept = prior_sd**2 / (prior_sd**2 + 1.0)
        draws = kept * shown + rng.normal(0, np.sqrt(kept), (2, 400, *truth.shape))
        better = xr.DataArray(
            (draws > 0).astype(float), dims=("chain", "draw", "country", "factor")
        )
        found = naming(better, (0.8,)).isel(threshold=0)
        named = better.mean(("chain", "draw")).to_numpy() >= 0.8
        wrong = int((named & (truth <= 0)).sum())
        if not named.any():
            continue
        used += 1
        said.append(float(found["risk"].mean()) / 100 * named.sum())
        seen.append(wrong)
        lower, upper = np.quantile(found["wrong"], [0.025, 0.975])
        held += lower <= wrong <= upper
    difference = np.array(seen) - np.array(said)
    error = difference.std(ddof=1) / np.sqrt(used)
    assert used > 150
    if right:
        assert abs(difference.mean()) < 3 * error
        assert held / used >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / used)
    else:
        assert difference.mean() > 10 * error
