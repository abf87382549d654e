"""How support relates to starting points: hand-made draws against least squares and surveys."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

import cips_models as cips
from cips_models.did.bracket import union
from cips_models.did.selection import MOST_ODDS, StartingCells, selection_table
from cips_models.errors import IdentificationError
from cips_models.estimands.scales import on_scale
from cips_models.model.build import CellEstimates
from cips_models.tables import TABLES

COUNTRIES = ("C0", "C1", "C2", "C3")
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], bool)


@pytest.fixture(scope="module")
def fit(make_fit):
    """C1 came with the second wave; private sector's C3 was seen once."""
    return make_fit(
        {"C1": "23", "C3 / private sector": "2"},
        countries=COUNTRIES, waves="123", supported=SUPPORTED,
        start=np.array([[1, 0, 0], [0, 2, 0], [0, 0, 2], [1, 0, 0]]),
    )  # fmt: skip


def cells_of(fit, sd=0.1, shared=0.2):
    """Readings with noise of its own in every cell, and some that a country's factors share."""
    position = np.argwhere(fit.design.observed)
    mean = np.random.default_rng(2).normal(size=len(position))
    same = (position[:, None, [0, 2, 3]] == position[:, [0, 2, 3]]).all(axis=-1)
    within = sd**2 * np.eye(len(position)) + shared**2 * same
    return CellEstimates(position, mean, within, np.zeros((len(position), 0)))


def rows_of(fit, group):
    """Country, factor and first wave of cells seen twice."""
    observed = fit.design.observed[:, :, group]
    place = np.argwhere(observed.sum(axis=2) > 1)
    return np.column_stack([place, observed[tuple(place.T)].argmax(axis=1)])


def least_squares(place, y):
    """Coefficient of support, and the residuals without it, beside countries and factors."""
    columns = [place[:, d, None] == np.unique(place[:, d]) for d in (0, 1)]
    fixed = np.hstack(columns).astype(float)
    support = SUPPORTED[place[:, 0], place[:, 1]].astype(float)
    whole = np.column_stack([support, fixed])
    bare = y - fixed @ np.linalg.lstsq(fixed, y, rcond=None)[0]
    return np.linalg.lstsq(whole, y, rcond=None)[0][0], bare


@pytest.mark.parametrize("group", [0, 1])
def test_differences_are_those_of_least_squares(fit, group):
    found = cips.selection(fit)
    place = rows_of(fit, group)
    assert len(place) == (12, 9)[group]
    for scale in ("latent", "percent"):
        level = on_scale(fit.posterior["level"], fit, scale).isel(group=group)
        for draw in range(3):
            values = level.isel(chain=0, draw=draw).transpose("country", "factor", "wave")
            y = values.to_numpy()[tuple(place.T)]
            expected, bare = least_squares(place, y)
            one = found.isel(chain=0, draw=draw, group=group)
            assert float(one["difference"].sel(scale=scale)) == pytest.approx(expected)
            if scale == "latent":
                shown = one["baseline"].to_numpy()[tuple(place[:, :2].T)]
                np.testing.assert_allclose(shown, bare, atol=1e-9)


def test_noise_is_what_is_left_of_it_net_of_countries_and_factors(fit):
    """What a country's factors share is gone; what is left has the variance of a cell's own."""
    cells = cells_of(fit)
    found = cips.selection(fit, cells)
    place = rows_of(fit, 0)
    wanted = {tuple(p): m for p, m in zip(cells.position.tolist(), cells.mean, strict=True)}
    read = np.array([wanted[c, f, 0, w] for c, f, w in place.tolist()])
    expected, bare = least_squares(place, read)
    one = found.isel(group=0, chain=0, draw=0)
    assert float(found["read_difference"][0]) == pytest.approx(expected)
    np.testing.assert_allclose(one["read"].to_numpy()[tuple(place[:, :2].T)], bare, atol=1e-9)
    true = (one["baseline"] ** 2).sum() / (12 - 4 - 3 + 1)
    assert float(one["reliability"]) == pytest.approx(float(true / (true + 0.1**2)))
    gain = -(1 - float(one["reliability"])) * expected
    assert float(one["regression_to_mean"].sel(scale="latent")) == pytest.approx(gain)


def test_regression_to_the_mean_is_what_observed_means_gain():
    """Many countries supported where they read lowest, and nothing ever changes."""
    rng, shape = np.random.default_rng(3), (2000, 6)
    true = rng.normal(0, 0.3, shape)
    first, second = (true + rng.normal(0, 0.2, shape) for _ in range(2))
    supported = first.argsort(axis=1).argsort(axis=1) < 3
    place = np.argwhere(np.ones((200, 6), bool))
    fixed = np.column_stack([place[:, [d]] == np.unique(place[:, d]) for d in (0, 1)])
    net = np.eye(1200) - fixed @ np.linalg.pinv(fixed.astype(float))
    gains, formula = [], []
    for at in range(0, 2000, 200):
        own = slice(at, at + 200)
        start = StartingCells(np.insert(place, 2, 0, axis=1), supported[own].ravel(), net)
        weights = start.weights
        gains.append(weights @ (second - first)[own].ravel())
        reliability = 0.3**2 / (0.3**2 + 0.2**2)
        formula.append(-(1 - reliability) * (weights @ first[own].ravel()))
    # Stated before the run: within four standard errors of the ten differences' mean.
    error = np.subtract(gains, formula)
    assert abs(error.mean()) < 4 * error.std(ddof=1) / 10**0.5
    assert np.mean(formula) > 0.1


