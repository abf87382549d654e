"""Which cells identify an effect, and with which weights."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

import numpy as np
import xarray as xr

from cips_models.did.imputation import imputation
from cips_models.model.design import Design
from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE

#: What contributes to a mean by imputation: columns of tables, and attributes of a comparison.
CONTRIBUTING: Final = {"countries": "countries", "factors": "factors", "cells": "told"}


@dataclass(frozen=True)
class Comparison:
    """What the within-country comparison of one group rests on.

    Every cell counts with the waves in which its group was seen: countries may be in any
    waves, and support may start at any.

    Attributes
    ----------
    treated : (followed, factor) bool array
        Cells seen before and after their support began.
    control : (followed, factor) bool array
        Cells seen twice or more and never under support.
    already : (followed, factor) bool array
        Cells under support when the group, or its country, was first seen: set aside.
    untreated : (followed, factor, wave) bool array
        Where treated and control cells were seen without support.
    last : (followed, factor) int array
        Position of the last wave in which a cell was seen; 0 where it never was.
    """

    treated: np.ndarray
    control: np.ndarray
    already: np.ndarray
    untreated: np.ndarray
    last: np.ndarray

    @property
    def countries(self) -> int:
        """Number of countries with supported and unsupported factors."""
        return int((self.treated.any(axis=1) & self.control.any(axis=1)).sum())

    @property
    def factors(self) -> int:
        """Number of factors supported in some countries and not in others."""
        return int((self.treated.any(axis=0) & self.control.any(axis=0)).sum())

    @property
    def cells(self) -> int:
        """Number of supported cells."""
        return int(self.treated.sum())

    @property
    def already_treated(self) -> int:
        """Number of cells set aside because they were under support from the start."""
        return int(self.already.sum())

    @property
    def targets(self) -> np.ndarray:
        """(target, 3) positions of every treated cell and its last wave."""
        return np.column_stack([np.argwhere(self.treated), self.last[self.treated]])

    @cached_property
    def weights(self) -> np.ndarray:
        """(followed, factor, wave): see :func:`imputation_weights`."""
        return imputation_weights(self)

    @cached_property
    def told(self) -> int:
        """Number of supported cells whose effect others tell: the mean by imputation is of these.

        The hierarchy has an effect for the rest, too: that which cells have in common.
        """
        each = imputation(self.untreated, self.targets)
        return int((~np.isnan(each).any(axis=(1, 2, 3))).sum())

    @property
    def identified(self) -> bool:
        """Whether any supported cell has others to be compared with."""
        return bool(np.isfinite(self.weights).any())


def comparison(design: Design, group: int) -> Comparison:
    """The comparison for one group, every cell over its own waves."""
    observed = design.observed[design.followed][:, :, group]
    shape = observed.shape
    support = np.zeros(shape, bool) if design.support is None else design.support[design.followed]
    first = observed.argmax(axis=2)
    last = np.where(observed.any(axis=2), shape[2] - 1 - observed[:, :, ::-1].argmax(axis=2), 0)

    def at(wave: np.ndarray) -> np.ndarray:
        return np.take_along_axis(support, wave[:, :, None], axis=2)[:, :, 0]

    repeated = observed.sum(axis=2) >= 2
    already = repeated & (design.already_treated[design.followed] | at(first))
    treated = repeated & ~already & at(last)
    control = repeated & ~already & ~at(last)
    untreated = observed & ~support & (treated | control)[:, :, None]
    return Comparison(treated, control, already, untreated, last)


def by_group(design: Design, arrays: Sequence[np.ndarray]) -> xr.DataArray:
    """(country, factor, group[, wave]) from a (followed, factor[, wave]) array of each group."""
    labels = {
        COUNTRY: list(design.followed_labels),
        FACTOR: list(design.factors),
        GROUP: list(design.groups),
        WAVE: list(design.waves),
    }
    dims = (COUNTRY, FACTOR, GROUP, WAVE)[: arrays[0].ndim + 1]
    return xr.DataArray(np.stack(arrays, axis=2), {d: labels[d] for d in dims}, dims)


def nothing_compared(found: Comparison) -> Comparison:
    """A comparison of the same shape without any cell."""
    arrays = {each.name: getattr(found, each.name) for each in fields(found)}
    return Comparison(**{name: np.zeros_like(array) for name, array in arrays.items()})


def imputation_weights(compared: Comparison) -> np.ndarray:
    """Weights of the imputation estimator of the ATT.

    The mean over the treated cells whose effect at their last wave can be imputed, each weighing
    the same; see :func:`cips_models.did.imputation.imputation`.  With two waves this is the
    two-way comparison of changes.

    Returns
    -------
    (followed, factor, wave) array
        The estimate is ``(weights * levels).sum()``; all NaN where no cell is identified.
    """
    each = imputation(compared.untreated, compared.targets)
    told = ~np.isnan(each).any(axis=(1, 2, 3))
    if not told.any():
        return np.full(compared.untreated.shape, np.nan)
    return np.asarray(each[told].mean(axis=0))
