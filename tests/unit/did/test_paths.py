"""Effects wave by wave: a world that is known, and averages by time since support began."""

import dataclasses

import numpy as np
import pytest

import cips_models as cips
from cips_models.did.outcomes import paths_table
from cips_models.did.paths import by_time
from cips_models.errors import IdentificationError

COUNTRIES = tuple(f"C{c}" for c in range(6))
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 0]], bool)
#: Support from the second wave on in C0 to C2, from the third in C3 and C4.
START = np.array([[1], [1], [1], [2], [2], [1]]) * np.ones((6, 3), int)
WAVES = ("2019", "2021", "2024", "2025")


@pytest.fixture(scope="module")
def plain(make_fit):
    seen = {"C1": ("2019", "2021", "2025")}
    return make_fit(seen, countries=COUNTRIES, waves=WAVES, supported=SUPPORTED, start=START)


@pytest.fixture(scope="module")
def fit(plain):
    """Trends parallel in logits, but for a logit for every year since support began."""
    rng = np.random.default_rng(2)
    level = plain.posterior["level"].copy()
    shape = ((2, 25, 6, 3, 2, 1), (2, 25, 6, 1, 2, 4), (2, 25, 1, 3, 2, 4))
    level.values[:] = sum(rng.normal(size=size) for size in shape)
    years = np.array([2019, 2021, 2024, 2025])
    since = years - years[START][:, :, None]
    effect = np.where(plain.design.support, since, 0.0)
    level.values[:] += effect[:, :, None, :]
    return dataclasses.replace(plain, posterior=plain.posterior.assign(level=level))


@pytest.mark.parametrize("before", ["all", "last"])
def test_a_growing_effect_is_found_wave_by_wave(fit, before):
    found = cips.effect_paths(fit, scales=("latent",), before=before)
    latent = found["latent"]
    told = latent.isel(chain=0, draw=0).notnull()
    for at in np.argwhere(told.to_numpy()):
        place = dict(zip(told.dims, at, strict=True))
        expected = float(found["since"].isel(place))
        np.testing.assert_allclose(latent.isel(place), expected, atol=1e-9)
    # C1 was away in 2024; C3 and C4 have no support in 2021.
    assert told.sel(country="C1", factor="F2", group="officials").values.tolist() == [
        False, True, False, True,
    ]  # fmt: skip
    assert told.sel(country="C3", factor="F1", group="officials").values.tolist() == [
        False, False, True, True,
    ]  # fmt: skip


def test_averages_by_time_are_of_the_cells_that_are_there(fit):
    found = cips.effect_paths(fit, scales=("latent",))
    average = by_time(fit, found)
    assert average["since"].values.tolist() == [0.0, 1.0, 3.0, 4.0]
    assert average["cells"].sel(group="officials").values.tolist() == [5, 2, 2, 3]
    for since in (0.0, 1.0, 3.0, 4.0):
        np.testing.assert_allclose(average["latent"].sel(since=since), since, atol=1e-9)


def test_the_mean_over_last_waves_is_the_imputation_estimator(plain):
    """A second route: weights of the whole estimate at once, on any levels."""
    from cips_models.did.contrast import comparison

    found = cips.effect_paths(plain, scales=("latent",))["latent"]
    for g, group in enumerate(plain.design.groups):
        one = comparison(plain.design, g)
        level = plain.posterior["level"].sel(group=group).to_numpy()
        expected = np.einsum("cdkfw,kfw->cd", level, one.weights)
        each = [found.sel(group=group).isel(country=c, factor=f, wave=w) for c, f, w in one.targets]
        np.testing.assert_allclose(sum(each) / len(each), expected, atol=1e-10)


def test_the_table_holds_cells_and_averages_with_what_they_are(fit):
    table = paths_table(fit)
    average = table[table["estimand"] == "ATT by time since support"]
    assert set(average["scale"]) == {"latent", "percent"}
    assert (table["population"] != "").all()
    assert table["comparison"].str.contains("wave by wave").all()
    assert not table["population"].str.contains("at the last").any()
    latent = average[(average["scale"] == "latent") & (average["group"] == "officials")]
    np.testing.assert_allclose(latent["mean"], latent["since"], atol=1e-9)
    single = table[(table["estimand"] == "effect on a cell") & (table["scale"] == "latent")]
    np.testing.assert_allclose(single["mean"], single["since"], atol=1e-9)
    assert (single["wave"] != "").all()
    assert (single["cells"] == 1).all()


def test_two_waves_have_no_path(make_fit):
    assert paths_table(make_fit(countries=COUNTRIES, supported=SUPPORTED)).empty


def test_what_cannot_be_compared_is_refused(make_fit, fit):
    with pytest.raises(IdentificationError, match="others to be compared with"):
        cips.effect_paths(make_fit(countries=COUNTRIES, waves=WAVES))
    with pytest.raises(IdentificationError, match="'first'; expected 'all' or 'last'"):
        cips.effect_paths(fit, before="first")
