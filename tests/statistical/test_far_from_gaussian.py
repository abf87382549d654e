"""Surveys on which the search for a Gaussian in place of the likelihood runs away.

Found by calibration: parameters drawn from the prior, 40 people a cell.  Draws from there were in
the thousands of logits, or no numbers.
"""

import numpy as np
import pytest

import cips_models as cips
from validation.calibration import drawn


@pytest.mark.parametrize(("specification", "number"), [("did", 2), ("no-item-shifts", 2)])
def test_it_stops_where_it_was_still_good(specification: str, number: int) -> None:
    survey, _ = drawn(specification, number)
    spec = cips.specification(specification)
    fit = cips.joint(survey, spec, seed=2, sampler="approximate", draws=50)
    assert float(np.abs(fit.posterior["level"]).max()) < 20
    effect = cips.effects(fit, scales=("percent",))["att"]
    assert np.isfinite(effect).all()
    # The weights still tell whether it may be relied upon.
    assert np.isfinite(fit.sample_stats["pareto_k"])
