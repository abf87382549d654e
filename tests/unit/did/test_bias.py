"""Departures from parallel trends: omega against loops, the bias against its formulas."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from scipy.special import ndtri

from cips_models.did.on_cells import cell_effects, in_points
from cips_models.did.trends.bias import (
    MULTIPLES,
    TIMES,
    bias_spread,
    biased,
    breakdown,
    breakdown_mcse,
)
from cips_models.did.trends.own_changes import own_change_reasons, own_changes, span
from cips_models.did.trends.tables import trends_table

COUNTRIES = tuple(f"C{c}" for c in range(5))
#: Of C4 all is supported: it is no comparison, and has no unsupported cell.
SUPPORTED = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 0], [1, 1, 1]], bool)


FEW = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], bool)


@pytest.fixture(scope="module")
def fit(make_fit):
    return make_fit(length=400, countries=COUNTRIES, supported=SUPPORTED)


def test_omega_is_what_regression_on_countries_and_factors_leaves(make_fit):
    """Three waves of unequal distance; C1 left after the second."""
    fit = make_fit(
        {"C1": ("1", "2")}, countries=COUNTRIES, waves=("1", "2", "5"), supported=SUPPORTED
    )
    change, found = fit.posterior["cell_change"], own_changes(fit)
    scale = np.sqrt(np.array([1.0, 3.0]) / 2.0)
    for chain, draw in ((0, 0), (1, 7)):
        for g, group in enumerate(fit.design.groups):
            squares, freedom = 0.0, 0
            for step in range(2):
                cells = [(c, f) for c, f in np.argwhere(~SUPPORTED) if not (c == 1 and step == 1)]
                y = [float(change[chain, draw, g, step, c, f]) / scale[step] for c, f in cells]
                x = np.array([[c == k for k in range(5)] + [f == k for k in range(3)]
                              for c, f in cells], float)  # fmt: skip
                left = np.array(y) - x @ np.linalg.lstsq(x, np.array(y))[0]
                squares += left @ left
                freedom += len(cells) - np.linalg.matrix_rank(x)
            expected = np.sqrt(squares / freedom)
            assert float(found.isel(chain=chain, draw=draw).sel(group=group)) == pytest.approx(
                expected
            )


def test_omega_knows_nothing_of_countries_factors_and_supported_cells(fit):
    posterior = fit.posterior.copy(deep=True)
    rng = np.random.default_rng(3)
    moved = posterior["cell_change"].to_numpy()
    moved += rng.normal(size=(5, 1)) + rng.normal(size=3)
    moved[..., SUPPORTED] += 9.0
    other = dataclasses.replace(fit, posterior=posterior)
    xr.testing.assert_allclose(own_changes(fit), own_changes(other))


def test_with_too_few_cells_there_is_no_omega_and_a_reason(make_fit):
    """Four cells never supported, and nothing is left of their changes."""
    fit = make_fit(countries=COUNTRIES[:3], supported=FEW)
    assert set(own_change_reasons(fit)) == set(fit.design.groups)
    assert own_changes(fit).isnull().all()
    assert trends_table(fit).empty


def test_the_bias_covers_the_waves_from_the_last_without_support_to_the_last(make_fit):
    start = np.where(SUPPORTED, 1, -1)
    start[0, 0] = 2
    fit = make_fit(countries=COUNTRIES, waves=("1", "2", "5"), supported=SUPPORTED, start=start)
    length = {1: (1.0 + 3.0) / 2.0, 2: 3.0 / 2.0}
    spans = [length[s] for s in start[SUPPORTED]]
    np.testing.assert_allclose(span(fit), np.mean(spans))
    xr.testing.assert_allclose(bias_spread(fit), own_changes(fit) * np.sqrt(np.mean(spans)))


def test_without_bias_the_effect_is_itself(fit):
    made = biased(fit, (0.0, 1.0))
    for scale in ("latent", "percent"):
        effect = cell_effects(fit, scale).mean(("country", "factor"))
        for kind in ("common", "by country"):
            np.testing.assert_allclose(
                made[scale].sel(times=0.0, bias=kind),
                effect.sel(draw=made[scale]["draw"]),
                atol=1e-9,
            )


def test_biases_have_the_sd_that_the_formulas_say(fit):
    made = biased(fit, (0.0, 1.0, 2.0), scales=("latent",))["latent"]
    counts = SUPPORTED.sum(axis=1)
    averaged = np.sqrt(((counts / counts.sum()) ** 2).sum())
    assert averaged == pytest.approx(np.sqrt(1 + 4 + 1 + 1 + 9) / 8)
    omega = np.sqrt((bias_spread(fit) ** 2).mean(("chain", "draw")))
    for times in (1.0, 2.0):
        bias = made.sel(times=times) - made.sel(times=0.0)
        sd = np.sqrt((bias**2).mean(("chain", "draw")))
        # 800 draws: the sd of an sd is 2.5 % of it; omega's own draws add to it.
        np.testing.assert_allclose(sd.sel(bias="common"), times * omega, rtol=0.1)
        np.testing.assert_allclose(sd.sel(bias="by country"), times * omega * averaged, rtol=0.1)


def test_points_are_those_of_the_biased_latent_effect(fit):
    """The polynomial in between against the thing itself; at omega = 0.1 to 0.2 as in surveys."""
    posterior = fit.posterior.assign(cell_change=0.5 * fit.posterior["cell_change"])
    fit = dataclasses.replace(fit, posterior=posterior)
    made = biased(fit, (0.0, 0.7, 2.0))
    effect = cell_effects(fit, "latent")
    for times in (0.7, 2.0):
        latent = made["latent"].sel(bias="common", drop=True)
        bias = latent.sel(times=times) - latent.sel(times=0.0)
        exact = in_points(fit, ("percent",), effect + bias)["percent"].mean(("country", "factor"))
        np.testing.assert_allclose(
            made["percent"].sel(times=times, bias="common"), exact.transpose(..., "group"),
            atol=0.05,
        )  # fmt: skip


def test_of_many_draws_some_are_put_in_points(make_fit):
    fit = make_fit(length=1100, countries=COUNTRIES, supported=SUPPORTED)
    made = biased(fit, (0.0, 1.0))
    assert made["latent"].sizes["draw"] == 1100
    assert made["percent"].sizes["draw"] == 550
    table = trends_table(fit)
    counted = table.groupby(["estimand", "scale", "group"]).size()
    assert set(counted["ATT under a bias"]) == {2 * len(MULTIPLES)}
    assert len(counted["ATT under a bias"]) == 4


# --- breakdown -----------------------------------------------------------------------------


def of(effect, se, omega, times=MULTIPLES):
    """Normal effects with an independent bias: 250,000 pairs of scores, none drawn."""
    score = ndtri((np.arange(500) + 0.5) / 500)
    times = xr.DataArray(list(times), {TIMES: list(times)}, (TIMES,))
    own = xr.DataArray(effect + se * score, dims=("chain",))
    return own + times * omega * xr.DataArray(score, dims=("draw",))


@pytest.mark.parametrize(("effect", "se", "omega"), [(0.2, 0.04, 0.18), (-0.3, 0.1, 0.2)])
def test_breakdown_is_where_the_normal_interval_reaches_zero(effect, se, omega):
    z = ndtri(0.975)
    exact = np.sqrt((effect / z) ** 2 - se**2) / omega
    assert float(breakdown(of(effect, se, omega))) == pytest.approx(exact, abs=0.03)


def test_breakdown_is_zero_or_beyond_where_it_must_be():
    assert float(breakdown(of(0.05, 0.1, 0.2))) == 0.0
    assert float(breakdown(of(2.0, 0.1, 0.2))) == np.inf


def test_breakdown_grows_with_the_effect_and_falls_with_the_spread():
    by_effect = [float(breakdown(of(effect, 0.05, 0.2))) for effect in (0.12, 0.2, 0.4, 0.7)]
    by_spread = [float(breakdown(of(0.3, 0.05, omega))) for omega in (0.1, 0.15, 0.3, 0.6)]
    assert by_effect == sorted(by_effect)
    assert by_spread == sorted(by_spread, reverse=True)
    assert len({*by_effect, *by_spread}) == 8


def drawn(rng, effect, se, omega):
    """Independent draws of the same, in chains."""
    times = xr.DataArray(list(MULTIPLES), {TIMES: list(MULTIPLES)}, (TIMES,))
    own, bias = (
        xr.DataArray(rng.standard_normal((4, 250)), dims=("chain", "draw")) for _ in range(2)
    )
    return effect + se * own + times * omega * bias


@pytest.mark.parametrize("sign", [1, -1])
def test_monte_carlo_error_of_the_breakdown_is_its_spread_over_runs(sign):
    """Of 200 runs an sd is known to a twentieth; an end's error varies by a fifth a run."""
    rng = np.random.default_rng(6)
    runs = [drawn(rng, sign * 0.2, 0.04, 0.1) for _ in range(200)]
    spread = np.std([float(breakdown(run)) for run in runs])
    stated = np.mean([float(breakdown_mcse(run)) for run in runs])
    assert stated == pytest.approx(spread, rel=0.2)


def test_a_breakdown_of_zero_or_beyond_what_is_examined_has_no_error():
    rng = np.random.default_rng(6)
    assert np.isnan(breakdown_mcse(drawn(rng, 0.05, 0.1, 0.2)))
    assert np.isnan(breakdown_mcse(drawn(rng, 2.0, 0.1, 0.2)))


def test_intervals_widen_with_the_bias(fit):
    table = trends_table(fit)
    curve = table[(table["estimand"] == "ATT under a bias") & (table["scale"] == "latent")]
    for _, own in curve.groupby(["group", "bias"]):
        width = own["upper"] - own["lower"]
        assert list(own["times"]) == list(MULTIPLES)
        # Quantiles of 800 draws wobble; over half a unit of M they do not.
        assert (np.diff(width.to_numpy()[::5]) > 0).all()
        assert own["breakdown"].nunique(dropna=False) == 1
    assert (curve["population"].str.contains("8 supported")).all()
    assert (table[table["times"].isna()]["population"] == "").all()
