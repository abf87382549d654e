"""Which cells identify an effect, and with which weights."""

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from cips_models.model.design import Design


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

    @cached_property
    def weights(self) -> np.ndarray:
        """(followed, factor, wave): see :func:`imputation_weights`."""
        return imputation_weights(self)

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


def nothing_compared(found: Comparison) -> Comparison:
    """A comparison of the same shape without any cell."""
    arrays = {each.name: getattr(found, each.name) for each in fields(found)}
    return Comparison(**{name: np.zeros_like(array) for name, array in arrays.items()})


def imputation_weights(compared: Comparison) -> np.ndarray:
    """Weights of the imputation estimator of the ATT.

    An effect of every cell, of every country and wave, and of every factor and wave are
    fitted by least squares to the levels without support; they give the level that a treated
    cell would have had without support at its last wave; the ATT is the mean of level minus
    that over the treated cells for which it exists, each weighing the same (Borusyak,
    Jaravel & Spiess 2024, eq. 5-6).  Waves that a country lacks are no hindrance: a cell's
    change over its own waves is compared with that of others over the same.  With two waves
    this is the two-way comparison of changes.

    Returns
    -------
    (followed, factor, wave) array
        The estimate is ``(weights * levels).sum()``; all NaN where no cell is identified.
    """
    countries, factors, waves = compared.untreated.shape
    weights = np.full(compared.untreated.shape, np.nan)
    before = np.argwhere(compared.untreated)
    cells = np.argwhere(compared.treated)
    if not (len(before) and len(cells)):
        return weights
    after = np.column_stack([cells, compared.last[compared.treated]])

    def common(place: np.ndarray) -> np.ndarray:
        """Indicators of country and wave, and of factor and wave."""
        found = np.zeros((len(place), (countries + factors) * waves))
        row = np.arange(len(place))
        found[row, place[:, 0] * waves + place[:, 2]] = 1.0
        found[row, (countries + place[:, 1]) * waves + place[:, 2]] = 1.0
        return found

    # The cells' own effects are swept out: everything is a deviation from the cell's mean.
    cell = np.ravel_multi_index((before[:, 0], before[:, 1]), (countries, factors))
    own = np.ravel_multi_index((cells[:, 0], cells[:, 1]), (countries, factors))
    seen = np.bincount(cell, minlength=countries * factors)
    means = np.zeros((countries * factors, (countries + factors) * waves))
    np.add.at(means, cell, common(before) / seen[cell][:, None])
    control = common(before) - means[cell]
    treated = common(after) - means[own]
    # Singular by construction; the default tolerance takes rounding for a direction.
    inverse = np.linalg.pinv(control, rcond=1e-10)
    # A treated cell is identified if its row is a combination of the rows without support.
    identified = np.abs(treated @ inverse @ control - treated).max(axis=1) < 1e-8
    if not identified.any():
        return weights
    share = 1.0 / identified.sum()
    counted = np.isin(cell, own[identified])
    weights[:] = 0.0
    weights[tuple(before.T)] = -share * (
        treated[identified].sum(axis=0) @ inverse + np.where(counted, 1.0 / seen[cell], 0.0)
    )
    weights[tuple(after[identified].T)] = share
    weights[np.abs(weights) < 1e-12] = 0.0  # rounding: such a cell does not count
    return weights
