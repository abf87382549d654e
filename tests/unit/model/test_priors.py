"""Covariances of the sum-to-zero priors, by algebra."""

import warnings

import numpy as np
import pymc as pm
import pytest
from pytensor import function
from pytensor.compile.mode import Mode

from cips_models.model.priors import Deviations, contrasts, zero_sum_basis
from cips_models.model.specification import Prior


@pytest.mark.parametrize("block", [[0, 0, 0], [0, 1, 0, 1, 1], [0, 1, 2], [3, 3, 1, 3]])
def test_zero_sum_covariance_within_blocks(block):
    block = np.array(block)
    basis = zero_sum_basis(block)
    same = (block[:, None] == block).astype(float)
    size = same.sum(axis=1)
    assert basis.shape == (len(block), len(block) - len(np.unique(block)))
    np.testing.assert_allclose(basis @ basis.T, np.eye(len(block)) - same / size, atol=1e-12)


def centring(n: int) -> np.ndarray:
    return np.eye(n) - 1.0 / n


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_deviations_have_the_stated_covariance(groups):
    """sd_g sd_h ((1 - r) I + r J) between groups, times the centring of each dimension."""
    sizes = (3, 2)
    with pm.Model(coords={"group": range(groups), "a": range(3), "b": range(2)}) as model:
        family = Deviations({"x": Prior("half_normal", 0.3, 1.0, "test")}, groups)
        term = family.draw("x", sizes, ("a", "b"))
    rng = np.random.default_rng(1)
    point = {"sd_z": rng.normal(0, 0.7, (1, groups))}
    if groups > 1:
        point["correlation_z"] = np.array([-0.3])
    assert {v.name for v in model.free_RVs} == {"x_z", *point}
    shape = (groups, 2 * 1)
    inputs = [model["x_z"], *(model[name] for name in point)]
    outputs = [term, model["sd"], *([model["correlation"]] if groups > 1 else [])]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*BLAS")
        compute = function(inputs, outputs, mode=Mode(linker="py", optimizer="fast_compile"))
    units = np.eye(int(np.prod(shape))).reshape(-1, *shape)
    columns = np.array([np.ravel(compute(unit, *point.values())[0]) for unit in units])
    _, sd, *rest = compute(units[0], *point.values())
    r = float(rest[0][0]) if rest else 0.0
    across = np.outer(sd[0], sd[0]) * ((1 - r) * np.eye(groups) + r)
    expected = np.kron(across, np.kron(centring(3), centring(2)))
    np.testing.assert_allclose(columns.T @ columns, expected, atol=1e-12)
    assert (sd > 0).all()


def test_contrasts_are_orthonormal_and_sum_to_zero():
    basis = contrasts(5)
    np.testing.assert_allclose(basis.T @ basis, np.eye(4), atol=1e-12)
    np.testing.assert_allclose(basis.sum(axis=0), 0, atol=1e-12)
