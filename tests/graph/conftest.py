"""The model of one tiny survey, compiled once."""

from dataclasses import replace

import numpy as np
import pytest

from cips_models.model.build import build
from cips_models.model.density import Density
from cips_models.model.specification_file import specification

SUPPORTED = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)


@pytest.fixture(scope="session")
def survey(make_survey):
    return make_survey(supported=SUPPORTED)


@pytest.fixture(scope="session")
def spec():
    """Double precision throughout, so that finite differences can be small."""
    shipped = specification("did")
    return replace(shipped, quadrature=replace(shipped.quadrature, single=False))


@pytest.fixture(scope="session")
def model(survey, spec):
    return build(survey, spec)


@pytest.fixture(scope="session")
def density(model):
    return Density(model)


@pytest.fixture(scope="session")
def point(density):
    """A point of the unconstrained space away from where every deviation is zero."""
    return np.random.default_rng(5).normal(0, 0.5, density.dim)


@pytest.fixture(scope="session")
def public(density, point):
    """Public variables at the point."""
    return density.public(point[None, None]).isel(chain=0, draw=0)
