"""Which cells identify an effect, and with which weights."""

from dataclasses import dataclass

import numpy as np

from cips_models.model.design import Design


@dataclass(frozen=True)
class Comparison:
    """What the within-country comparison of one group rests on.

    Attributes
    ----------
    treated : (followed, factor) bool array
        Supported cells seen before and after.
    control : (followed, factor) bool array
        Unsupported cells seen before and after, not already treated.
    countries, factors : int
        Countries with both kinds of cells; factors supported somewhere, not everywhere.
    """

    treated: np.ndarray
    control: np.ndarray

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


def comparison(design: Design, group: int) -> Comparison:
    """The comparison between the first and the last wave for one group."""
    observed = design.observed[design.followed][:, :, group]
    seen = observed[:, :, 0] & observed[:, :, -1]
    treated = design.treated & seen
    already = design.already_treated[design.followed]
    return Comparison(treated, seen & ~design.treated & ~already)


def imputation_weights(compared: Comparison) -> np.ndarray:
    """Weights of the imputation estimator of the ATT.

    Country and factor effects are fitted to the changes of the control cells by least
    squares; the counterfactual change of a treated cell is the sum of its two; the ATT is
    the mean of change minus counterfactual over the treated cells for which both exist,
    each weighing the same (Borusyak, Jaravel & Spiess 2024, eq. 5-6).

    Returns
    -------
    (followed, factor) array
        The estimate is ``(weights * changes).sum()``; all NaN where no cell is identified.
    """
    countries, factors = compared.treated.shape
    country = np.repeat(np.arange(countries), factors)
    factor = np.tile(np.arange(factors), countries)
    effects = np.zeros((countries * factors, countries + factors))
    effects[np.arange(len(country)), country] = 1.0
    effects[np.arange(len(factor)), countries + factor] = 1.0
    control = effects[compared.control.ravel()]
    treated = effects[compared.treated.ravel()]
    weights = np.full(countries * factors, np.nan)
    if len(control) and len(treated):
        inverse = np.linalg.pinv(control)
        # A treated cell is identified if its row is a combination of control rows.
        identified = np.abs(treated @ inverse @ control - treated).max(axis=1) < 1e-8
        if identified.any():
            weights[:] = 0.0
            share = 1.0 / identified.sum()
            weights[np.flatnonzero(compared.treated.ravel())[identified]] = share
            weights[compared.control.ravel()] -= (share * treated[identified] @ inverse).sum(axis=0)
    return weights.reshape(countries, factors)
