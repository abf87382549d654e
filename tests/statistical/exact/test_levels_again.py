"""Levels, changes, paths, improved shares, contrasts and drift by loops over draws and people.

Precision, stated beforehand: 1e-9 for latent levels, 5e-6 points for integrals over people.
"""

from dataclasses import replace

import numpy as np
import pytest

import cips_models as cips
from cips_models.did.drift import common_drift
from cips_models.estimands.changes import pooled_changes
from cips_models.estimands.items import item_drift, item_in_country
from cips_models.estimands.levels import pooled_levels

SCALES = ("latent", "percent", "score")
POINTS = 5e-6
ALL = (0, 1, 2)


def by_draw(array, *dims):
    """Values (draw, *dims), chains one after another."""
    values = array.transpose("chain", "draw", *dims).to_numpy()
    return values.reshape(-1, *values.shape[2:])


def cell_values(slowly, scale, waves=ALL, *, observed_people=False):
    """(draw, country, factor, group, wave), NaN in waves that are not wanted."""
    sizes = [len(x) for x in (slowly.countries, slowly.factors, slowly.groups, slowly.waves)]
    found = np.full((slowly.n, *sizes), np.nan)
    for c, f, g, w in slowly.cells():
        if w not in waves or not slowly.observed(c, f, g, w):
            continue
        people = slowly.respondents(c, g, w) if observed_people else None
        questions = slowly.reference(f, g, waves)
        for d in range(slowly.n):
            latent = slowly.draws["level"][d, c, f, g, w]
            found[d, c, f, g, w] = slowly.value(scale, d, c, f, g, w, latent, questions, people)
    return found


@pytest.fixture(scope="module")
def again(slowly):
    """Levels of the standard composition on every scale."""
    return {scale: cell_values(slowly, scale) for scale in SCALES}


@pytest.fixture(scope="module")
def moved(slowly):
    """Changes of the followed countries from the first to the last wave, on every scale."""
    found = {}
    for scale in SCALES:
        level = cell_values(slowly, scale, (0, 2))[:, slowly.followed()]
        found[scale] = level[..., 2] - level[..., 0]
    return found


CELL = ("country", "factor", "group", "wave")


def test_levels(odd_fit, again):
    found = cips.levels(odd_fit)
    for scale in SCALES:
        np.testing.assert_allclose(by_draw(found[scale], *CELL), again[scale], atol=POINTS)
    assert np.isnan(again["percent"]).any()
    assert np.nanstd(again["percent"]) > 5


def test_levels_as_composed(odd_fit, slowly, again):
    found = cips.levels(odd_fit, composition="observed")
    for scale in SCALES:
        own = cell_values(slowly, scale, observed_people=True)
        np.testing.assert_allclose(by_draw(found[scale], *CELL), own, atol=POINTS)
        assert np.nanmax(abs(own - again[scale])) > 0.01


def test_pooled_levels(odd_fit, slowly, again):
    found = pooled_levels(cips.levels(odd_fit))
    for scale in SCALES:
        for f, g, w in np.ndindex(3, 2, 3):
            own = [c for c in range(5) if len(slowly.seen(c, f, g)) >= 2]
            each = [again[scale][:, c, f, g, w] for c in own if slowly.observed(c, f, g, w)]
            np.testing.assert_allclose(
                by_draw(found[scale], *CELL[1:])[:, f, g, w], np.mean(each, axis=0), atol=POINTS
            )


def test_changes_and_pooled_changes(odd_fit, moved, slowly):
    found = cips.changes(odd_fit)
    assert [odd_fit.design.countries[c] for c in slowly.followed()] == list(found["country"])
    by_factor, overall = pooled_changes(found), pooled_changes(found, "country", "factor")
    for scale in SCALES:
        np.testing.assert_allclose(by_draw(found[scale], *CELL[:3]), moved[scale], atol=POINTS)
        for g in range(2):
            means = []
            for f in range(3):
                own = moved[scale][:, :, f, g]
                own = own[:, ~np.isnan(own).any(axis=0)]
                means.append(own.mean(axis=1))
                here = by_draw(by_factor[scale], "factor", "group")[:, f, g]
                np.testing.assert_allclose(here, means[-1], atol=POINTS)
            total = by_draw(overall[scale], "group")[:, g]
            np.testing.assert_allclose(total, np.mean(means, axis=0), atol=POINTS)


