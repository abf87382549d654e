"""The generative truth has the structure that the model assumes."""

from dataclasses import replace

import numpy as np
import pytest

from cips_models.survey.simulation.questionnaire import ANATOMY, GROUPS, codebook
from cips_models.survey.simulation.selection import support_lowest_observed, support_regardless
from cips_models.survey.simulation.world import WORLDS, World, draw_cells, draw_items


@pytest.mark.parametrize("effect", ["real", "none"])
def test_scale_and_origin_sum_to_zero(written, effect):
    truth = written(effect).truth()
    items = written(effect).toml("codebook.toml")["items"]
    block = [f"{item['factor']}/{item['groups'][0]}" for item in items]
    location = truth["thresholds"].mean("threshold", skipna=True)
    for values in (truth["log_a"], location):
        sums = values.to_series().groupby(block).sum()
        assert len(sums) == 20
        assert sums.abs().max() < 1e-12
    assert truth["log_a"].std() > 0.1
    np.testing.assert_allclose(np.log(truth["loading"]).mean("factor"), 0, atol=1e-12)


def test_thresholds_increase_and_number_levels_less_one(written):
    truth, book = written().truth(), written().toml("codebook.toml")
    for item in book["items"]:
        own = truth["thresholds"].sel(item=item["id"]).dropna("threshold").values
        assert len(own) == len(book["scales"][item["scale"]]["levels"]) - 1
        assert (np.diff(own) > 0).all()


@pytest.mark.parametrize("effect", ["real", "none"])
def test_change_is_the_sum_of_its_parts(written, effect):
    truth = written(effect).truth()
    change = truth["mu"].sel(wave="2023") - truth["mu"].sel(wave="2021")
    parts = (
        truth["gamma"]
        + truth["delta_country"]
        + truth["delta_cell"]
        + truth["supported"].astype(int) * truth["att"]
    )
    followed = change.notnull()
    assert followed.sum() == 17 * 10 * 2
    np.testing.assert_allclose(
        change.where(followed, 0), parts.where(followed, 0).transpose(*change.dims), atol=1e-12
    )
    np.testing.assert_array_equal(
        change.transpose(*truth["change_latent"].dims), truth["change_latent"]
    )
    before = truth["beta"] + truth["alpha_country"] + truth["alpha_cell"]
    np.testing.assert_allclose(
        truth["mu"].sel(wave="2021"), before.transpose("country", "factor", "group"), atol=1e-12
    )


def test_latent_effect_is_the_att_of_supported_followed_cells(written):
    truth = written("real").truth()
    treated = truth["supported"].astype(bool) & truth["change_latent"].notnull()
    effect = truth["effect_latent"]
    assert (effect.notnull() == treated.transpose(*effect.dims)).all()
    np.testing.assert_allclose(
        effect.fillna(0), truth["att"].where(treated, 0).transpose(*effect.dims), atol=1e-12
    )
    for scale in ("latent", "percent", "score"):
        assert (truth[f"average_effect_{scale}"] > 0).all()
    assert truth["average_effect_latent"].sel(group="officials") == pytest.approx(0.19, abs=0.1)


def test_no_effect_is_exactly_none(written):
    truth = written("none").truth()
    assert (truth["att"] == 0).all()
    for scale in ("latent", "percent", "score"):
        assert (truth[f"effect_{scale}"].fillna(0) == 0).all()
        assert (truth[f"average_effect_{scale}"] == 0).all()
    assert truth["effect_latent"].notnull().any()


def test_about_half_of_the_factors_in_varying_numbers(written):
    for effect in ("real", "none"):
        counts = written(effect).truth()["supported"].astype(int).sum("factor")
        assert counts.min() >= 3
        assert counts.max() <= 7
        assert len(np.unique(counts)) > 2
        assert counts.mean() == pytest.approx(5, abs=1)


def test_shocks_have_the_declared_spread_and_correlation(rng):
    world = World(
        shift=(0.3, 0.1),
        kappa=0.3,
        att=(0.2, 0.1),
        att_factor_sd=0.1,
        country_shock_sd=0.2,
        cell_shock_sd=0.15,
    )
    cells = draw_cells(4000, 10, world, rng)
    assert np.corrcoef(cells.delta_country.T)[0, 1] == pytest.approx(0.6, abs=0.05)
    assert cells.delta_country.std() == pytest.approx(0.2, rel=0.05)
    alpha, delta = cells.alpha_cell.ravel(), cells.delta_cell.ravel()
    slope = (alpha @ delta) / (alpha @ alpha)
    assert slope == pytest.approx(-0.3, abs=0.01)
    rest = (delta - slope * alpha).reshape(-1, 2)
    assert rest.std() == pytest.approx(0.15, rel=0.02)
    assert np.corrcoef(rest.T)[0, 1] == pytest.approx(0.5, abs=0.02)
    assert cells.alpha_cell.mean(axis=(0, 1)) == pytest.approx(0, abs=0.01)
    assert (cells.mu(np.ones((4000, 10), bool)) - cells.mu(np.zeros((4000, 10), bool)))[
        ..., 1
    ] == pytest.approx(cells.att)


def test_item_draws_follow_the_world(rng):
    book = codebook(ANATOMY["cips"])
    flat = replace(WORLDS["cips", "real"], log_a_sd=0.0, location_sd=0.0)
    items = draw_items(book, tuple(GROUPS.values()), flat, rng)
    assert (items.log_a == 0).all()
    np.testing.assert_allclose(np.nanmean(items.thresholds, axis=1), 0, atol=1e-12)


def test_support_follows_what_was_observed(rng):
    scores = rng.normal(60, 8, (25, 10, 2, 2))
    world = World(shift=(0, 0), officials_voice=0.7)
    supported = support_lowest_observed(scores, world, rng)
    concern = 0.7 * scores[:, :, 0, 0] + 0.3 * scores[:, :, 1, 0]
    for row, chosen in zip(concern, supported, strict=True):
        assert row[chosen].max() < row[~chosen].min()


def test_support_by_lot_ignores_everything(rng):
    supported = support_regardless(4000, 10, rng)
    np.testing.assert_allclose(supported.mean(axis=0), 0.5, atol=0.04)
    assert set(supported.sum(axis=1)) == {3, 4, 5, 6, 7}
