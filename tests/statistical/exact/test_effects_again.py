"""Effects of support by loops over draws and cells, and by regressions written out.

Precision, stated beforehand: 1e-9 for latent effects, 5e-6 points for integrals over people; the
predictive effect in a new country, which is drawn, by its moments: within four standard errors.
"""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.did.effects import new_country

SCALES = ("latent", "percent", "score")
POINTS = 5e-6
ALL = (0, 1, 2)


def by_draw(array, *dims):
    """Values (draw, *dims), chains one after another."""
    values = array.transpose("chain", "draw", *dims).to_numpy()
    return values.reshape(-1, *values.shape[2:])


@pytest.fixture(scope="module")
def found(odd_fit):
    return cips.effects(odd_fit)


@pytest.fixture(scope="module")
def cells(slowly):
    """Supported cells that count, by group: positions of country and factor, last wave."""
    places = [(c, f) for c in range(5) for f in range(3)]
    return [
        [(c, f, slowly.seen(c, f, g)[-1]) for c, f in places if slowly.role(c, f, g) == "treated"]
        for g in range(2)
    ]


def latent_effect(slowly, d, c, f, g):
    """Mean, country and factor parts, times the intensity; each found by its own label."""
    followed = slowly.followed()
    return slowly.draws["effect_cell"][d, followed.index(c), f, g]


def gain(slowly, scale, d, c, f, g, w, actual, wanted):
    """What a latent effect would be worth, above what the level is without the actual one."""
    without = slowly.draws["level"][d, c, f, g, w] - actual
    questions = slowly.reference(f, g, ALL)
    ends = [slowly.value(scale, d, c, f, g, w, x, questions) for x in (without + wanted, without)]
    return ends[0] - ends[1]


def averages(slowly, cells, g, scale, wanted):
    """(draw, cell) effects of a group; ``wanted`` gives the latent one that is put on a scale."""
    values = np.zeros((slowly.n, len(cells[g])))
    for d in range(slowly.n):
        for k, (c, f, w) in enumerate(cells[g]):
            actual = latent_effect(slowly, d, c, f, g)
            values[d, k] = gain(slowly, scale, d, c, f, g, w, actual, wanted(d, c, f, g))
    return values


def test_latent_effects_of_cells_are_sums_of_their_terms(odd_fit, slowly, intensity):
    """Against the model's terms, where the public variable of cells is read by all else."""
    draws, posterior = slowly.draws, odd_fit.posterior
    countries = list(posterior["treated_country"].values)
    factors = list(posterior["treated_factor"].values)
    for k, c in enumerate(slowly.followed()):
        for f, factor in enumerate(slowly.factors):
            for g in range(2):
                own = draws["effect"][:, g].copy()
                if slowly.countries[c] in countries:
                    at = countries.index(slowly.countries[c])
                    own += draws["country_effect"][:, g, at]
                if factor in factors:
                    own += draws["factor_effect"][:, g, factors.index(factor)]
                given = 0.0 if slowly.already(c, f) else intensity[c, f]
                np.testing.assert_allclose(draws["effect_cell"][:, k, f, g], own * given, atol=1e-9)


@pytest.mark.parametrize("scale", SCALES)
def test_average_effects(found, slowly, cells, scale):
    for g, group in enumerate(slowly.groups):
        own = averages(slowly, cells, g, scale, lambda d, *at: latent_effect(slowly, d, *at))
        at = {"scale": scale, "group": group}
        np.testing.assert_allclose(by_draw(found["att"].sel(at)), own.mean(axis=1), atol=POINTS)
        places = np.array([cell[:2] for cell in cells[g]])
        by_country = by_draw(found["att_country"].sel(at), "country")
        for k, c in enumerate(slowly.followed()):
            mine = own[:, places[:, 0] == c]
            mean = mine.mean(axis=1) if mine.size else np.full(slowly.n, np.nan)
            np.testing.assert_allclose(by_country[:, k], mean, atol=POINTS)
        by_factor = by_draw(found["att_factor"].sel(at), "factor")
        for f in range(3):
            mine = own[:, places[:, 1] == f]
            mean = mine.mean(axis=1) if mine.size else np.full(slowly.n, np.nan)
            np.testing.assert_allclose(by_factor[:, f], mean, atol=POINTS)


@pytest.mark.parametrize("scale", SCALES)
def test_effects_of_one_unit(found, slowly, cells, intensity, scale):
    def one(d, c, f, g):
        return latent_effect(slowly, d, c, f, g) / intensity[c, f]

    for g, group in enumerate(slowly.groups):
        own = averages(slowly, cells, g, scale, one).mean(axis=1)
        unit = by_draw(found["att_unit"].sel(scale=scale, group=group))
        np.testing.assert_allclose(unit, own, atol=POINTS)
        given = by_draw(found["att"].sel(scale=scale, group=group))
        assert abs(unit - given).max() > 0.01