def test_changes_of_other_waves_have_questions_of_their_own(odd_fit, slowly):
    found = cips.changes(odd_fit, start="2019", end="2021")["percent"]
    own = cell_values(slowly, "percent", (0, 1))[:, slowly.followed()]
    np.testing.assert_allclose(by_draw(found, *CELL[:3]), own[..., 1] - own[..., 0], atol=POINTS)


def test_paths(odd_fit, slowly, again):
    found = cips.paths(odd_fit)
    for scale in SCALES:
        path = by_draw(found[scale], *CELL)
        for k, c in enumerate(slowly.followed()):
            for f, g in np.ndindex(3, 2):
                level = again[scale][:, c, f, g]
                first = slowly.seen(c, f, g)[0]
                assert str(found["from"][k, f, g].item()) == slowly.waves[first]
                np.testing.assert_allclose(
                    path[:, k, f, g], level - level[:, [first]], atol=2 * POINTS
                )


@pytest.mark.parametrize("margin", [0.0, 4.0])
def test_improved_cells_and_shares(odd_fit, slowly, moved, margin):
    found = cips.improved(odd_fit, margin)
    change = moved["percent"]
    assert np.nanmin(abs(change - margin)) > 10 * POINTS  # no cell hangs on rounding
    share = {}
    for g, kind in ((g, kind) for g in range(2) for kind in ("supported", "unsupported")):
        cells = [
            (k, f)
            for k, c in enumerate(slowly.followed())
            for f in range(3)
            if slowly.kind(c, f, 0, 2) == kind and not np.isnan(change[0, k, f, g])
        ]
        better = np.array([change[:, k, f, g] > margin for k, f in cells])
        share[g, kind] = 100 * better.mean(axis=0)
        at = {"group": slowly.groups[g], "support": kind}
        assert int(found["cells"].sel(at)) == len(cells) >= 1
        np.testing.assert_allclose(by_draw(found["share"].sel(at)), share[g, kind])
        for (k, f), own in zip(cells, better, strict=True):
            assert float(found["probability"][k, f, g]) == pytest.approx(own.mean())
    for g, group in enumerate(slowly.groups):
        own = by_draw(found["difference"].sel(group=group))
        np.testing.assert_allclose(own, share[g, "supported"] - share[g, "unsupported"])
    aside = [
        sum(
            slowly.kind(c, f, 0, 2) == "" and not np.isnan(change[0, k, f, g])
            for k, c in enumerate(slowly.followed())
            for f in range(3)
        )
        for g in range(2)
    ]
    assert found["already_treated"].values.tolist() == aside
    assert sum(aside) >= 1


def test_the_raw_headline(odd_fit, slowly):
    found = cips.improved(odd_fit)
    for g, group in enumerate(slowly.groups):
        share = {}
        for kind in ("supported", "unsupported"):
            better = []
            for c in slowly.followed():
                for f in range(3):
                    first, last = (raw_score(slowly, c, f, g, w) for w in (0, 2))
                    if slowly.kind(c, f, 0, 2) == kind and first is not None and last is not None:
                        better.append(last > first)
            share[kind] = 100 * np.mean(better)
            at = {"group": group, "support": kind}
            assert float(found["raw_share"].sel(at)) == pytest.approx(share[kind])
            assert int(found["raw_cells"].sel(at)) == len(better)
        difference = share["supported"] - share["unsupported"]
        assert float(found["raw_difference"].sel(group=group)) == pytest.approx(difference)


def raw_score(slowly, c, f, g, w):
    """Mean points of the answers of a cell to the questions asked in every wave."""
    points = [
        slowly.items[q][2].points[given[slowly.items[q][3]]]
        for b, h, v, _, given in slowly.rows
        if (b, h, v) == (c, g, w)
        for q in slowly.reference(f, g, ALL)
        if given[slowly.items[q][3]] >= 0
    ]
    return np.mean(points) if points else None


