"""Numbers below full precision are zero inside the kernel's single precision, and nowhere else."""

import platform

import numpy as np
import pytest
from numba import njit

from cips_models.model.kernel.subnormals import put_back, subnormals_as_zero
from cips_models.model.layout import layout
from cips_models.model.likelihood import parameters, pointwise
from cips_models.model.quadrature import Quadrature

LEAST_NORMAL = np.finfo(np.float32).tiny

X86 = platform.machine().lower() in ("x86_64", "amd64", "i386", "i686")


@njit
def halved_twice(value, flush):
    """Half of a number, taken twice, the first time perhaps without subnormals."""
    first, second = np.empty(1, value.dtype), np.empty(1, value.dtype)
    if flush:
        before = subnormals_as_zero()
        first[0] = value[0] * value.dtype.type(0.5)
        put_back(before)
    else:
        first[0] = value[0] * value.dtype.type(0.5)
    second[0] = value[0] * value.dtype.type(0.5)
    return first[0], second[0]


def test_subnormals_are_zero_until_put_back():
    value = np.array([LEAST_NORMAL], np.float32)
    assert halved_twice(value, False) == (LEAST_NORMAL / 2, LEAST_NORMAL / 2)
    assert halved_twice(value, True) == (0.0 if X86 else LEAST_NORMAL / 2, LEAST_NORMAL / 2)


@pytest.mark.parametrize("single", [True, False])
def test_the_caller_keeps_subnormals(make_survey, parameters_of, single):
    survey = make_survey(respondents=9)
    lay = layout(survey)
    pointwise(parameters(parameters_of(survey, lay), lay), lay, Quadrature(single=single))
    least = np.array([LEAST_NORMAL, np.finfo(float).tiny])
    assert (least * 0.5 > 0).all()
    assert np.float32(LEAST_NORMAL) * np.float32(0.5) > 0
