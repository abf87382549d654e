"""The county example of Callaway & Sant'Anna: group-time effects, and averages in a second step.

Mean log teen employment (``lemp``) of US counties by year, 2003-2007, and by the year in which
their state raised its minimum wage; 309 counties never did.  Computed once from ``mpdta`` of the
R package ``did`` (Callaway & Sant'Anna 2021, Journal of Econometrics 225, 200-230), without
covariates, with the never treated for comparison.
"""

import numpy as np
import pytest
import xarray as xr

from cips_models.did.imputation import from_the_last_wave_before, imputation, imputed
from cips_models.did.weighting import averaged

YEARS = (2003, 2004, 2005, 2006, 2007)
LEMP = {
    0: (5.6546300225, 5.5919999981, 5.6048084338, 5.6388962821, 5.6611325404),
    2004: (6.1796968336, 6.1065635630, 6.0594520867, 6.0267043543, 6.0853879884),
    2006: (6.5739936282, 6.5178837163, 6.5279413332, 6.5574345745, 6.5430409682),
    2007: (5.8429064964, 5.8107831276, 5.8208656703, 5.8238663992, 5.8200482468),
}
COUNTIES = {0: 309, 2004: 20, 2006: 40, 2007: 131}
#: As published, to four decimals.
GROUP_TIME = {
    (2004, 2004): -0.0105, (2004, 2005): -0.0704, (2004, 2006): -0.1373, (2004, 2007): -0.1008,
    (2006, 2006): -0.0046, (2006, 2007): -0.0412, (2007, 2007): -0.0261,
}  # fmt: skip


@pytest.fixture(scope="module")
def level() -> xr.DataArray:
    values = np.array(list(LEMP.values()))[None, None, :, None, :]
    labels = {"country": list(LEMP), "factor": ["lemp"], "wave": list(YEARS)}
    return xr.DataArray(values, labels, ("chain", "draw", "country", "factor", "wave"))


@pytest.fixture(scope="module")
def untreated() -> np.ndarray:
    start = np.array([year or np.inf for year in LEMP])
    return (np.array(YEARS) < start[:, None])[:, None, :]


@pytest.fixture(scope="module")
def effects(level: xr.DataArray, untreated: np.ndarray) -> xr.DataArray:
    targets = np.argwhere(~untreated)
    never = untreated.all(axis=2)
    weights = from_the_last_wave_before(untreated, never, targets, within=False)
    return imputed(level, targets, weights).isel(chain=0, draw=0, factor=0)


def test_group_time_effects_are_those_published(effects: xr.DataArray) -> None:
    assert int(effects.notnull().sum()) == len(GROUP_TIME)
    for (group, year), published in GROUP_TIME.items():
        found = float(effects.sel(country=group, wave=year))
        assert round(found, 4) == published


def test_averages_are_those_published(effects: xr.DataArray) -> None:
    """-0.0400 of all, -0.0310 by group; by time since, by year: from the published effects."""
    size = xr.DataArray(list(COUNTIES.values()), {"country": list(COUNTIES)}, ("country",))
    size = size.astype(float)
    simple = averaged(effects, size, "country", "wave")
    assert round(float(simple), 4) == -0.0400
    by_group = averaged(effects, xr.ones_like(size), "wave")
    assert round(float(averaged(by_group, size, "country")), 4) == -0.0310
    since = effects["wave"] - effects["country"]
    for years in range(4):
        mine = averaged(effects.where(since == years), size, "country", "wave")
        pairs = [(g, y) for g, y in GROUP_TIME if y - g == years]
        expected = np.average(
            [GROUP_TIME[pair] for pair in pairs], weights=[COUNTIES[group] for group, _ in pairs]
        )
        assert float(mine) == pytest.approx(expected, abs=1e-4)
    for year in YEARS[1:]:
        groups = [g for g, y in GROUP_TIME if y == year]
        expected = np.average(
            [GROUP_TIME[g, year] for g in groups], weights=[COUNTIES[g] for g in groups]
        )
        mine = averaged(effects, size, "country").sel(wave=year)
        assert float(mine) == pytest.approx(expected, abs=1e-4)


def test_imputation_from_all_earlier_years_is_a_regression(
    level: xr.DataArray, untreated: np.ndarray
) -> None:
    """Group and year effects fitted to what was not treated (Borusyak, Jaravel & Spiess 2024)."""
    targets = np.argwhere(~untreated)
    found = imputed(level, targets, imputation(untreated, targets, within=False))
    group, year = np.indices((4, 5))
    columns = np.concatenate([np.eye(4)[group], np.eye(5)[year]], axis=2)
    values, kept = level.to_numpy()[0, 0, :, 0], untreated[:, 0]
    fitted, *_ = np.linalg.lstsq(columns[kept], values[kept], rcond=None)
    expected = np.where(kept, np.nan, values - columns @ fitted)
    np.testing.assert_allclose(found[0, 0, :, 0], expected, atol=1e-10)


def test_with_one_year_before_both_are_the_same(level: xr.DataArray) -> None:
    pair = level.isel(wave=[0, 1])
    untreated = np.array([[True, year != 2004] for year in LEMP])[:, None, :]
    targets = np.argwhere(~untreated)
    never = untreated.all(axis=2)
    every = imputation(untreated, targets, within=False)
    last = from_the_last_wave_before(untreated, never, targets, within=False)
    np.testing.assert_allclose(every, last, atol=1e-12)
    assert float(imputed(pair, targets, every).sum()) != 0.0
