"""Effects of hand-made draws against loops; what cannot be told is refused."""

import dataclasses

import numpy as np
import pytest

import cips_models as cips
from cips_models.did.on_cells import cell_effects
from cips_models.did.refusals import effect_refusals, refusals, refusals_table
from cips_models.did.statements import identifying_statements
from cips_models.did.tables import COLUMNS, effects_table
from cips_models.errors import IdentificationError
from cips_models.estimands.scales import on_scale

COUNTRIES = ("C0", "C1", "C2", "C3")
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], bool)


@pytest.fixture(scope="module")
def fit(make_fit):
    """C1 left after the second wave, C2 came with it; private sector's C3 is late for its start."""
    return make_fit(
        {"C1": "12", "C2": "23", "C3 / private sector": "23"},
        countries=COUNTRIES, waves="123", supported=SUPPORTED,
        start=np.array([[1, 0, 0], [0, 1, 0], [0, 0, 2], [1, 0, 0]]),
    )  # fmt: skip


def test_points_are_taken_at_the_last_wave_of_each_cell(fit):
    found = cell_effects(fit, "percent")
    level, effect = fit.posterior["level"], fit.posterior["effect_cell"]
    cells = {("C0", "F1", "3"), ("C1", "F2", "2"), ("C2", "F3", "3"), ("C3", "F1", "3")}
    for country, factor, wave in cells:
        at = {"country": [country], "factor": [factor], "wave": [wave]}
        own = effect.sel(followed=country, factor=factor, drop=True)
        with_it = level.sel(at)
        gain = on_scale(with_it, fit, "percent") - on_scale(with_it - own, fit, "percent")
        mine = found.sel(country=country, factor=factor)
        np.testing.assert_allclose(
            mine.sel(group="officials"), gain.sel(group="officials").squeeze(), atol=1e-3
        )
        late = country == "C3"
        assert bool(mine.sel(group="private sector").isnull().all()) == late
    assert int(found.isel(chain=0, draw=0).notnull().sum()) == 4 + 3


def test_every_supported_cell_weighs_the_same(fit):
    found = cips.effects(fit)
    for scale in ("latent", "percent", "score"):
        each = cell_effects(fit, scale)
        np.testing.assert_allclose(
            found["att"].sel(scale=scale), each.mean(("country", "factor")), atol=1e-9
        )
    assert found["cells"].values.tolist() == [4, 3]
    assert found["already_treated"].values.tolist() == [0, 1]


def test_trends_in_points_are_imputed_from_levels_in_points(fit):
    """A world whose levels in points are parallel but for the effect: taken from outside."""
    from cips_models.did.contrast import comparison
    from cips_models.did.on_cells import _parallel_in_points

    rng = np.random.default_rng(4)
    design = fit.design
    level = fit.posterior["level"].copy()
    add = [rng.normal(size=size) for size in ((4, 3, 2, 1), (4, 1, 2, 3), (1, 3, 2, 3))]
    in_force = design.support[:, :, None, :]
    level.values[:] = sum(add) + 7.0 * in_force
    level = level.where(fit.design_data["observed"].astype(bool))
    found = _parallel_in_points(fit, level)
    supported = cell_effects(fit, "latent").notnull()
    np.testing.assert_array_equal(found.notnull(), supported)
    np.testing.assert_allclose(found.where(supported, 7.0), 7.0)
    assert comparison(design, 0).identified


def test_the_table_counts_and_the_statement_says_what_was_set_aside(fit):
    table = effects_table(fit)
    assert list(table.columns) == COLUMNS
    assert dict(zip(table["group"], table["already_treated"], strict=True)) == {
        "officials": 0, "private sector": 1,
    }  # fmt: skip
    officials, private = identifying_statements(fit)
    assert "with its own waves" in officials
    assert "under support when first seen" not in officials
    assert "one cell was under support when first seen" in private


def test_two_waves_are_named(make_fit):
    said = identifying_statements(make_fit(countries=COUNTRIES, supported=SUPPORTED))
    assert all(
        "on the 4 supported" in each and "both waves, 2021 and 2023" in each for each in said
    )


