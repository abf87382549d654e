"""Stage 1 as a fit: its draws are those of the cells that it hands on."""

import numpy as np
import pytest

import cips_models as cips
from cips_models.inference.unpooled import unpooled

DRAWS = 2000


@pytest.fixture(scope="module")
def stage(survey):
    return cips.stage_one(survey, cips.specification("no-item-shifts"), threads=1)


def test_levels_are_drawn_as_stage_one_has_them(stage):
    fit = unpooled(stage, seed=1, draws=DRAWS // 4)
    draws = stage.levels_of(fit.posterior["level"]).reshape(DRAWS, -1)
    known = stage.cells
    sd = np.sqrt(np.diag(known.covariance))
    # Standard errors of means and of sds; 4 of them over some thirty cells.
    assert (np.abs(draws.mean(axis=0) - known.mean) < 4 * sd / np.sqrt(DRAWS)).all()
    assert (np.abs(draws.std(axis=0) / sd - 1) < 4 / np.sqrt(2 * DRAWS)).all()


def test_it_is_a_fit_without_an_effect(stage, tmp_path):
    fit = unpooled(stage, seed=1, draws=5)
    assert fit.provenance["route"] == "cells"
    assert "effect_cell" not in fit.posterior
    again = cips.load(fit.save(tmp_path / "cells.nc"))
    np.testing.assert_allclose(again.posterior["level"], fit.posterior["level"])
