"""The published headline, recomputed from the files, arises in both worlds."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from cips_models.errors import CipsError
from cips_models.survey.simulation import draw
from cips_models.survey.simulation.draw import surveys
from cips_models.survey.simulation.world import WORLDS

PUBLISHED = {
    ("officials", "supported"): 85,
    ("officials", "unsupported"): 73,
    ("private sector", "supported"): 72,
    ("private sector", "unsupported"): 61,
}


def headline(written, support=None):
    """Per cent of cells whose mean score rose, by group and support, from the files."""
    support = written.support() if support is None else support
    answers = written.answers().dropna(subset="points")
    scores = answers.groupby(["country", "factor", "group", "wave"])["points"].mean().unstack()
    rose = (scores["2023"] > scores["2021"])[scores["2023"].notna()].rename("rose").reset_index()
    table = rose.merge(support, on=["country", "factor"])
    table["support"] = np.where(table["supported"] == 1, "supported", "unsupported")
    return 100 * table.groupby(["group", "support"])["rose"].mean()


@pytest.mark.parametrize("effect", ["real", "none"])
@pytest.mark.parametrize("seed", [1, 3])
def test_raw_headline_is_within_four_points_of_the_published(written, effect, seed):
    shares = headline(written(effect, seed))
    assert set(shares.index) == set(PUBLISHED)
    for key, published in PUBLISHED.items():
        assert abs(shares[key] - published) <= 4, key


@pytest.mark.parametrize("effect", ["real", "none"])
def test_truth_states_the_headline_that_the_files_give(written, effect):
    truth = written(effect).truth()["raw_headline"].to_series()
    np.testing.assert_allclose(headline(written(effect)).reindex(truth.index), truth)


@pytest.mark.parametrize("dim", ["country", "factor"])
def test_a_permuted_support_table_gives_another_headline(written, dim):
    for effect in ("real", "none"):
        support = written(effect).support()
        labels = support[dim].unique()
        other = dict(zip(labels, np.roll(labels, 1), strict=True))
        permuted = support.assign(**{dim: support[dim].map(other)})
        truth = written(effect).truth()["raw_headline"].to_series()
        shares = headline(written(effect), permuted).reindex(truth.index)
        assert (shares - truth).abs().max() > 1


@pytest.mark.parametrize("effect", ["real", "none"])
def test_worlds_give_the_headline_on_average_and_support_follows_no_shock(effect, rng):
    """Conditioning on the headline then selects typical worlds, not freak ones."""
    shares, contrasts = [], []
    for survey in islice(surveys("small", effect, rng), 200):
        shares.append(survey.headline)
        followed = survey.roster.followed
        lost = WORLDS["small", effect].kappa * survey.cells.alpha_cell
        trend = (survey.cells.delta_cell + lost)[followed]
        trend = trend - trend.mean(axis=1, keepdims=True)
        chosen = survey.supported[followed]
        contrasts.append(trend[chosen].mean(axis=0) - trend[~chosen].mean(axis=0))
    published = np.array(list(PUBLISHED.values())).reshape(2, 2)
    # Monte Carlo standard errors are about 0.5 points.
    np.testing.assert_allclose(np.mean(shares, axis=0), published, atol=2.5)
    error = np.std(contrasts, axis=0, ddof=1) / np.sqrt(len(contrasts))
    assert (np.abs(np.mean(contrasts, axis=0)) < 4 * error).all()
    assert (error < 0.003).all()


def test_a_world_that_cannot_show_the_headline_is_refused(monkeypatch, rng):
    flat = {key: replace(world, shift=(-1.0, -1.0)) for key, world in WORLDS.items()}
    monkeypatch.setattr(draw, "WORLDS", flat)
    monkeypatch.setattr(draw, "MAX_ATTEMPTS", 3)
    with pytest.raises(CipsError, match="none of 3 worlds"):
        draw.draw_survey("small", "none", rng)


def test_support_follows_low_baselines_only_without_an_effect(written):
    gaps = {}
    for effect in ("real", "none"):
        first = written(effect).truth()["mu"].sel(wave="2021").mean("group")
        supported = written(effect).truth()["supported"].astype(bool)
        within = first - first.mean("factor")
        gaps[effect] = float(within.where(supported).mean() - within.where(~supported).mean())
    assert gaps["none"] < -0.1
    assert abs(gaps["real"]) < 0.1
