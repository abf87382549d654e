"""Permuted support maps: what each scheme keeps, and that nothing is favoured."""

from math import comb

import numpy as np
import pytest
from scipy.stats import chisquare

from cips_models.did.contrast import comparison
from cips_models.did.few_clusters.maps import BOTH_MARGINS, SCHEMES, WITHIN_COUNTRY, SupportMaps
from cips_models.model.design import of_observed

FACTORS = tuple(f"F{f}" for f in range(5))


def design_of(supported, start=None, intensity=None, waves=3, observed=None):
    supported = np.asarray(supported, dtype=bool)
    shape = (*supported.shape, 1, waves)
    observed = np.ones(shape, dtype=bool) if observed is None else observed
    names = (
        [f"C{c}" for c in range(shape[0])], FACTORS[: shape[1]], ["officials"],
        [str(w) for w in range(waves)],
    )  # fmt: skip
    start = np.where(supported, 1 if start is None else start, -1)
    return of_observed(observed, names, np.arange(waves), [supported, start, intensity])


@pytest.fixture(scope="module")
def staggered():
    """Two starts, two intensities, one cell under support from the start, one country seen once."""
    supported = np.random.default_rng(3).random((7, 5)) < 0.5
    supported[0] = [1, 1, 1, 0, 0]
    start = np.random.default_rng(4).integers(1, 3, size=supported.shape)
    start[0, 0] = 0
    intensity = np.where(supported, np.where(start == 2, 0.5, 2.0), 0.0)
    observed = np.ones((7, 5, 1, 3), dtype=bool)
    observed[6, :, :, 1:] = False
    return design_of(supported, start, intensity, observed=observed)


def test_the_observed_map_gives_the_design_back(staggered):
    maps = SupportMaps.of(staggered)
    again = maps.under(maps.kind)
    for name in ("support", "supported", "intensity", "already_treated", "observed"):
        np.testing.assert_array_equal(getattr(again, name), getattr(staggered, name))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_maps_keep_what_the_scheme_promises(staggered, scheme):
    maps = SupportMaps.of(staggered)
    kinds, exact = maps.permuted(scheme, 400, np.random.default_rng(1))
    assert not exact
    assert len(np.unique(kinds.reshape(400, -1), axis=0)) > 100
    for k in range(len(maps.start)):  # starts and intensities stay in their country
        np.testing.assert_array_equal(
            (kinds == k).sum(axis=2), np.tile((maps.kind == k).sum(axis=1), (400, 1))
        )
    assert (kinds[:, ~maps.free] == maps.kind[~maps.free]).all()
    columns = (kinds > 0).sum(axis=1)
    kept = (columns == (maps.kind > 0).sum(axis=0)).all()
    assert kept == (scheme == BOTH_MARGINS)


def test_a_permuted_design_differs_in_support_alone(staggered):
    maps = SupportMaps.of(staggered)
    kind = maps.permuted(WITHIN_COUNTRY, 5, np.random.default_rng(2))[0][0]
    design = maps.under(kind)
    assert not np.array_equal(design.support, staggered.support)
    np.testing.assert_array_equal(design.already_treated, staggered.already_treated)
    assert design.treated.sum() == staggered.treated.sum()
    np.testing.assert_allclose(design.given.sum(axis=1), staggered.given.sum(axis=1))
    assert comparison(design, 0).cells == comparison(staggered, 0).cells


def test_all_maps_are_enumerated_where_they_are_few():
    supported = [[1, 0, 0, 1], [0, 1, 0, 0], [1, 1, 0, 0]]
    maps = SupportMaps.of(design_of(supported, waves=2))
    kinds, exact = maps.permuted(WITHIN_COUNTRY, 10, np.random.default_rng(1))
    assert exact
    assert len(kinds) == comb(4, 2) * 4 * comb(4, 2) == len(np.unique(kinds, axis=0))
    both, exact = maps.permuted(BOTH_MARGINS, 10, np.random.default_rng(1))
    assert exact
    same = [k for k in kinds if (k.sum(axis=0) == maps.kind.sum(axis=0)).all()]
    assert {k.tobytes() for k in both.astype(int)} == {k.tobytes() for k in np.array(same)}


def test_trades_visit_every_map_with_the_same_margins_equally_often():
    """Gate, stated before: chi-squared over all maps with both margins, p > 0.001."""
    maps = SupportMaps.of(design_of([[1, 0, 0, 1], [0, 1, 0, 0], [1, 1, 0, 0]], waves=2))
    every = maps.permuted(BOTH_MARGINS, 1, np.random.default_rng(1))[0]
    start = np.repeat((maps.kind > 0)[None], 4000, axis=0)
    found = maps._traded(start, np.random.default_rng(5)).astype(int)
    names = {k.tobytes(): place for place, k in enumerate(every.astype(int))}
    counts = np.bincount([names[k.tobytes()] for k in found], minlength=len(every))
    assert counts.sum() == 4000
    assert chisquare(counts).pvalue > 0.001
