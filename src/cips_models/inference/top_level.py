"""Log densities of top-level priors at the draws of a fit, by the name of the prior.

Top-level are the parameters whose prior has no parameter that is estimated.  What a deviation of a
country is given its sd belongs to the model, not to the prior: to scale both would ask two
questions at once (Kallioinen et al. 2024).

Not here: the difficulty of items, whose draws hold the mean of the countries' shifts too; the
effects of strata, of which a fit keeps sums; sparse item shifts.  By the cut route the parameters
of items and persons belong to stage 1, which stage 2 knows by its cells alone.
"""

import xarray as xr

from cips_models.errors import FitError
from cips_models.inference.fit import Fit
from cips_models.model.hierarchy import families
from cips_models.model.powered import log_density
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, DRAW, FACTOR, WAVE

#: Priors of coefficients and means of the hierarchy, which are their variables' names too.
_COEFFICIENTS = (
    "baseline",
    "effect",
    "baseline_slope",
    "spillover_slope",
    "persistence",
    "already_treated",
)


def log_priors(fit: Fit, spec: Specification) -> xr.Dataset:
    """Log prior density of every named top-level prior, up to a constant.

    Parameters
    ----------
    fit : Fit
    spec : Specification
        The one that was fitted.

    Returns
    -------
    xarray.Dataset
        One variable a prior, dims chain and draw: summed over all parameters that have it.  By the
        cut route of the hierarchy alone.

    Raises
    ------
    FitError
        The fit is of another specification.
    """
    if fit.provenance["specification_text"] != spec.text:
        raise FitError(
            f"Specification {spec.name!r}: found a fit of {fit.provenance['specification']!r}, or "
            "of another text of it; expected the specification of the fit, whose priors are scaled"
        )
    parameters = _hierarchy(fit, spec)
    if fit.provenance["route"] == "joint":
        parameters |= _measurement(fit, spec)
    return xr.Dataset(
        {name: _summed(log_density(spec.priors[name], x)) for name, x in parameters.items()}
    )


def _summed(density: xr.DataArray) -> xr.DataArray:
    others = [dim for dim in density.dims if dim not in (CHAIN, DRAW)]
    return density.sum(others).reset_coords(drop=True).transpose(CHAIN, DRAW)


def _hierarchy(fit: Fit, spec: Specification) -> dict[str, xr.DataArray]:
    """Draws of the hierarchy's top-level parameters, by the name of their prior."""
    draws = fit.posterior
    found = {name: draws[name] for name in _COEFFICIENTS if name in draws}
    for name in ("mean_change", "common_change"):  # their priors are of a step of mean length
        if name in draws:
            found[name] = draws[name] / xr.DataArray(fit.design.step_scale, dims="step")
    found |= {term: draws["sd"].sel(term=term) for term in families(spec, fit.design)}
    if "correlation" in draws:
        found["group_correlation"] = draws["correlation"]
    return found


def _measurement(fit: Fit, spec: Specification) -> dict[str, xr.DataArray]:
    """The same of persons and items.

    A vector that sums to zero has independent coordinates along an orthonormal basis, so that
    the sum of their squares is its own.
    """
    draws = fit.posterior
    found: dict[str, xr.DataArray] = {"discrimination": xr.ufuncs.log(draws["discrimination"])}
    if "gap" in draws:
        found["gap"] = draws["gap"]
    # A factor with one item has a spread that is held: its free twin meets no answer.
    used = (draws["sd_specific"] == draws["specific_spread"]).all((CHAIN, DRAW))
    found["specific"] = draws["sd_specific"].where(used, spec.priors["specific"].median)
    if "sd_outlook" in draws:
        found["outlook"] = draws["sd_outlook"]
        log = xr.ufuncs.log(draws["general_spread"].isel({FACTOR: 0}))
        if spec.structure.spread_by_wave and log.sizes[WAVE] > 1:
            found["outlook_by_wave"] = log - log.mean(WAVE)
    if "loading" in draws:
        found["loading"] = xr.ufuncs.log(draws["loading"])
    if "item_sd" in draws:
        terms = map(str, draws["item_term"].to_numpy())
        free = [term for term in terms if spec.priors[term].family == "half_normal"]
        found |= {term: draws["item_sd"].sel(item_term=term) for term in free}
    if "answering_slope" in draws:
        found["answering_trait"] = draws["answering_slope"]
        found["answering_spread"] = draws["answering_spread"]
    return found
