"""The two-way effect under many maps, and p-values from it."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from cips_models.did.contrast import comparison
from cips_models.did.few_clusters.maps import SCHEMES, WITHIN_COUNTRY, SupportMaps
from cips_models.did.few_clusters.permutation import (
    Permutations,
    distribution_table,
    permutation_table,
    permutation_test,
)
from cips_models.did.few_clusters.two_way import two_way
from cips_models.errors import IdentificationError
from cips_models.tables import TABLES

COUNTRIES = tuple(f"C{c}" for c in range(6))
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 1, 0]], bool)
START = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 2], [2, 0, 0], [0, 2, 0], [1, 2, 0]])
SEEN = {"C1": "12", "C2": "23", "C3": "13", "C4 / officials": "12"}


def stage_of(design, levels):
    """What a permutation test takes of a stage 1: cells with these levels."""
    position = np.argwhere(design.observed)
    return SimpleNamespace(cells=SimpleNamespace(position=position, mean=levels[tuple(position.T)]))


@pytest.mark.parametrize("waves", ["12", "123"])
def test_many_maps_at_once_are_the_imputation_estimator(make_fit, waves):
    seen = SEEN if waves == "123" else {}
    start = START if waves == "123" else None
    fit = make_fit(seen, countries=COUNTRIES, waves=waves, supported=SUPPORTED, start=start)
    maps = SupportMaps.of(fit.design)
    kinds, _ = maps.permuted(WITHIN_COUNTRY, 300, np.random.default_rng(2))
    rng = np.random.default_rng(3)
    for g in range(2):
        compared = [comparison(maps.under(kind), g) for kind in kinds]
        levels = rng.normal(size=compared[0].untreated.shape)
        expected = [(one.weights * levels).sum() if one.identified else np.nan for one in compared]
        np.testing.assert_allclose(two_way(levels, compared), expected, atol=1e-9)
        assert np.isfinite(expected).any()


def test_without_any_noise_the_true_map_shows_the_effect_and_few_others_do(make_fit):
    fit = make_fit(countries=COUNTRIES, supported=SUPPORTED)
    design = fit.design
    rng = np.random.default_rng(1)
    levels = rng.normal(size=(6, 3, 2, 1)) + rng.normal(size=(6, 1, 2, 2))
    levels = levels + rng.normal(size=(1, 3, 2, 2)) + 0.5 * design.support[:, :, None]
    found = permutation_test(fit, stage_of(design, levels), seed=1)
    within = found[WITHIN_COUNTRY]
    assert within.exact
    assert within.drawn.sizes["map"] == 3**6
    np.testing.assert_allclose(within.observed.sel(group=["officials", "private sector"]), 0.5)
    # Maps that leave nothing to compare count as no less extreme, as do ties.
    one = within.drawn.sel(group="officials")
    less = int((one < 0.5 - 1e-6).sum())
    assert int(one.isnull().sum()) > 0
    assert float(within.p_greater.sel(group="officials")) == pytest.approx(1 - less / 3**6)
    assert (within.p_greater < 0.02).all()


def test_p_values_count_the_observed_map():
    drawn = xr.DataArray(np.arange(99.0), dims="map")
    sample = Permutations(False, drawn[94] + 0.5, drawn)
    assert float(sample.p_greater) == pytest.approx((1 + 4) / 100)
    assert float(sample.p_less) == pytest.approx((1 + 95) / 100)
    assert float(sample.p) == pytest.approx(0.1)
    assert float(sample.mcse) == pytest.approx(2 * np.sqrt(0.05 * 0.95 / 99))
    every = Permutations(True, drawn[94], drawn)
    assert float(every.p_greater) == pytest.approx(5 / 99)
    assert float(every.mcse) == 0.0


def test_the_joint_statistic_is_of_one_map_for_both_groups(make_fit):
    fit = make_fit(countries=COUNTRIES, supported=SUPPORTED)
    rng = np.random.default_rng(6)
    officials = rng.normal(size=(6, 3, 1, 2))
    levels = np.concatenate([officials, 2 * officials], axis=2)  # the same but for the unit
    found = permutation_test(fit, stage_of(fit.design, levels), seed=1)
    for scheme in SCHEMES:
        one = found[scheme]
        for name in ("p_greater", "p_less"):
            np.testing.assert_allclose(getattr(one, name), getattr(one, name)[0])


def test_without_support_there_is_a_reason_and_no_p_value(make_fit):
    fit = make_fit(countries=COUNTRIES)
    with pytest.raises(IdentificationError, match="support"):
        permutation_test(fit, stage_of(fit.design, np.zeros(fit.design.observed.shape)), seed=1)


def test_tables_are_as_declared(make_fit):
    fit = make_fit(countries=COUNTRIES, supported=SUPPORTED)
    levels = np.random.default_rng(7).normal(size=fit.design.observed.shape)
    found = permutation_test(fit, stage_of(fit.design, levels), seed=1)
    table, bins = permutation_table(found, fit), distribution_table(found, fit)
    assert list(table) == [column.name for column in TABLES["permutations"]]
    assert list(bins) == [column.name for column in TABLES["permutation_distribution"]]
    assert list(table["group"]) == ["officials", "private sector", ""] * 2
    # The statistic of all groups together is an effect of nothing.
    for each in (table, bins):
        told = each["assumption"].str.startswith("Assumption (permutation)")
        assert (told == (each["group"] != "")).all()
    counted = bins.groupby(["group", "scheme"])["maps"].sum()
    told = {
        (group, scheme): int(found[scheme].drawn.sel(group=group).notnull().sum())
        for scheme in SCHEMES
        for group in ("officials", "private sector", "")
    }
    assert counted.to_dict() == told
