"""Shifts of countries and their slope over the share supported, against loops."""

import dataclasses

import numpy as np
import pytest

from cips_models.did.on_cells import cell_effects
from cips_models.did.trends.spillover import (
    country_shifts,
    effect_with_spillover,
    shift_by_share,
    spillover_reasons,
    support_share,
)
from cips_models.did.trends.tables import spillover_table
from cips_models.estimands.scales import on_scale

COUNTRIES = ("C0", "C1", "C2", "C3")
SUPPORTED = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [1, 0, 0]], bool)
START = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 2], [0, 0, 0]])


def with_slope(fit):
    rng = np.random.default_rng(6)
    effect = fit.posterior["effect"]
    slope = effect.copy(data=0.5 + 0.3 * rng.normal(size=effect.shape))
    return dataclasses.replace(fit, posterior=fit.posterior.assign(spillover_slope=slope))


@pytest.fixture(scope="module")
def fit(make_fit):
    """C1 left after the second wave; F1 of C3 was under support before its first."""
    return with_slope(
        make_fit({"C1": "12"}, countries=COUNTRIES, waves="123", supported=SUPPORTED, start=START)
    )


def test_shares_are_those_at_the_last_wave_of_each_country(fit):
    np.testing.assert_allclose(support_share(fit), [1 / 3, 2 / 3, 1 / 3, 0])


@pytest.mark.parametrize("scale", ["latent", "percent"])
def test_a_shift_is_the_mean_change_of_cells_without_the_effect(fit, scale):
    found = country_shifts(fit, scale)
    level, effect = fit.posterior["level"], fit.posterior["effect_cell"]
    for c, country in enumerate(COUNTRIES):
        last = "2" if country == "C1" else "3"
        changes = []
        for f, factor in enumerate(fit.design.factors):
            if (c, f) == (3, 0):
                continue
            at = {"country": [country], "factor": [factor]}
            ends = [level.sel({**at, "wave": [wave]}) for wave in ("1", last)]
            if SUPPORTED[c, f]:
                ends[1] = ends[1] - effect.sel(followed=country, factor=factor, drop=True)
            ends = [on_scale(end, fit, scale) for end in ends]
            changes.append(ends[1].squeeze(drop=True) - ends[0].squeeze(drop=True))
        np.testing.assert_allclose(
            found.sel(country=country),
            sum(changes) / len(changes),
            # A call has one grid of the trait, which spans its levels: other calls, other grid.
            atol=1e-9 if scale == "latent" else 1e-2,
        )


def test_the_line_moves_every_country_by_the_slope(fit):
    share, slope = support_share(fit), fit.posterior["spillover_slope"]
    line = shift_by_share(fit, [0.0, 0.5])
    mean = country_shifts(fit).mean("country")
    for s in (0.0, 0.5):
        expected = mean + slope * (s - float(share.mean()))
        np.testing.assert_allclose(line.sel(share=s), expected.transpose(*line.dims[1:]))
    points = shift_by_share(fit, [0.2, 0.4], "percent")
    up = (points.sel(share=0.4) > points.sel(share=0.2)) == (slope > 0)
    assert up.all()


def test_the_effect_with_spillover_adds_the_slope_times_the_share(fit):
    effect, share = cell_effects(fit, "latent"), support_share(fit)
    whole = effect_with_spillover(fit)
    each = [
        effect.sel(country=COUNTRIES[c]).isel(factor=f) + fit.posterior["spillover_slope"] * s
        for c, f in np.argwhere(SUPPORTED)
        if (c, f) != (3, 0)
        for s in [float(share[c])]
    ]
    np.testing.assert_allclose(whole, (sum(each) / len(each)).transpose(*whole.dims))


def test_equal_shares_have_no_slope(make_fit):
    supported = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], bool)
    fit = with_slope(make_fit(countries=COUNTRIES, supported=supported))
    assert all("as much support" in each for each in spillover_reasons(fit).values())
    assert spillover_table(fit).empty


def test_a_fit_without_the_slope_says_so(make_fit):
    fit = make_fit(countries=COUNTRIES, supported=SUPPORTED)
    assert all("no spillover slope" in each for each in spillover_reasons(fit).values())


def test_the_table_has_countries_line_and_effect_on_both_scales(fit):
    table = spillover_table(fit)
    counted = table.groupby(["estimand", "scale"]).size()
    assert counted.to_dict() == {
        ("ATT with spillover", "latent"): 2, ("ATT with spillover", "percent"): 2,
        ("country shift", "latent"): 8, ("country shift", "percent"): 8,
        ("shift by share", "latent"): 10, ("shift by share", "percent"): 10,
        ("spillover slope", "latent"): 2,
    }  # fmt: skip
    countries = table[table["estimand"] == "country shift"]
    assert set(zip(countries["country"], countries["share"].round(3), strict=True)) == {
        ("C0", 0.333), ("C1", 0.667), ("C2", 0.333), ("C3", 0.0),
    }  # fmt: skip
