"""Which model predicts respondents better."""

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.errors import FitError
from cips_models.inference.fit import Fit
from cips_models.inference.replay import matching_layout, replay, thinned
from cips_models.inference.weights import MOST_PARETO_K
from cips_models.model.answering import ANSWERING
from cips_models.model.likelihood import pointwise
from cips_models.model.quadrature import Quadrature
from cips_models.names import CHAIN, DRAW, RESPONDENT
from cips_models.survey.survey import NO_ANSWER, Survey

#: Draws of a fit that a comparison uses: more change nothing that can be seen.
_MOST_DRAWS = 500


def _log_likelihood(fit: Fit, survey: Survey) -> xr.DataTree:
    """Log-likelihood of everybody who answered, with the draws it was computed at.

    Who answered nothing has likelihood one under every model, and tells nothing of any.
    """
    spoke = (survey.answers != NO_ANSWER).any("item").to_numpy()
    lay = matching_layout(fit, survey)
    quadrature = Quadrature(**fit.provenance["quadrature"])
    posterior = thinned(fit, _MOST_DRAWS)
    values = np.empty((posterior.sizes[CHAIN], posterior.sizes[DRAW], spoke.sum()))
    for c, d, at in replay(posterior, lay):
        values[c, d] = pointwise(at, lay, quadrature)[spoke]
    likelihood = xr.Dataset({"answers": ((CHAIN, DRAW, RESPONDENT), values)})
    # Levels alone tell how efficient the draws are; constants among the rest cannot.
    return xr.DataTree.from_dict({"posterior": posterior[["level"]], "log_likelihood": likelihood})


def compare(fits: Mapping[str, Fit], survey: Survey) -> pd.DataFrame:
    """Compare fits of one survey by leaving one respondent out at a time.

    PSIS-LOO (Vehtari, Gelman, Gabry 2017).  The unit is the respondent, never the answer:
    a person's answers are not independent given the cell.

    Parameters
    ----------
    fits : mapping of str to Fit
        Two or more joint fits.
    survey : Survey
        The one that they were all fitted to.

    Returns
    -------
    pandas.DataFrame
        Index ``fit``, best first.  Columns ``rank``, ``elpd`` and its ``se`` (expected log
        predictive density of a respondent left out, summed), ``p`` (effective number of
        parameters), ``elpd_diff`` and ``dse`` (to the best and its standard error),
        ``weight`` (stacking), ``respondents`` (with an answer), and ``pareto_k_bad``:
        respondents whose Pareto k exceeds 0.7, for whom the estimate cannot be trusted.

    Raises
    ------
    FitError
        Fewer than two fits; one is of another survey, or of cell estimates; or some predict who
        says don't know and others do not.
    """
    import arviz as az

    if len(fits) < 2:
        raise FitError(f"Comparison: found {len(fits)} fit; expected two or more of one survey")
    for fit in fits.values():
        matching_layout(fit, survey)  # refuse before the first minute of computing
    told = [name for name, fit in fits.items() if ANSWERING[0] in fit.posterior]
    if 0 < len(told) < len(fits):
        raise FitError(
            f"Comparison: found fits that also predict who says don't know ({', '.join(told)}) and "
            "fits that do not; expected fits that predict the same. Compare fits of one kind."
        )
    with warnings.catch_warnings():
        # What it warns of is counted, respondent by respondent, in ``pareto_k_bad``.
        warnings.filterwarnings("ignore", message="Estimated shape parameter of Pareto")
        loo = {n: az.loo(_log_likelihood(fit, survey), pointwise=True) for n, fit in fits.items()}
    table = az.compare(loo, round_to="none").rename_axis("fit")
    bad = {name: int((result.pareto_k > MOST_PARETO_K).sum()) for name, result in loo.items()}
    table["respondents"] = int((survey.answers != NO_ANSWER).any("item").sum())
    table["pareto_k_bad"] = table.index.map(bad)
    columns = ["rank", "elpd", "se", "p", "elpd_diff", "dse", "weight"]
    return table[[*columns, "respondents", "pareto_k_bad"]]
