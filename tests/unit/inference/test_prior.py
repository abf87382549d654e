"""The prior in percentage points."""

import numpy as np

from cips_models.inference.prior import prior
from cips_models.model.specification import specification


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
