"""Power-scaling held against closed forms: a normal mean with known variance."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from cips_models.did import prior_sensitivity as scaling
from cips_models.did.powered_priors import powered_specification, powered_table
from cips_models.did.scalable import ALL, Scalable
from cips_models.did.tables import effects_table
from cips_models.errors import FitError
from cips_models.inference.fit import assemble, provenance
from cips_models.inference.top_level import log_priors
from cips_models.model.build import blueprint, build
from cips_models.model.density import Density
from cips_models.model.specification_file import specification

CHAINS, DRAWS = 4, 2000

#: Prior N(0, 1); one observation of 1.5 with sd 0.8.
SEEN, NOISE = 1.5, 0.8


def posterior(prior_power=1.0, likelihood_power=1.0):
    precision = prior_power + likelihood_power / NOISE**2
    return stats.norm(likelihood_power * SEEN / NOISE**2 / precision, precision**-0.5)


def scalable(route="cut"):
    """Draws at the quantiles of the posterior, shuffled: next to no Monte Carlo error."""
    places = (np.arange(CHAINS * DRAWS) + 0.5) / (CHAINS * DRAWS)
    x = np.random.default_rng(1).permutation(posterior().ppf(places)).reshape(CHAINS, DRAWS)
    dims = ("chain", "draw")
    labels = {"estimand": "ATT", "scale": "latent", "parallel_trends": "latent", "group": "all"}
    log_prior = xr.DataArray(-0.5 * x**2, dims=dims)
    own = xr.DataArray(x[..., None], dims=(*dims, "effect"))
    average = own.assign_coords({n: ("effect", [v]) for n, v in labels.items()})
    by_country = labels | {"estimand": "ATT by country", "country": "C1", "factor": ""}
    return Scalable(
        effects=average,
        parts=own.assign_coords({n: ("effect", [v]) for n, v in by_country.items()}),
        priors=xr.Dataset({"effect": log_prior, "group_correlation": xr.zeros_like(log_prior)}),
        likelihood=xr.DataArray(-0.5 * ((SEEN - x) / NOISE) ** 2, dims=dims),
        route=route,
        specification="did",
    )


def test_estimates_under_a_powered_prior_are_those_of_the_closed_form():
    table = powered_table(scalable(), specification("did")).set_index(["prior", "power"])
    for power in (0.5, 2.0):
        row, exact = table.loc[("effect", power)], posterior(prior_power=power)
        assert row["pareto_k"] < 0.5
        # Twice the error of so many effective draws.
        assert abs(row["mean"] - exact.mean()) < 2 * row["mcse"]
        assert abs(row["sd"] / exact.std() - 1) < 0.02
        np.testing.assert_allclose(
            [row["lower"], row["upper"]], exact.ppf([0.025, 0.975]), atol=4 * row["mcse"]
        )
    as_it_is = table.loc[("", 1.0)]
    assert abs(as_it_is["mean"] - posterior().mean()) < 1e-3


@pytest.mark.parametrize("of", ["prior", "likelihood"])
def test_sensitivity_is_the_distance_of_the_closed_forms(of):
    found = scaling.sensitivities(
        scalable().effects, scalable().priors, scalable().likelihood
    ).isel(effect=0)
    sensitivity = (
        found["prior_sensitivity"].sel(prior="effect")
        if of == "prior"
        else found["likelihood_sensitivity"]
    )
    # The integrals of a sample end at its smallest and largest value.
    ends = posterior().ppf([0.5 / (CHAINS * DRAWS), 1 - 0.5 / (CHAINS * DRAWS)])
    grid = np.linspace(*ends, 20001)
    slopes = []
    for power in scaling.AROUND_ONE:
        moved = posterior(**{f"{of}_power": power})
        slopes.append(_distance(posterior(), moved, grid) / abs(np.log2(power)))
    assert float(sensitivity) == pytest.approx(np.mean(slopes), rel=0.03)


def _distance(one, other, grid):
    """The same for x and -x, the larger: cumulative distributions are not symmetric."""

    def integrate(values):
        return float(np.trapezoid(values, grid))

    def of(p, q):
        def half(a, b):
            return integrate(a * np.log2(2 * a / (a + b))) + integrate(b - a) / (2 * np.log(2))

        return ((half(p, q) + half(q, p)) / integrate(p + q)) ** 0.5

    p, q = one.cdf(grid), other.cdf(grid)
    return max(of(p, q), of(one.sf(grid), other.sf(grid)))


def test_a_uniform_prior_moves_nothing():
    found = scaling.sensitivities(scalable().effects, scalable().priors, None)
    assert found["prior_sensitivity"].sel(prior="group_correlation").item() == 0
    assert np.isnan(found["likelihood_sensitivity"]).all()


@pytest.mark.parametrize(
    ("prior", "likelihood", "pareto_k", "said"),
    [
        ((0.01, 0.0), (0.2, 0.0), 0.1, scaling.UNMOVED),
        ((0.049, 0.1), (0.01, 0.0), 0.7, scaling.UNMOVED),
        ((0.05, 0.01), (0.05, 0.0), 0.1, scaling.CONFLICT),
        ((0.2, 0.01), (0.049, 0.0), 0.1, scaling.STRONG),
        ((0.2, 0.01), (np.nan, np.nan), 0.1, scaling.WEIGHS),
        ((0.2, 0.01), (0.2, 0.06), 0.1, scaling.WEIGHS),
        ((0.2, 0.06), (0.2, 0.01), 0.1, scaling.UNTOLD),
        ((0.2, 0.01), (0.2, 0.01), 0.71, scaling.UNTOLD),
        ((0.0, 0.0), (0.2, 0.01), np.nan, scaling.UNMOVED),
    ],
)
def test_the_verdict_follows_from_the_numbers(prior, likelihood, pareto_k, said):
    assert scaling.verdict(*prior, *likelihood, pareto_k) == said


def test_what_chance_gives_is_told():
    """Shuffled, a density says nothing of the effect; unshuffled it says far more than that."""
    one = scalable()
    found = scaling.sensitivities(one.effects, one.priors, one.likelihood).sel(prior="effect")
    assert float(found["likelihood_noise"]) < 0.1 * float(found["likelihood_sensitivity"][0])
    noisy = one.likelihood + 40.0 * xr.DataArray(
        np.random.default_rng(5).standard_normal((CHAINS, DRAWS)), dims=("chain", "draw")
    )
    told = scaling.sensitivities(one.effects, one.priors, noisy)
    assert float(told["likelihood_noise"]) > scaling.THRESHOLD


def test_effects_by_country_are_as_sensitive_as_the_average_that_they_are():
    """Of one cell the average and the part are one quantity; means are those of closed forms."""
    tables = scaling.sensitivity_tables(scalable())
    average, part = (
        tables[name].set_index("prior") for name in ("prior_sensitivity", "prior_sensitivity_parts")
    )
    numbers = [n for n in average if n.endswith(("sensitivity", "noise")) or n == "pareto_k"]
    assert numbers[0] == "prior_sensitivity"
    assert (average.loc["effect", numbers] == part.loc["effect", numbers]).all()
    assert average.loc["effect", "prior_sensitivity"] > scaling.THRESHOLD
    assert list(part["verdict"]) == list(average["verdict"])
    assert list(part["country"]) == ["C1", "C1"]
    for power, name in ((0.5, "mean_half"), (1.0, "mean"), (2.0, "mean_twice")):
        exact = posterior(prior_power=power).mean()
        assert part.loc["effect", name] == pytest.approx(exact, abs=0.01)
        assert part.loc["group_correlation", name] == part.loc["effect", "mean"]


def heavy(one):
    """The same with weights at half the power that fail: exp(9 z^2 / 4) of normal z has no mean."""
    z = 3.0 * np.random.default_rng(2).standard_normal((CHAINS, DRAWS))
    failing = xr.DataArray(-0.5 * z**2, dims=("chain", "draw"))
    light, flat = 0.01 * failing[:, ::-1], xr.zeros_like(failing)
    densities = {"effect": failing, "discrimination": light, "group_correlation": flat}
    return replace(one, priors=xr.Dataset({**densities, ALL: failing}))


def test_a_mean_of_weights_that_fail_is_left_out():
    part = scaling.sensitivity_tables(heavy(scalable()))["prior_sensitivity_parts"]
    part = part.set_index("prior")
    assert np.isnan(part.loc["effect", "mean_half"])
    assert not np.isnan(part.loc["effect", "mean_twice"])
    assert part.loc["group_correlation", "mean_half"] == part.loc["effect", "mean"]


@pytest.mark.parametrize("route", ["cut", "joint"])
def test_where_weights_fail_the_powered_prior_is_fitted_by_the_route_of_the_fit(route, monkeypatch):
    one = heavy(scalable(route))
    asked = []
    monkeypatch.setattr("cips_models.did.powered_priors.reported_effects", lambda fit: fit.effects)

    def refit(spec, said):
        other = {n for n, prior in spec.priors.items() if prior != base.priors[n]}
        asked.append((said, other, spec.priors["effect"].sd))
        return SimpleNamespace(sample_stats={"pareto_k": 0.3}, effects=one.effects + 10.0)

    base = specification("did")
    table = powered_table(one, base, refit)
    weaker = pytest.approx(base.priors["effect"].sd * 2**0.5)
    assert asked == [
        ("effect to the power 0.5", {"effect"}, weaker),
        ("all priors to the power 0.5", {"effect", "discrimination"}, weaker),
    ]
    for prior in ("effect", ALL):
        own = table[(table["power"] == 0.5) & (table["prior"] == prior)].set_index("method")
        assert own.loc["weights", "pareto_k"] > 0.7
        assert own.loc["refit", "pareto_k"] == 0.3
        assert own.loc["refit", "route"] == route
        assert own.loc["refit", "mean"] == pytest.approx(posterior().mean() + 10.0, abs=0.01)
    assert set(table.loc[table["power"] == 2.0, "method"]) == {"weights"}


def test_of_many_weights_that_fail_a_joint_fit_is_made_anew_for_some_alone(monkeypatch):
    monkeypatch.setattr("cips_models.did.powered_priors.reported_effects", lambda fit: fit.effects)
    monkeypatch.setattr("cips_models.did.powered_priors.MOST_JOINT_REFITS", 1)
    asked = {}
    for route in ("joint", "cut"):
        one, said = heavy(scalable(route)), []

        def refit(spec, what, effects=one.effects, told=said):
            told.append(what)
            return SimpleNamespace(sample_stats={}, effects=effects)

        powered_table(one, specification("did"), refit)
        asked[route] = said
    assert asked["joint"] == ["all priors to the power 0.5"]
    assert asked["cut"] == ["effect to the power 0.5", "all priors to the power 0.5"]


def test_a_powered_specification_says_so():
    spec = specification("did")
    weaker = powered_specification(spec, ("effect",), 0.5)
    assert weaker.text.endswith("# to the power 0.5: effect\n")
    assert {n for n in spec.priors if spec.priors[n] != weaker.priors[n]} == {"effect"}


# Log priors at random points, held against those of the standardised coordinates.


@pytest.fixture(scope="module")
def spec():
    return specification("did")


@pytest.fixture(scope="module")
def drawn(make_survey, spec):
    supported = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)
    model = build(make_survey(supported=supported, waves=("2019", "2020", "2023")), spec)
    density = Density(model)
    points = np.random.default_rng(4).normal(0, 0.7, (2, 6, density.dim))
    plan = blueprint(model)
    record = provenance(plan, route="joint", seed=1, settings={})
    public = density.public(points)
    fit = assemble(plan, public, xr.Dataset(), record)
    return fit, {name: points[..., place] for name, place in density.places.items()}


@pytest.mark.parametrize(
    ("name", "coordinates"),
    [
        ("baseline", "baseline_z"),
        ("effect", "effect_z"),
        ("common_change", "common_change_z"),
        ("baseline_slope", "baseline_slope_z"),
        ("discrimination", "discrimination_z"),
        ("loading", "loading_z"),
        ("outlook_by_wave", "outlook_by_wave_z"),
    ],
)
def test_of_what_is_normal(drawn, spec, name, coordinates):
    fit, z = drawn
    found = log_priors(fit, spec)[name].to_numpy()
    wanted = -0.5 * (z[coordinates].reshape(2, 6, -1) ** 2).sum(axis=2)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_of_sds(drawn, spec):
    fit, z = drawn
    found = log_priors(fit, spec)
    for position, term in enumerate(fit.posterior["term"].to_numpy()):
        wanted = -0.5 * (z["sd_z"][..., position, :] ** 2).sum(axis=-1)
        np.testing.assert_allclose(found[str(term)], wanted, rtol=1e-9)
    for position, term in enumerate(fit.posterior["item_term"].to_numpy()):
        np.testing.assert_allclose(found[str(term)], -0.5 * z["item_sd_z"][..., position] ** 2)


def test_of_what_is_log_normal_with_the_density_of_the_value_itself(drawn, spec):
    fit, z = drawn
    own = z["sd_outlook_z"]
    value = spec.priors["outlook"].median * np.exp(spec.priors["outlook"].sd * own)
    wanted = (-np.log(value) - 0.5 * own**2).sum(axis=-1)
    np.testing.assert_allclose(log_priors(fit, spec)["outlook"], wanted, rtol=1e-9)


def test_a_spread_that_is_held_is_not_counted(drawn, spec):
    fit, z = drawn
    held = (fit.posterior["specific_spread"] != fit.posterior["sd_specific"]).all(("chain", "draw"))
    assert held.any()
    own = z["sd_specific_z"][..., ~held.to_numpy()]
    value = spec.priors["specific"].median * np.exp(spec.priors["specific"].sd * own)
    wanted = (-np.log(value) - 0.5 * own**2).sum(axis=-1)
    difference = log_priors(fit, spec)["specific"].to_numpy() - wanted
    np.testing.assert_allclose(difference, difference[0, 0], atol=1e-9)


def test_by_the_cut_route_of_the_hierarchy_alone(drawn, spec):
    fit, _ = drawn
    cut = log_priors(replace(fit, provenance={**fit.provenance, "route": "cut"}), spec)
    assert {"effect", "country_effect", "group_correlation"} <= set(cut)
    others = set(log_priors(fit, spec)) - set(cut)
    assert {"discrimination", "outlook"} <= others
    assert set(cut) < set(log_priors(fit, spec))


def test_parts_are_the_effects_of_the_table_of_effects(drawn, spec):
    """Every effect by country and factor that ``effects.csv`` has, and no other; as many draws."""
    fit, _ = drawn
    parts = scaling.sensitivity_tables(Scalable.of(fit, spec))["prior_sensitivity_parts"]
    labels = ["country", "factor", "group", "estimand", "scale", "parallel_trends"]
    reported = effects_table(fit)
    kinds = reported["estimand"].isin(["ATT by country", "ATT by factor"])
    reported = reported[kinds & (reported["scale"] != "score")].set_index(labels)["mean"]
    found = parts[parts["prior"] == "effect"].set_index(labels)["mean"]
    assert len(reported) > 4
    assert found.sort_index().to_dict() == pytest.approx(reported.sort_index().to_dict())


def test_another_specification_is_refused(drawn):
    with pytest.raises(FitError, match="expected the specification of the fit"):
        log_priors(drawn[0], specification("conditional"))
