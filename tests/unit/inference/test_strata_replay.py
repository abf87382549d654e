"""Draws with effects of strata put back on their survey, and what a fit keeps of it."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from cips_models.inference.accuracy import total_log_likelihood
from cips_models.inference.fit import assemble, load, provenance
from cips_models.inference.predictive import predictive
from cips_models.inference.replay import matching_layout, thinned
from cips_models.model.build import blueprint, build
from cips_models.model.density import Density
from cips_models.model.record import composition
from cips_models.model.specification_file import specification
from cips_models.survey.composition import compose
from cips_models.survey.study import Mode

DRAWS = 4


@pytest.fixture(scope="module")
def survey(make_survey):
    rng = np.random.default_rng(2)
    people = 3 * 2 * 2 * 9
    background = {"rank": rng.choice(["chief", "clerk", ""], people)}
    background["how"] = rng.choice(["online", "tablet"], people)
    plan = {"columns": ["rank"], "mode": "how"}
    return make_survey(respondents=9, background=background, composition=plan)


@pytest.fixture(scope="module")
def drawn(survey):
    """A fit of points anywhere, the points, and the density they are of."""
    shipped = specification("did")
    spec = replace(shipped, quadrature=replace(shipped.quadrature, single=False))
    density = Density(build(survey, spec))
    points = np.random.default_rng(4).normal(0, 0.4, (1, DRAWS, density.dim))
    plan = blueprint(density.model)
    record = provenance(plan, route="joint", seed=1, settings={})
    return assemble(plan, density.public(points), xr.Dataset(), record), points[0], density


def test_replayed_draws_have_the_likelihood_of_the_model(drawn, survey):
    fit, points, density = drawn
    lay = matching_layout(fit, survey)
    assert len(lay.cells) > 3 * 2 * 2
    quadrature = blueprint(density.model).specification.quadrature
    found = total_log_likelihood(thinned(fit, DRAWS), lay, quadrature)[0]
    function = density.function()
    log_density = np.array([function(x)[0] for x in points])
    (correlation,) = [name for name in density.places if name.startswith("correlation")]
    seen = points[:, density.places[correlation].ravel()]
    prior = 0.5 * (seen**2).sum(axis=1) - 0.5 * (points**2).sum(axis=1)
    prior -= (np.logaddexp(0, seen) + np.logaddexp(0, -seen)).sum(axis=1)
    np.testing.assert_allclose(np.diff(found), np.diff(log_density - prior), atol=1e-6)
    without = thinned(fit, DRAWS).drop_vars("stratum_effect")
    assert np.abs(total_log_likelihood(without, lay, quadrature)[0] - found).min() > 0.1


def test_replicates_are_of_whole_cells(drawn, survey):
    found = predictive(drawn[0], survey, seed=1, draws=3)
    assert found["replicated"].shape[1:] == (3, 3, 2, 2)
    assert (found["replicated"].notnull() == found["observed"].notnull()).all()


def test_a_fit_keeps_shares_of_strata_and_no_count_of_them(drawn, survey, tmp_path):
    again = load(drawn[0].save(tmp_path / "fit.nc"))
    kept = again.composition
    assert set(kept) == {"standard", "shares", "mode", "mode_scale"}
    np.testing.assert_allclose(kept["shares"].sum("stratum"), 1.0)
    assert len(survey.respondents) not in kept.sizes.values()
    np.testing.assert_allclose(kept["standard"].sum("stratum"), 1.0)
    assert list(kept["mode"].to_numpy()) == list(survey.composition.strata["how"])


def test_a_stated_prior_is_heeded_only_by_a_model_that_has_it(survey):
    stated = compose(survey.respondents, ["rank"], mode="how", assumed=Mode(0.2))
    stated = replace(stated, assumption="said")
    with_it, without = (composition(stated, in_model=flag).attrs for flag in (True, False))
    assert (with_it["mode_sd"], with_it["assumption"]) == (0.2, "said")
    assert np.isnan(without["mode_sd"])
    assert not without["assumption"]
    none = replace(compose(survey.respondents, mode="how", assumed=Mode(0.0)), assumption="said")
    assert composition(none, in_model=False).attrs["assumption"] == "said"