def test_support_of_several_intensities(make_fit):
    """The effect as given; and of one unit, on the same cells, from the same level without any."""
    given = SUPPORTED * np.array([[0.5], [1], [2], [4]])
    fit = make_fit(countries=COUNTRIES, supported=SUPPORTED, intensity=given)
    found, effect = cips.effects(fit), fit.posterior["effect_cell"]
    level = fit.posterior["level"].sel(wave=["2023"])
    means = {"latent": [], "percent": []}
    for c, f in np.argwhere(SUPPORTED):
        own = effect.isel(followed=c, factor=f, drop=True)
        without = level.isel(country=[c], factor=[f]) - own
        one = own / given[c, f]
        gain = on_scale(without + one, fit, "percent") - on_scale(without, fit, "percent")
        means["latent"].append(one)
        means["percent"].append(gain.squeeze(("country", "factor", "wave"), drop=True))
    for scale, each in means.items():
        expected = sum(each) / len(each)
        np.testing.assert_allclose(found["att_unit"].sel(scale=scale), expected, atol=2e-3)
    assert "ATT of one unit" in set(effects_table(fit)["estimand"])
    assert all("intensities from 0.5 to 4" in said for said in identifying_statements(fit))


def test_without_intensities_nothing_is_said_of_a_unit(fit):
    assert "att_unit" not in cips.effects(fit)
    assert "ATT of one unit" not in set(effects_table(fit)["estimand"])
    assert not any("intensit" in said for said in identifying_statements(fit))


# --- refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("survey", "reason"),
    [
        ({}, "The study has no support table"),
        ({"supported": np.zeros((4, 3), bool)}, "Support began between two waves"),
        ({"supported": SUPPORTED, "start": np.zeros((4, 3), int)}, "Support began between"),
        ({"supported": np.repeat([[1], [0], [0], [1]], 3, axis=1).astype(bool)}, "No supported"),
    ],
)
def test_an_effect_without_a_comparison_is_refused(make_fit, survey, reason):
    fit = make_fit(countries=COUNTRIES, **survey)
    with pytest.raises(IdentificationError, match=f"Effect of support.*{reason}"):
        cips.effects(fit)
    assert any(reason in refusal.reason for refusal in refusals(fit))


def test_a_group_without_a_comparison_is_left_out_and_listed(make_fit):
    late = {f"{country} / private sector": ("2023",) for country in COUNTRIES}
    fit = make_fit(late, countries=COUNTRIES, supported=SUPPORTED)
    found = cips.effects(fit)
    for name in ("att", "att_points", "new_country"):
        assert found[name].sel(group="private sector").isnull().all()
        assert found[name].sel(group="officials").notnull().all()
    (refused,) = effect_refusals(fit)
    assert refused.claim == "Effect of support, private sector"
    assert set(effects_table(fit)["group"]) == {"officials"}
    assert str(refused) == identifying_statements(fit)[1]


def test_trends_in_points_need_questions_in_every_wave(make_fit):
    fit = make_fit(countries=COUNTRIES, supported=SUPPORTED)
    book = fit.questionnaire.copy(deep=True)
    book["asked"].loc[{"question": "Q6", "wave": "2023"}] = 0
    other = dataclasses.replace(fit, questionnaire=book)
    assert effect_refusals(fit) == []
    (refused,) = effect_refusals(other)
    assert (refused.where, refused.scales) == ("F3", ("percent", "score"))
    points = cips.effects(other)["att_points"]
    assert points.sel(group="officials").isnull().all()
    assert points.sel(group="private sector").notnull().all()


def test_the_table_of_refusals_holds_each_once(fit):
    table = refusals_table(refusals(fit))
    assert not table.duplicated().any()
    assert table.notna().all(axis=None)
    assert (table["reason"].str.endswith(".") & table["remedy"].str.endswith(".")).all()
    assert "Change from 1 to 3" in set(table["claim"])
    assert "Difference of levels, officials less private sector" in set(table["claim"])


def test_cells_that_no_others_tell_are_counted_and_said(make_fit):
    """C3 had all its factors supported: the model has effects for them, imputation has none."""
    supported = SUPPORTED.copy()
    supported[3] = True
    fit = make_fit(countries=COUNTRIES, supported=supported)
    table = effects_table(fit)
    average = table[table["estimand"] == "ATT"].set_index("parallel_trends")
    assert set(average.loc["latent", "cells"]) == {6}
    assert set(average.loc["points", "cells"]) == {3}
    assert set(average.loc[["latent", "points"], "countries"]) == {3}
    (by_model,), (by_imputation,) = (
        set(average.loc[t, "population"]) for t in ("latent", "points")
    )
    assert by_model.startswith("the 6 supported")
    assert "(3 of them have no others to be compared with" in by_model
    assert by_imputation.startswith("the 3 supported")
    assert "(3 more have no others to be compared with" in by_imputation
    told = cell_effects(fit, "percent", trends="points").isel(chain=0, draw=0).notnull()
    assert int(told.sel(group="officials").sum()) == 3
