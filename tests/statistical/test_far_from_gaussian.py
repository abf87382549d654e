"""A survey on which the search for a Gaussian in place of the likelihood runs away.

Found by calibration: parameters drawn from the prior, 40 people a cell.
"""

import pytest

import cips_models as cips
from cips_models.errors import FitError
from validation.calibration import drawn


def test_it_is_told_and_not_a_traceback_of_linear_algebra() -> None:
    survey, _ = drawn("did", 2)
    with pytest.raises(FitError, match="no Gaussian stands in"):
        cips.joint(survey, cips.specification("did"), seed=2, sampler="importance", draws=50)
