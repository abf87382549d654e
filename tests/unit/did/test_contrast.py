"""Which cells are compared, and imputation against worlds whose answer is known."""

import numpy as np
import pytest

from cips_models.did.contrast import Comparison, comparison, imputation_weights

COUNTRIES = tuple(f"C{c}" for c in range(6))
FACTORS = ("F1", "F2", "F3")
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 1, 0]], bool)
#: Every subset of three waves that can show a change, and all starts.
SEEN = {"C1": "12", "C2": "23", "C3": "13"}
START = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 2], [2, 0, 0], [0, 2, 0], [1, 2, 0]])


@pytest.fixture(scope="module")
def three_waves(make_fit):
    return make_fit(SEEN, countries=COUNTRIES, waves="123", supported=SUPPORTED, start=START)


def world(design, effect, seed=1):
    """Levels (followed, factor, wave) with parallel trends, and the effect of each cell."""
    rng = np.random.default_rng(seed)
    countries, factors, waves = len(design.followed), len(design.factors), len(design.waves)
    level = rng.normal(size=(countries, factors, 1)) + rng.normal(size=(countries, 1, waves))
    level = level + rng.normal(size=(1, factors, waves))
    return level + effect[:, :, None] * design.support[design.followed]


def two_way(design, change):
    """The textbook estimator for two waves: fitted country and factor effects of controls."""
    compared = comparison(design, 0)
    countries, factors = change.shape
    country, factor = np.indices(change.shape)
    dummies = np.concatenate([np.eye(countries)[country], np.eye(factors)[factor]], axis=2)
    fitted, *_ = np.linalg.lstsq(dummies[compared.control], change[compared.control], rcond=None)
    return (change - dummies @ fitted)[compared.treated].mean()


def test_with_two_waves_it_is_the_comparison_of_changes(make_fit):
    design = make_fit(countries=COUNTRIES, supported=SUPPORTED).design
    level = np.random.default_rng(2).normal(size=(6, 3, 2))
    weights = imputation_weights(comparison(design, 0))
    np.testing.assert_allclose(weights[..., 0], -weights[..., 1], atol=1e-12)
    change = level[..., 1] - level[..., 0]
    assert (weights * level).sum() == pytest.approx(two_way(design, change))


@pytest.mark.parametrize("waves", [2, 3])
def test_a_survey_of_full_size_is_identified(waves):
    """The matrix is singular by construction: rounding must not pass for a direction in it."""
    rng = np.random.default_rng(5)
    treated = rng.permuted(np.tile(np.arange(10) < 4, (17, 1)), axis=1)
    untreated = np.ones((17, 10, waves), dtype=bool)
    untreated[..., -1] = ~treated
    last = np.full(treated.shape, waves - 1)
    compared = Comparison(treated, ~treated, np.zeros_like(treated), untreated, last)
    assert compared.identified
    effect = rng.normal(size=treated.shape)
    level = rng.normal(size=(17, 10, 1)) + rng.normal(size=(17, 1, waves))
    level = level + rng.normal(size=(1, 10, waves))
    level[..., -1] += effect * treated
    assert (compared.weights * level).sum() == pytest.approx(effect[treated].mean())


def test_cells_count_over_their_own_waves(three_waves):
    compared = comparison(three_waves.design, 0)
    # C1 left before the third wave, C2 came with the second, C3 was away at the second.
    assert compared.last.tolist() == [[2] * 3, [1] * 3, [2] * 3, [2] * 3, [2] * 3, [2] * 3]
    np.testing.assert_array_equal(compared.treated, SUPPORTED)
    np.testing.assert_array_equal(compared.control, ~SUPPORTED)
    assert compared.untreated[1].tolist() == [[1, 1, 0], [1, 0, 0], [1, 1, 0]]
    assert compared.untreated[2].tolist() == [[0, 1, 1], [0, 1, 1], [0, 1, 0]]
    assert (compared.countries, compared.factors, compared.cells) == (6, 3, 7)
    assert compared.already_treated == 0


def test_imputation_finds_the_effect_whatever_the_waves(three_waves):
    design = three_waves.design
    effect = np.random.default_rng(3).normal(size=SUPPORTED.shape)
    weights = imputation_weights(comparison(design, 0))
    found = (weights * world(design, effect)).sum()
    assert found == pytest.approx(effect[SUPPORTED].mean())
    # It would not, were a cell's change taken for one over the same waves as any other's.
    level = world(design, effect)
    observed = design.observed[:, :, 0]
    first, last = observed.argmax(axis=2), 2 - observed[:, :, ::-1].argmax(axis=2)
    change = np.take_along_axis(level, last[..., None], 2) - np.take_along_axis(
        level, first[..., None], 2
    )
    assert abs(two_way(design, change[..., 0]) - effect[SUPPORTED].mean()) > 0.05


def test_nobody_where_nothing_was_seen_counts(three_waves):
    weights = imputation_weights(comparison(three_waves.design, 0))
    assert not weights[~three_waves.design.observed[:, :, 0]].any()


def test_what_was_supported_when_first_seen_is_set_aside(make_fit):
    """C0 / F1 from the first wave on; private sector came to C1 with the second wave only."""
    start = np.where(SUPPORTED, 1, 0)
    start[0, 0] = 0
    fit = make_fit(
        {"C1 / private sector": "23"},
        countries=COUNTRIES, waves="123", supported=SUPPORTED, start=start,
    )  # fmt: skip
    officials, private = (comparison(fit.design, g) for g in range(2))
    assert np.argwhere(officials.already).tolist() == [[0, 0]]
    assert np.argwhere(private.already).tolist() == [[0, 0], [1, 1]]
    assert (officials.cells, private.cells) == (6, 5)
    for each in (officials, private):
        assert not (each.already & (each.treated | each.control)).any()
        assert not each.weights[each.already].any()


@pytest.mark.parametrize(
    ("supported", "identified"),
    [
        (np.repeat([[1], [1], [0], [0], [0], [1]], 3, axis=1), False),  # whole countries
        (np.tile([[1, 0, 0]], (6, 1)), False),  # a factor everywhere
        (SUPPORTED, True),
    ],
)
def test_without_anything_to_compare_nothing_is_identified(make_fit, supported, identified):
    design = make_fit(countries=COUNTRIES, supported=supported.astype(bool)).design
    compared = comparison(design, 0)
    assert compared.cells > 0
    assert compared.identified == identified
    assert np.isnan(compared.weights).all() != identified
