"""Differences between groups and between factors: those that the data can tell."""

import xarray as xr

from cips_models.errors import IdentificationError
from cips_models.estimands.changes import changes
from cips_models.estimands.identification import Refusal, alike
from cips_models.estimands.refusals import (
    change_refusals,
    factor_refusal,
    group_refusals,
    shared_questions,
)
from cips_models.estimands.scales import on_scale, on_scales
from cips_models.inference.fit import Fit
from cips_models.names import FACTOR, GROUP, LATENT, SCALES
from cips_models.wording import _


def contrast(
    fit: Fit,
    scale: str,
    *,
    group: tuple[str, str] | None = None,
    factor: tuple[str, str] | None = None,
    between: tuple[str, str] | None = None,
) -> xr.DataArray:
    """Difference between two groups or two factors in every cell, the first less the second.

    Levels of groups are compared where shared questions give them one scale; per cent and
    score are then of these questions alone.  Levels of factors are compared in per cent
    and score, never on the latent scale, whose origin is another in every factor.  Changes
    of either are compared on every scale, each within its own.

    Parameters
    ----------
    fit : Fit
    scale : {"latent", "percent", "score"}
    group, factor : pair of str
        Labels of the two that are compared; one of the two arguments.
    between : pair of str, optional
        Labels of two waves: the changes between them are compared; default the levels.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, country and the other of factor and group, and, of levels, wave;
        logits or points.  The compared dimension is left as a scalar coordinate, "A - B".
        NaN where either side was not observed, or the two have nothing in common.

    Raises
    ------
    IdentificationError
        No such label, or the difference cannot be told in any cell; the message says why,
        and what would make it possible.
    """
    dim, pair = _compared(fit, group, factor)
    if scale not in SCALES:
        raise IdentificationError(
            f"Difference of {pair[0]} and {pair[1]}: found scale {scale!r}; expected one of "
            f"{', '.join(SCALES)}"
        )
    if between is not None:
        values = changes(fit, start=between[0], end=between[1])[scale]
        refused = change_refusals(fit, *between)
    elif dim == FACTOR:
        if scale == LATENT:
            raise factor_refusal().error()
        values, refused = on_scale(fit.posterior["level"], fit, scale), []
    else:
        values, refused = _of_groups(fit, scale, *pair), group_refusals(fit, *pair)
    first, second = (values.sel({dim: label}, drop=True) for label in pair)
    difference = first - second
    if not bool(difference.notnull().any()):
        because = [r for r in refused if scale in r.scales] or [_empty(pair, scale)]
        raise IdentificationError("\n".join(map(str, because)))
    return difference.assign_coords({dim: f"{pair[0]} - {pair[1]}"})


def _compared(
    fit: Fit, group: tuple[str, str] | None, factor: tuple[str, str] | None
) -> tuple[str, tuple[str, str]]:
    """The dimension and the two labels along it."""
    if (group is None) == (factor is None):
        raise IdentificationError(
            "Difference: found both group and factor, or neither; expected two groups or two "
            'factors, as group=("A", "B")'
        )
    if group is not None:
        dim, pair, known = GROUP, group, fit.design.groups
    else:
        assert factor is not None
        dim, pair, known = FACTOR, factor, fit.design.factors
    for label in pair:
        if label not in known:
            raise IdentificationError(
                f"Difference of {pair[0]} and {pair[1]}: found {dim}s {', '.join(known)}; "
                f"expected {label!r} among them"
            )
    return dim, pair


def _of_groups(fit: Fit, scale: str, first: str, second: str) -> xr.DataArray:
    """Levels of two groups on the questions that both were asked, where these tie them."""
    both = xr.Variable(GROUP, [first, second])
    counted = shared_questions(fit, first, second).expand_dims({GROUP: both})
    level = fit.posterior["level"].sel({GROUP: [first, second]})
    found = on_scales(level, fit, (scale,), counted=counted)[scale]
    return found.where(alike(fit, first, second)).transpose(*level.dims)


def _empty(pair: tuple[str, str], scale: str) -> Refusal:
    return Refusal(
        _("Difference, {first} less {second}").format(first=pair[0], second=pair[1]),
        "",
        (scale,),
        _("No cell was observed for both."),
        _("Survey both in the same country and wave."),
    )
