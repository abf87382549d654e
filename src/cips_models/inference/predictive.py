"""Posterior predictive replicates of the raw results of every cell."""

import numpy as np
import xarray as xr

from cips_models.inference.fit import Fit
from cips_models.inference.replay import matching_layout, replay, thinned
from cips_models.model.forward import simulate_answers
from cips_models.model.record import cells
from cips_models.names import DIMS, DRAW
from cips_models.survey.survey import Survey


def predictive(fit: Fit, survey: Survey, *, seed: int, draws: int = 200) -> xr.Dataset:
    """Simulate the survey again from the posterior, and score every cell.

    The same respondents leave the same questions out: only the answers are new.

    Parameters
    ----------
    fit : Fit
    survey : Survey
        The one that was fitted.
    seed : int
    draws : int
        Replicates at the most; fewer where the fit has fewer draws.

    Returns
    -------
    xarray.Dataset
        ``replicated`` (draw, country, factor, group, wave) and ``observed`` (country,
        factor, group, wave): mean scores, 0-100, NaN in empty cells; ``respondents``:
        those with at least one answer that counts, see :func:`cips_models.model.record.cells`.

    Raises
    ------
    FitError
        The fit is of another survey, or of cell estimates instead of answers.
    """
    lay = matching_layout(fit, survey)
    rng = np.random.default_rng(seed)
    scores = [
        cells(survey, lay, simulate_answers(rng, **values, layout=lay))["score"]
        for _, _, values in replay(thinned(fit, draws), lay)
    ]
    replicated = xr.concat(scores, dim=DRAW).assign_coords({DRAW: np.arange(len(scores))})
    raw = cells(survey, lay)
    data = {
        "replicated": replicated.transpose(DRAW, *DIMS),
        "observed": raw["score"],
        "respondents": raw["respondents"],
    }
    return xr.Dataset(data)