def test_what_contributes(found, slowly, cells):
    for g in range(2):
        roles = np.array([[slowly.role(c, f, g) for f in range(3)] for c in slowly.followed()])
        treated, control = roles == "treated", roles == "control"
        wanted = {
            "cells": treated.sum(),
            "already_treated": (roles == "already").sum(),
            "countries": sum(t.any() and c.any() for t, c in zip(treated, control, strict=True)),
            "factors": sum(t.any() and c.any() for t, c in zip(treated.T, control.T, strict=True)),
        }
        assert {name: int(found[name][g]) for name in wanted} == wanted
    assert len(cells[0]) >= 3


@pytest.mark.parametrize("scale", ["percent", "score"])
def test_trends_parallel_in_points(odd_fit, found, slowly, cells, scale):
    """Least squares on indicators of cell, country x wave and factor x wave, draw by draw."""
    for g, group in enumerate(slowly.groups):
        used = [
            (c, f, w)
            for c in slowly.followed()
            for f in range(3)
            for w in slowly.seen(c, f, g)
            if slowly.role(c, f, g) in ("treated", "control")
        ]
        without = [at for at in used if not (slowly.begun(*at) and not slowly.already(*at[:2]))]
        columns = sorted({column for at in used for column in indicators(*at)})

        def rows(places, columns=columns):
            return np.array([[c in indicators(*at) for c in columns] for at in places], float)

        known, unknown = rows(without), rows(cells[g])
        # Imputed are cells whose row is a combination of those without support.
        combined = np.linalg.lstsq(known.T, unknown.T, rcond=None)[0]
        told = abs(known.T @ combined - unknown.T).max(axis=0) < 1e-8
        assert told.any()
        for d in range(slowly.n):

            def level(at, d=d, g=g):
                c, f, w = at
                latent = slowly.draws["level"][d, c, f, g, w]
                questions = slowly.reference(f, g, ALL)
                return slowly.value(scale, d, c, f, g, w, latent, questions)

            fitted = np.linalg.lstsq(known, np.array([level(at) for at in without]), rcond=None)[0]
            gaps = np.array([level(at) for at in cells[g]]) - unknown @ fitted
            own = by_draw(found["att_points"].sel(points_scale=scale, group=group))[d]
            assert own == pytest.approx(gaps[told].mean(), abs=20 * POINTS)


def indicators(c, f, w):
    return [("cell", c, f), ("country", c, w), ("factor", f, w)]


@pytest.mark.parametrize("scale", ["percent", "score"])
def test_a_new_country_in_points(found, slowly, cells, scale):
    """The latent prediction takes the place of every supported cell's own effect."""
    latent = by_draw(found["new_country"].sel(scale="latent"), "group")
    for g, group in enumerate(slowly.groups):
        own = averages(slowly, cells, g, scale, lambda d, c, f, g: latent[d, g])
        predicted = by_draw(found["new_country"].sel(scale=scale, group=group))
        np.testing.assert_allclose(predicted, own.mean(axis=1), atol=POINTS)


def test_a_new_country_is_another_one_of_the_population(odd_fit):
    """N(mean, sd^2 (1 + 1/n)), correlated between groups as countries are: by its moments.

    The finite mean of n countries misses the population's by sd / sqrt(n), a new one lies sd off.
    """
    many, r, sd = 40_000, 0.6, np.array([0.3, 0.8])
    one = odd_fit.posterior.isel(chain=[0], draw=[0])
    posterior = one.isel(draw=np.zeros(many, dtype=int)).assign_coords(draw=np.arange(many))
    posterior = posterior[["effect", "country_effect", "sd", "correlation"]].copy(deep=True)
    posterior["sd"].loc[{"term": "country_effect"}] = sd
    posterior["correlation"].loc[{"term": "country_effect"}] = r
    drawn = new_country(replace(odd_fit, posterior=posterior), seed=3)
    n = one.sizes["treated_country"]
    away = by_draw(drawn - posterior["effect"], "group") / (sd * np.sqrt(1 + 1 / n))
    assert abs(away.mean(axis=0)).max() < 4 / np.sqrt(many)
    assert abs(away.var(axis=0) - 1).max() < 4 * np.sqrt(2 / many)
    product = away.prod(axis=1)
    assert abs(product.mean() - r) < 4 * product.std() / np.sqrt(many)


def test_slopes_are_handed_on(odd_fit, found):
    for name in ("baseline_slope", "spillover_slope"):
        xr.testing.assert_equal(found[name].reset_coords(drop=True), odd_fit.posterior[name])
