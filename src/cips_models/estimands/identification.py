"""What the questionnaire ties together, and how to say what it does not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.sparse.csgraph import connected_components

from cips_models.errors import IdentificationError
from cips_models.inference.fit import Fit
from cips_models.names import FACTOR, GROUP, WAVE
from cips_models.wording import _


@dataclass(frozen=True)
class Refusal:
    """What cannot be said, why, and what would make it possible.

    Attributes
    ----------
    claim : str
        What was wanted to be said.
    where : str
        Factors, countries or cells that it is about.
    scales : tuple of str
        Scales on which it cannot be said.
    reason, remedy : str
        Sentences.
    """

    claim: str
    where: str
    scales: tuple[str, ...]
    reason: str
    remedy: str

    def __str__(self) -> str:
        place = "; ".join(filter(None, (self.where, ", ".join(self.scales))))
        return f"{self.claim} ({place}): {self.reason} {self.remedy}"

    def error(self) -> IdentificationError:
        """The refusal as the error of a function that was asked for nothing else."""
        return IdentificationError(str(self))


def common_scale(fit: Fit) -> xr.DataArray:
    """Number the latent scales: where two numbers are equal, levels may be compared.

    A question has one set of parameters wherever it was asked, so that it ties the groups
    and waves in which it was asked to one scale; so does a chain of such questions (common
    items; Kolen & Brennan 2014, Test Equating, Scaling, and Linking, ch. 6).

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    xarray.DataArray
        int, dims factor, group, wave; numbers mean nothing between factors. -1 where the
        group was asked no question of the factor.
    """
    book, design = fit.questionnaire, fit.design
    asked = book["asked"].astype(bool).transpose("question", GROUP, WAVE).to_numpy()
    scale = np.full((len(design.factors), *asked.shape[1:]), -1)
    for f in range(len(design.factors)):
        mine = asked[book["factor"].to_numpy() == f].reshape(-1, scale[0].size).astype(int)
        _count, number = connected_components(mine.T @ mine, directed=False)
        scale[f] = np.where(mine.any(axis=0), number, -1).reshape(scale.shape[1:])
    labels = {
        FACTOR: list(design.factors),
        GROUP: book[GROUP].to_numpy(),
        WAVE: book[WAVE].to_numpy(),
    }
    return xr.DataArray(scale, labels, (FACTOR, GROUP, WAVE))


def tied(fit: Fit, start: str, end: str) -> xr.DataArray:
    """Whether two waves share a latent scale, (factor, group) bool."""
    scale = common_scale(fit)
    first, last = (scale.sel({WAVE: wave}, drop=True) for wave in (start, end))
    return (first == last) & (first >= 0)


def alike(fit: Fit, first: str, second: str) -> xr.DataArray:
    """Whether two groups share a latent scale, (factor, wave) bool."""
    scale = common_scale(fit)
    one, other = (scale.sel({GROUP: group}, drop=True) for group in (first, second))
    return (one == other) & (one >= 0)


def by_factor(counted: xr.DataArray, fit: Fit) -> xr.DataArray:
    """Whether any question of a factor counts: dims of ``counted`` with factor for question."""
    return number_by_factor(counted, fit) > 0


def number_by_factor(counted: xr.DataArray, fit: Fit) -> xr.DataArray:
    """How many questions of a factor count: dims of ``counted`` with factor for question."""
    number, factors = fit.questionnaire["factor"].to_numpy(), fit.design.factors
    each = [counted.isel(question=number == f).sum("question") for f in range(len(factors))]
    return xr.concat(each, xr.Variable(FACTOR, list(factors)))


def listed(labels: Iterable[str], whole: Sequence[str]) -> str:
    """Labels for reading; all of several factors by one word."""
    names = list(labels)
    if len(names) == len(whole) > 1:
        return _("all factors")
    return ", ".join(map(str, names))
