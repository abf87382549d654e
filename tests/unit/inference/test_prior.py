"""The prior in percentage points."""

import warnings

import numpy as np
import pymc as pm

from cips_models.inference.prior import prior
from cips_models.model.build import blueprint, build
from cips_models.model.compilation import MODE
from cips_models.model.likelihood import PUBLIC
from cips_models.model.record import questionnaire
from cips_models.model.response import expected
from cips_models.model.specification_file import specification


def test_prior_levels_and_changes_are_plausible_and_repeat(make_survey):
    survey = make_survey(once=("Avalon",))
    spec = specification("did")
    one = prior(survey, spec, draws=60, seed=1)
    assert one["level"].dims == ("draw", "country", "factor", "group", "wave")
    assert one["change"].dims == ("draw", "country", "factor", "group")
    assert one["level"].min() >= 0
    assert one["level"].max() <= 100
    assert one["level"].sel(country="Avalon", wave="2023").isnull().all()
    assert one["change"].sel(country="Avalon").isnull().all()
    later, earlier = (one["level"].sel(wave=wave, drop=True) for wave in ("2023", "2021"))
    difference = (later - earlier).transpose(*one["change"].dims)
    np.testing.assert_allclose(one["change"], difference, atol=1e-12)
    assert one["change"].notnull().any()
    assert one.identical(prior(survey, spec, draws=60, seed=1))


def test_strata_count_by_the_standard_composition(make_survey):
    """Per cent of a cell against the mean over its strata, each at its own place."""
    rng = np.random.default_rng(2)
    survey = make_survey(
        background={"rank": rng.choice(["chief", "clerk", ""], 24)},
        composition={"columns": ["rank"]},
    )
    spec = specification("did")
    found = prior(survey, spec, draws=3, seed=9)["level"]
    model = build(survey, spec)
    lay = blueprint(model).layout
    names = [*PUBLIC, "stratum_effect"]
    with model, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*BLAS")
        values = pm.draw([model[name] for name in names], 3, random_seed=9, mode=MODE)
    public = dict(zip(names, values, strict=True))
    positive = 100.0 * questionnaire(survey, lay)["positive"].to_numpy()[None]
    compared = []
    for d, (c, w) in ((d, at) for d in range(3) for at in np.ndindex(3, 2)):
        effect = public["stratum_effect"][d, :, 0, 0]
        share = lay.standard[c, 0]
        total = 0.0
        for s in np.flatnonzero(share):
            place = public["level"][d, c, 0, 0, w] + effect[s] - share @ effect
            spread = np.hypot(
                public["general_spread"][d, 0, 0, w], public["specific_spread"][d, 0, 0]
            )
            total += (
                share[s]
                * expected(
                    np.array([[place]]),
                    np.array([[spread]]),
                    public["discrimination"][d][None],
                    public["threshold"][d][None],
                    lay.questions.start,
                    positive,
                    np.array([0, 1]),
                ).item()
            )
        own = found.isel(draw=d, country=c, factor=0, group=0, wave=w)
        if np.isfinite(own):
            compared.append(abs(float(own) - total))
    assert len(compared) > 10
    assert max(compared) < 1e-3
