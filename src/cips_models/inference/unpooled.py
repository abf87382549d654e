"""Stage 1 as a fit: every cell's level as its answers alone have it."""

import numpy as np
import xarray as xr

from cips_models.inference.fit import Fit, assemble, provenance
from cips_models.inference.stage_one import StageOne
from cips_models.model.build import blueprint


def unpooled(stage: StageOne, *, seed: int, draws: int = 250, chains: int = 4) -> Fit:
    """Draws of stage 1: no hierarchy, so no effect, no pooling, and no support seen.

    For what a hierarchy would draw towards its own shape, such as an effect that changes with
    time.  Cells differ by chance as well, and their intervals are as wide as their answers are few.

    Parameters
    ----------
    stage : StageOne
    seed, draws, chains : int

    Returns
    -------
    Fit
        Of route "cells".
    """
    plan = blueprint(stage.density.model)
    public = stage.draws(chains, draws, np.random.default_rng(seed))
    settings = {"draws": draws, "chains": chains}
    record = provenance(plan, route="cells", seed=seed, settings=settings)
    return assemble(plan, public, xr.Dataset(), record)