@pytest.mark.parametrize("scale", SCALES)
def test_differences_between_groups(odd_fit, slowly, scale):
    found = by_draw(cips.contrast(odd_fit, scale, group=slowly.groups), *CELL[:2], "wave")
    compared = 0
    for c, f, w in np.ndindex(5, 3, 3):
        shared = [q for q in slowly.reference(f, 0, ALL) if q in slowly.reference(f, 1, ALL)]
        told = all(slowly.observed(c, f, g, w) for g in range(2)) and bool(shared)
        for d in range(slowly.n):
            ends = [
                slowly.value(scale, d, c, f, g, w, slowly.draws["level"][d, c, f, g, w], shared)
                for g in range(2)
            ]
            own = ends[0] - ends[1] if told else np.nan
            np.testing.assert_allclose(found[d, c, f, w], own, atol=2 * POINTS)
        compared += told
    assert compared > 15


def test_differences_between_factors(odd_fit, again, moved):
    pair = odd_fit.design.factors[:2]
    found = cips.contrast(odd_fit, "score", factor=pair)
    level = again["score"]
    own = level[:, :, 0] - level[:, :, 1]
    np.testing.assert_allclose(by_draw(found, "country", "group", "wave"), own, atol=2 * POINTS)
    found = cips.contrast(odd_fit, "latent", factor=pair, between=("2019", "2024"))
    own = moved["latent"][:, :, 0] - moved["latent"][:, :, 1]
    np.testing.assert_allclose(by_draw(found, "country", "group"), own, atol=1e-9)


def test_items_that_drift_and_items_in_countries(odd_fit, slowly):
    """Less the mean of the items of the block that have a value."""
    shift = slowly.draws["item_shift"]
    block = odd_fit.questionnaire["block"].values
    asked = np.array(
        [
            [any(slowly.asked(q, g, w) for g in range(2)) for w in ALL]
            for q in range(len(slowly.items))
        ]
    )
    own = shift[:, :, slowly.followed(), 2] - shift[:, :, slowly.followed(), 0]
    drift = np.where(asked[:, 0] & asked[:, 2], own.mean(axis=2), np.nan)
    for q in range(len(slowly.items)):
        others = np.nanmean(drift[:, block == block[q]], axis=1)
        found = by_draw(item_drift(odd_fit), "item")[:, q]
        np.testing.assert_allclose(found, drift[:, q] - others, atol=1e-9)
    where = by_draw(item_in_country(odd_fit), "item", "country")
    for c in range(5):
        waves = [w for w in ALL if any((b, v) == (c, w) for b, _, v, _, _ in slowly.rows)]
        mean = shift[:, :, c, waves].mean(axis=2)
        for q in range(len(slowly.items)):
            others = mean[:, block == block[q]].mean(axis=1)
            np.testing.assert_allclose(where[:, q, c], mean[:, q] - others, atol=1e-9)


def test_drift_in_common_is_the_sum_of_its_independent_parts(odd_fit, slowly):
    """Mean over items and countries of random walks: every step of each adds its own variance."""
    held = {"item_wave": 0.11, "item_country_wave": 0.17}
    sd = odd_fit.posterior["item_sd"].copy()
    for term, value in held.items():
        sd.loc[{"item_term": term}] = value
    fit = replace(odd_fit, posterior=odd_fit.posterior.assign(item_sd=sd))
    found = common_drift(fit, fit.design.waves[0], fit.design.waves[-1])
    steps = np.diff([2019.0, 2021.0, 2024.0])
    steps = steps / steps.mean()
    for f, factor in enumerate(slowly.factors):
        for g, group in enumerate(slowly.groups):
            items = [
                q
                for q, (own, *_) in enumerate(slowly.items)
                if own == factor and slowly.asked(q, g, 0) and slowly.asked(q, g, 2)
            ]
            countries = [c for c in slowly.followed() if {0, 2} <= set(slowly.seen(c, f, g))]
            variance = 0.0
            for step in steps:
                for _ in items:
                    variance += step * (held["item_wave"] / len(items)) ** 2
                    for _ in countries:
                        part = held["item_country_wave"] / len(items) / len(countries)
                        variance += step * part**2
            at = {"factor": factor, "group": group}
            assert float(found.sel(at)) == pytest.approx(np.sqrt(variance), rel=1e-12)
