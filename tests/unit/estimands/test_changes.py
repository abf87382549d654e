"""Changes and pooled means against explicit loops."""

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.errors import IdentificationError
from cips_models.estimands.changes import pooled_changes, support_status
from cips_models.estimands.levels import pooled_levels

FOLLOWED = ["Aland", "Borduria", "Costaguana"]


def test_change_is_the_difference_of_levels(fit):
    found, level = cips.changes(fit), cips.levels(fit)
    assert list(found["country"].values) == FOLLOWED
    assert (found["from"].item(), found["to"].item()) == ("2021", "2023")
    for scale in ("latent", "percent", "score"):
        for c, f, g in np.ndindex(3, 2, 2):
            own = level[scale].values[:, :, c, f, g]
            np.testing.assert_array_equal(
                found[scale].values[..., c, f, g], own[..., 1] - own[..., 0]
            )
    missing = found["latent"].isnull().all(("chain", "draw"))
    assert int(missing.sum()) == 1
    assert missing.sel(country="Borduria", factor="Transparency", group="officials")


def test_levels_may_be_given(fit):
    xr.testing.assert_identical(cips.changes(fit, levels=cips.levels(fit)), cips.changes(fit))


def test_any_two_waves_may_be_compared(make_fit):
    fit = make_fit(waves=("1", "2", "3"))
    level = cips.levels(fit)["score"].sel(country=FOLLOWED)
    found = cips.changes(fit, start="2")["score"]
    np.testing.assert_array_equal(found, level.sel(wave="3") - level.sel(wave="2"))


@pytest.mark.parametrize(
    ("waves", "message"),
    [
        ({"end": "2030"}, "expected '2030' among them"),
        ({"start": "2023"}, "a later wave"),
        ({"start": "2023", "end": "2021"}, "a later wave"),
    ],
)
def test_waves_must_exist_and_be_in_order(fit, waves, message):
    with pytest.raises(IdentificationError, match=message):
        cips.changes(fit, **waves)


@pytest.mark.parametrize("anatomy", [{"followed": False}, {"waves": ("2021",)}])
def test_no_change_without_a_country_seen_twice(make_fit, anatomy):
    fit = make_fit(**anatomy)
    with pytest.raises(IdentificationError):
        cips.changes(fit)
    with pytest.raises(IdentificationError):
        cips.improved(fit)


def test_pooled_levels_weigh_followed_countries_equally(fit):
    level = cips.levels(fit)
    found = pooled_levels(level)
    for f, factor in enumerate(fit.design.factors):
        for g, group in enumerate(fit.design.groups):
            lacking = (factor, group) == ("Transparency", "officials")
            members = [0, 2] if lacking else [0, 1, 2]
            for w in range(2):
                own = found["percent"].sel(factor=factor, group=group).isel(wave=w)
                each = level["percent"].values[:, :, members, f, g, w]
                np.testing.assert_allclose(own, each.mean(axis=2))


def test_pooled_changes_are_changes_of_pooled_levels(fit):
    level = cips.levels(fit)
    change = cips.changes(fit, levels=level)
    by_factor = pooled_changes(change)
    pooled = pooled_levels(level)
    for scale in ("latent", "percent", "score"):
        moved = pooled[scale].isel(wave=1) - pooled[scale].isel(wave=0)
        np.testing.assert_allclose(by_factor[scale], moved)
        overall = pooled_changes(change, "country", "factor")[scale]
        np.testing.assert_allclose(overall, moved.values.mean(axis=2))
    assert by_factor["country"].item() == ""


def test_support_status_sets_aside_what_was_treated_before(fit, make_fit):
    status = support_status(fit.design)
    assert status.sel(country="Aland").values.tolist() == ["supported", "unsupported"]
    assert status.sel(country="Borduria").values.tolist() == ["supported", "supported"]
    assert status.sel(country="Costaguana").values.tolist() == ["unsupported", ""]
    assert (support_status(make_fit(support=False).design) == "").all()


def test_support_status_goes_by_the_waves_compared(make_fit):
    design = make_fit(waves=("1", "2", "3")).design
    assert support_status(design, "1", "2").values.tolist() == [
        ["unsupported", "unsupported"],
        ["unsupported", "unsupported"],
        ["unsupported", ""],
    ]
    xr.testing.assert_identical(support_status(design, "2", "3"), support_status(design))
