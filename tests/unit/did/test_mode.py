"""No effect of support where wave and mode coincide, unless the study says what to assume."""

import dataclasses

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.did.drift import drift_table
from cips_models.did.statements import identifying_statements
from cips_models.errors import IdentificationError
from made_by_hand import as_kept

SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], bool)
SAID = "The mode is taken to be of no consequence."


@pytest.fixture(scope="module")
def plain(make_fit):
    return make_fit(countries=("C0", "C1", "C2", "C3"), waves="12", supported=SUPPORTED)


def with_modes(fit, groups, *, sd=np.nan, said=""):
    """Tablets at the first wave and online at the second, in some groups; else tablets alone."""
    labels = {d: fit.posterior[d].to_numpy() for d in ("country", "group", "wave")}
    labels["stratum"] = ["online", "tablet"]
    counts = xr.DataArray(np.zeros((4, 2, 2, 2), dtype=int), labels, tuple(labels))
    counts.loc[{"stratum": "tablet"}] = 30
    counts.loc[{"group": groups, "wave": "2"}] = [30, 0]
    composition = xr.Dataset(
        {"respondents": counts, "mode": ("stratum", ["online", "tablet"])},
        attrs={"mode_sd": sd, "assumption": said},
    )
    return dataclasses.replace(fit, composition=as_kept(composition))


def test_effects_are_refused_where_wave_and_mode_coincide(plain):
    fit = with_modes(plain, ["officials", "private sector"])
    with pytest.raises(IdentificationError, match="answered in different modes"):
        cips.effects(fit)
    claims = {r.claim for r in cips.refusals(fit) if "different modes" in r.reason}
    assert claims == {
        f"{claim}, {group}"
        for claim in ("Change from 1 to 2", "Effect of support")
        for group in ("officials", "private sector")
    }


def test_another_group_keeps_its_effects(plain):
    fit = with_modes(plain, ["officials"])
    found, before = cips.effects(fit), cips.effects(plain)
    for name in ("att", "att_points", "new_country", "att_country"):
        assert found[name].sel(group="officials").isnull().all()
        own = {"group": "private sector"}
        xr.testing.assert_allclose(found[name].sel(own), before[name].sel(own))
    officials, others = identifying_statements(fit)
    assert "different modes" in officials
    assert others.startswith("Private sector: the average effect")


def test_what_is_assumed_is_said_with_the_effect(plain):
    fit = with_modes(plain, ["officials", "private sector"], sd=0.0, said=SAID)
    assert cips.effects(fit).attrs["assumption"] == SAID
    assert identifying_statements(fit)[-1] == SAID
    assert "assumption" not in cips.effects(plain).attrs


def test_amounts_of_drift_are_not_compared_where_nothing_can_be_told(plain):
    sds = xr.DataArray(
        np.full((2, 25, 2), 0.1),
        {"item_term": ["item_wave", "item_country_wave"]},
        ("chain", "draw", "item_term"),
    )
    fit = with_modes(plain, ["officials", "private sector"])
    refused = dataclasses.replace(fit, posterior=fit.posterior.assign(item_sd=sds))
    assert drift_table({1.0: refused}).empty
    told = dataclasses.replace(plain, posterior=refused.posterior)
    assert set(drift_table({1.0: told})["estimand"]) == {"pooled change", "ATT"}


def test_drift_is_that_of_the_waves_compared(make_fit):
    """C0 was seen at 1 and 2, C1 at 2 and 3: from the first wave to the last there is no change."""
    fit = make_fit({"C0": "12", "C1": "23"}, countries=("C0", "C1"), waves=("1", "2", "3"))
    sds = xr.DataArray(
        np.full((2, 25, 2), 0.1),
        {"item_term": ["item_wave", "item_country_wave"]},
        ("chain", "draw", "item_term"),
    )
    fit = dataclasses.replace(fit, posterior=fit.posterior.assign(item_sd=sds))
    for pairs, waves in ((None, ("1", "2")), ([("2", "3")], ("2", "3"))):
        table = drift_table({1.0: fit}, pairs).query("scale == 'latent' and factor != ''")
        assert set(zip(table["from"], table["to"], strict=True)) == {waves}
        change = cips.changes(fit, start=waves[0], end=waves[1])["latent"]
        expected = change.mean("country").mean(("chain", "draw")).to_series()
        found = table.set_index(["factor", "group"])
        np.testing.assert_allclose(found["mean"], expected[found.index])
        items = {"officials": (2, 2, 1), "private sector": (1, 2, 1)}  # one step, one country
        for group, asked in items.items():
            alone = found.xs(group, level="group")["drift_alone"]
            np.testing.assert_allclose(alone, 1.96 * np.sqrt(2 * 0.1**2 / np.array(asked)))
    assert drift_table({1.0: fit}, [("1", "3")]).empty
