"""A fit's draws put back on the survey that it came from, which it does not contain."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import xarray as xr

from cips_models.errors import FitError
from cips_models.inference.fit import Fit
from cips_models.model.answering import ANSWERING
from cips_models.model.layout import Layout, layout
from cips_models.model.likelihood import EFFECT, SHIFT, parameters, read_by_likelihood
from cips_models.names import COUNTRY, WAVE
from cips_models.survey.survey import Survey


def refuse_foreign(fit: Fit, survey: Survey) -> None:
    """Refuse a survey that a fit is not of.

    Raises
    ------
    FitError
        The fit is of another survey.
    """
    found, expected = survey.fingerprint, fit.provenance["fingerprint"]
    if found != expected:
        raise FitError(
            f"{survey.name}: found data with fingerprint {found[:12]}; expected "
            f"{expected[:12]}, the data of the fit. Fit this survey, or give the fit's own."
        )


def matching_layout(fit: Fit, survey: Survey) -> Layout:
    """Arrange a survey for a fit of it.

    Raises
    ------
    FitError
        The fit is of another survey, or of cell estimates instead of answers.
    """
    refuse_foreign(fit, survey)
    if fit.provenance["route"] != "joint":
        raise FitError(
            f"{fit.provenance['specification']}: found a fit of cell estimates (route "
            f"{fit.provenance['route']!r}), which has no likelihood of respondents; expected a "
            "joint fit. Use one made by cips_models.fit."
        )
    return layout(
        survey,
        thresholds_by=(COUNTRY, WAVE) if {SHIFT, ANSWERING[0]} & set(fit.posterior) else (),
        by_stratum=EFFECT in fit.posterior,
        dont_know=ANSWERING[0] in fit.posterior,
    )


def thinned(fit: Fit, most: int) -> xr.Dataset:
    """Every n-th draw of the variables that the likelihood reads, ``most`` at the most."""
    posterior = fit.posterior[read_by_likelihood(fit.posterior)]
    chains, draws = posterior.sizes["chain"], posterior.sizes["draw"]
    posterior = posterior.isel(chain=slice(None, most))
    every = int(np.ceil(draws * min(chains, most) / most))
    return posterior.isel(draw=slice(every - 1, None, every))


def replay(posterior: xr.Dataset, lay: Layout) -> Iterator[tuple[int, int, dict[str, np.ndarray]]]:
    """Parameters of the likelihood, draw after draw: positions of chain and draw, and them."""
    public = {name: posterior[name].to_numpy() for name in read_by_likelihood(posterior)}
    for c, d in product(range(posterior.sizes["chain"]), range(posterior.sizes["draw"])):
        yield c, d, parameters({name: values[c, d] for name, values in public.items()}, lay)