def test_the_odds_ratio_is_that_of_a_logistic_regression():
    """Normal starting points that differ by kind: the logistic slope is the difference / sd^2."""
    rng = np.random.default_rng(4)
    n = 3000
    supported = np.tile([True, False], n // 2)
    y = rng.normal(np.where(supported, -0.2, 0.2), 0.5)
    place = np.column_stack([np.arange(n), np.zeros((n, 2), int)])
    net = np.eye(n) - np.full((n, n), 1 / n)
    start = StartingCells(place, supported, net)

    odds = float(start.odds_ratio(y))
    within = np.concatenate([y[s] - y[s].mean() for s in (supported, ~supported)]).std()

    def loss(slope):
        eta = slope * (y - y.mean())
        return np.logaddexp(0, eta).sum() - eta[supported].sum()

    slope = minimize_scalar(loss, bounds=(-10, 10), method="bounded").x
    assert np.log(odds) == pytest.approx(-slope * within, rel=0.05)
    assert odds > 1.5


def few_cells(factors: int) -> StartingCells:
    """Two countries and as many factors, support in one cell."""
    cell = np.array([(c, f) for c in range(2) for f in range(factors)])
    fixed = np.column_stack([cell[:, [d]] == np.unique(cell[:, d]) for d in (0, 1)]).astype(float)
    net = np.eye(len(cell)) - fixed @ np.linalg.pinv(fixed)
    place = np.column_stack([cell, np.zeros(len(cell), int)])
    return StartingCells(place, np.arange(len(cell)) == 0, net)


def test_starts_that_tell_support_from_the_rest_have_large_odds_and_no_infinite_ones():
    start = few_cells(3)
    assert round(start.freedom) == 2
    apart = start.net @ start.supported  # nothing differs among cells alike in support
    found = start.odds_ratio(np.stack([-apart, apart, 1e-9 * apart]))
    np.testing.assert_allclose(found, [MOST_ODDS, 1 / MOST_ODDS, 1 / MOST_ODDS])


def test_without_cells_to_spare_there_are_no_odds():
    start = few_cells(2)
    assert round(start.freedom) == 1
    assert np.isnan(start.odds_ratio(np.array([[0.1, -0.2, 0.3, 0.0]]))).all()


def test_the_mean_of_odds_lies_within_their_interval(fit, monkeypatch):
    """A few enormous draws are the arithmetic mean; among twelve cells there are some."""
    size = fit.posterior.sizes["chain"] * fit.posterior.sizes["draw"]
    drawn = np.exp(np.linspace(-6, 12, size)).reshape(fit.posterior.sizes["chain"], -1)
    monkeypatch.setattr(StartingCells, "odds_ratio", lambda *_: drawn)
    table = selection_table(fit)
    odds = table[table["estimand"] == "odds ratio of support"]
    np.testing.assert_allclose(odds["mean"], np.exp(3), rtol=1e-6)
    assert ((odds["inner_lower"] < odds["mean"]) & (odds["mean"] < odds["inner_upper"])).all()
    assert drawn.mean() > odds["inner_upper"].max()


def test_the_table_has_the_declared_columns_and_every_cell(fit):
    table = selection_table(fit, cells_of(fit))
    assert list(table.columns) == [column.name for column in TABLES["selection"]]
    cells = table[table["estimand"] == "net baseline"]
    assert len(cells) == 12 + 9
    assert (cells["supported"] == "supported").sum() == 4 + 3
    assert cells["read"].notna().all()
    bare = selection_table(fit)
    assert not {"reliability", "regression to the mean"} & set(bare["estimand"])
    assert bare["read"].isna().all()


def test_without_a_comparison_it_is_refused(make_fit):
    with pytest.raises(IdentificationError, match="no support table"):
        cips.selection(make_fit(countries=COUNTRIES))


def test_the_union_reaches_from_the_lowest_to_the_highest_end(make_tables):
    effects = make_tables()["effects"]
    found = union(effects).set_index(["group", "scale"])
    rows = effects.query("estimand == 'ATT' and route == 'cut' and parallel_trends == 'latent'")
    for (group, scale), own in rows.groupby(["group", "scale"]):
        assert len(own) == 3
        ends = found.loc[(group, scale)]
        assert (ends["lower"], ends["upper"]) == (own["lower"].min(), own["upper"].max())
    assert union(effects[effects["specification"] != "exchangeable"]).empty
    assert isinstance(union(effects.iloc[:0]), pd.DataFrame)
