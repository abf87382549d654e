"""The curvature from few gradients is the curvature from one direction at a time."""

from dataclasses import replace

import numpy as np
import pytest

from cips_models.inference.curvature import _cells_touched, _moved_together, curvature
from cips_models.model.build import build
from cips_models.model.density import Density

G = ("officials", "private sector", "citizens")

#: Groups that overlap two by two: interactions that no partition into separate groups shows.
CHAINED = (
    ("Q1", "F1", 4, G[:2], False),
    ("Q2", "F1", 3, G[1:], False),
    ("Q3", "F1", 5, G[2:], False),
    ("Q4", "F2", 4, G[:1], False),
    ("Q5", "F2", 3, G[1:], False),
    ("Q6", "F2", 4, (G[0], G[2]), False),
)


def one_by_one(density, x, free, step=1e-5):
    function = density.function()
    moves = step * np.eye(density.dim)[free]
    rows = np.array([(function(x)[1] - function(x + m)[1])[free] for m in moves]) / step
    return (rows + rows.T) / 2


@pytest.mark.parametrize("pooling", [True, False])
@pytest.mark.parametrize("shape", [{}, {"questions": CHAINED, "groups": G, "missing": 0.5}])
def test_agrees_with_one_direction_at_a_time(make_survey, spec, shape, pooling):
    structure = replace(spec.structure, pooling=pooling)
    density = Density(build(make_survey(**shape), replace(spec, structure=structure)))
    rng = np.random.default_rng(3)
    x, free = rng.normal(0, 0.5, density.dim), rng.random(density.dim) < 0.9
    expected = one_by_one(density, x, free)
    found = curvature(density, x, free, step=1e-5, threads=2)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    np.testing.assert_array_equal(found, found.T)


def test_levels_of_different_cells_move_together(make_survey, spec):
    """In a survey of so many parameters that their points are not computed all at once."""
    countries = [f"Country {c}" for c in range(40)]
    survey = make_survey(countries=countries)
    structure = replace(spec.structure, pooling=False)
    density = Density(build(survey, replace(spec, structure=structure)))
    touches = _cells_touched(density)
    levels = density.places["level_z"]
    assert (touches[levels].sum(axis=1) == 1).all()
    assert len(_moved_together(touches)) <= density.dim - len(levels) + len(survey.factors)
