"""What changed from one wave to another, on every scale."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import xarray as xr

from cips_models.errors import IdentificationError
from cips_models.estimands.composition import STANDARD, assumption, comparable
from cips_models.estimands.identification import tied
from cips_models.estimands.levels import levels as levels_of
from cips_models.estimands.pooling import pooled
from cips_models.estimands.refusals import change_refusals
from cips_models.inference.fit import Fit
from cips_models.model.design import Design
from cips_models.names import COUNTRY, FACTOR, LATENT, WAVE
from cips_models.survey.wave_pairs import pairs_of_waves, positions


def changes(
    fit: Fit,
    *,
    start: str | None = None,
    end: str | None = None,
    factor: str | None = None,
    levels: xr.Dataset | None = None,
    composition: str = STANDARD,
) -> xr.Dataset:
    """Change of every cell of the followed countries.

    Parameters
    ----------
    fit : Fit
    start, end : str, optional
        Labels of the waves compared; default the first and the last.
    factor : str, optional
        Only this factor; default all.
    levels : xarray.Dataset, optional
        From :func:`cips_models.estimands.levels.levels`, to compute them only once. Per
        cent and score are then of its questions; otherwise of all that were asked in both
        waves.
    composition : {"standard", "observed"}
        Whom the change is about: one composition at both waves, or the respondents of each as
        they were, so that it is also a change of who answered. Of ``levels`` that are given,
        theirs.

    Returns
    -------
    xarray.Dataset
        Dims chain, draw, country (the followed ones), factor, group; scalar coordinates
        ``from`` and ``to``; variables latent (logits), percent and score (points). NaN
        where the cell was not observed in both waves, or where wave and mode coincide so that
        nothing tells one from the other; latent also where no question ties
        the waves together, percent and score where none was asked in both (why:
        :func:`cips_models.did.refusals.refusals`). Attribute ``assumption``: what the study
        takes to be true of the mode, where it does.

    Raises
    ------
    IdentificationError
        No such wave or factor, no country was seen in both waves, or no cell has a change
        that the data can tell, on any scale.
    """
    first, last = waves_compared(fit.design, start, end)
    pair = fit.design.waves[first], fit.design.waves[last]
    factors = list(fit.design.factors if factor is None else (factor,))
    if factor is not None and factor not in fit.design.factors:
        raise IdentificationError(
            f"Change of {factor!r}: found factors {', '.join(fit.design.factors)}; "
            "expected it among them"
        )
    found = levels
    if found is None:
        found = levels_of(fit, waves=pair, composition=composition)
    found = found.sel({COUNTRY: list(fit.design.followed_labels), FACTOR: factors})
    change = found.sel({WAVE: pair[1]}, drop=True) - found.sel({WAVE: pair[0]}, drop=True)
    change[LATENT] = change[LATENT].where(tied(fit, *pair))
    change = change.where(comparable(fit, *pair).sel({COUNTRY: change[COUNTRY]}))
    if not any(bool(draws.notnull().any()) for draws in change.data_vars.values()):
        refused = change_refusals(fit, *pair, factors=factors)
        raise IdentificationError("\n".join(map(str, refused)))
    attrs = {"assumption": said} if (said := assumption(fit)) else {}
    ordered = change.transpose(*(dim for dim in found[LATENT].dims if dim != WAVE))
    return ordered.assign_coords({"from": pair[0], "to": pair[1]}).assign_attrs(attrs)


def pooled_changes(changes: xr.Dataset, *over: str) -> xr.Dataset:
    """Changes of all followed countries, each of equal weight.

    Parameters
    ----------
    changes : xarray.Dataset
        From :func:`changes`.
    *over : str
        Dimensions averaged in turn; default the countries; ``"country", "factor"`` gives
        the mean over factors too.

    Returns
    -------
    xarray.Dataset
        Dims of ``changes`` without ``over``.
    """
    return pooled(changes, *(over or (COUNTRY,)))


def before_and_after(changes: xr.Dataset, levels: xr.Dataset) -> tuple[xr.Dataset, xr.Dataset]:
    """Levels at both waves of the very cells whose change is told.

    A mean of all levels at a wave is about other countries than the mean change as soon as one is
    missing at the other wave: what is drawn as before and after must differ by the change.

    Parameters
    ----------
    changes : xarray.Dataset
        From :func:`changes`.
    levels : xarray.Dataset
        Of which they are.

    Returns
    -------
    tuple of xarray.Dataset
        Dims of ``changes``, NaN where it has none.
    """
    here = levels.sel({dim: changes[dim] for dim in (COUNTRY, FACTOR)})
    first, last = (
        here.sel({WAVE: str(changes[end].item())}, drop=True)
        .where(changes.notnull())
        .assign_coords({name: changes[name] for name in ("from", "to")})
        for end in ("from", "to")
    )
    return first, last


def main_changes(fit: Fit, pairs: Sequence[tuple[str, str]] | None = None) -> xr.Dataset:
    """Changes between the first two waves between which any can be told: those of a headline.

    Parameters
    ----------
    fit : Fit
    pairs : sequence of pair of str, optional
        Waves compared, in the order of preference; default :func:`pairs_of_waves`.

    Returns
    -------
    xarray.Dataset
        As of :func:`changes`.

    Raises
    ------
    IdentificationError
        Between none of them; the reasons are those of the first.
    """
    wanted = pairs_of_waves(fit.design.waves) if pairs is None else pairs
    for start, end in wanted:
        with suppress(IdentificationError):
            return changes(fit, start=start, end=end)
    return changes(fit, start=wanted[0][0], end=wanted[0][1]) if wanted else changes(fit)


def waves_compared(design: Design, start: str | None, end: str | None) -> tuple[int, int]:
    """Positions of the two waves compared.

    Raises
    ------
    IdentificationError
        No such wave, the wrong order, or no country was seen in both.
    """
    found = positions(design.waves, start, end)
    seen = design.observed.any(axis=(1, 2))
    if not seen[:, list(found)].all(axis=1).any():
        first, last = (design.waves[place] for place in found)
        raise IdentificationError(
            f"Change from {first!r} to {last!r}: no country was surveyed in both waves, so that "
            "no change can be told from a difference between countries. Name two waves that "
            "share a country."
        )
    return found


def support_status(
    design: Design, start: str | None = None, end: str | None = None
) -> xr.DataArray:
    """Say of every followed cell whether support began between two waves.

    Parameters
    ----------
    design : Design
    start, end : str, optional
        As of :func:`changes`.

    Returns
    -------
    xarray.DataArray
        Dims country (the followed ones), factor: "supported"; "unsupported"; "" where
        support was in force at the start already, and everywhere without support table.

    Raises
    ------
    IdentificationError
        As of :func:`changes`.
    """
    first, last = waves_compared(design, start, end)
    status = np.full((len(design.followed), len(design.factors)), "", dtype=object)
    if design.support is not None:
        support = design.support[design.followed]
        before = design.already_treated[design.followed] | support[:, :, first]
        status[~before] = np.where(support[:, :, last], "supported", "unsupported")[~before]
    return xr.DataArray(
        status,
        coords={COUNTRY: list(design.followed_labels), FACTOR: list(design.factors)},
        dims=(COUNTRY, FACTOR),
    )
