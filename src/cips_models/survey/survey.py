"""A survey in memory: answers recoded, respondents labelled, support laid out."""

from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from cips_models.disclosure.rule import Rule
from cips_models.survey.codebook import Codebook
from cips_models.survey.composition import Composition

#: Position that stands for "no substantive answer" in :attr:`Survey.answers`.
NO_ANSWER = -1

# Why there is no substantive answer (values of :attr:`Survey.reasons`).
ANSWERED, DONT_KNOW, REFUSED, NOT_ASKED = 0, 1, 2, 3


@dataclass(frozen=True)
class Survey:
    """A validated survey.

    Attributes
    ----------
    name : str
    synthetic : bool
        The data were simulated; every output says so.
    codebook : Codebook
    countries, groups, waves : tuple of str
        Labels in the order of display; waves in the order of time.
    times : tuple of float
        Calendar time of each wave in years, increasing.
    respondents : pandas.DataFrame
        One row a respondent, index ``respondent`` (str, unique), columns ``country``,
        ``group``, ``wave`` (ordered categoricals whose categories are exactly the label
        tuples above), then background columns under the user's names.
    answers : xarray.DataArray
        int8, dims (respondent, item): 0 = least favourable ... K-1 = most favourable,
        -1 = no substantive answer.
    reasons : xarray.DataArray
        int8, dims (respondent, item): 0 answered, 1 don't know, 2 refused, 3 not asked.
    supported : xarray.DataArray or None
        bool, dims (country, factor).
    support_start : xarray.DataArray or None
        int64, dims (country, factor): position in ``waves`` of the first wave at which
        support is in force (1 unless the table says otherwise); -1 where unsupported.
    support_intensity : xarray.DataArray or None
        float64, dims (country, factor): how intense support was, 1 unless the table says
        otherwise; 0 where unsupported.
    exclusions : pandas.DataFrame
        What the study file excludes: columns ``column``, ``value``, ``rows``.
    notes : tuple of str
        What is fine but must be said (a country seen once, an item with one level used).
    fingerprint : str
        SHA-256 over everything above that a fit depends on.
    composition : Composition or None
        Strata, modes and the standard composition, where the study names any.
    weight : str or None
        Column of ``respondents`` that holds survey weights.
    exposure : xarray.DataArray or None
        float64, dims (factor, exposed): how far support of a factor exposes another one.
    disclosure : Rule
        How few people are too few to be counted in what leaves: files, not this object.
    """

    name: str
    synthetic: bool
    codebook: Codebook
    countries: tuple[str, ...]
    groups: tuple[str, ...]
    waves: tuple[str, ...]
    times: tuple[float, ...]
    respondents: pd.DataFrame
    answers: xr.DataArray
    reasons: xr.DataArray
    supported: xr.DataArray | None
    support_start: xr.DataArray | None
    exclusions: pd.DataFrame
    notes: tuple[str, ...]
    fingerprint: str
    support_intensity: xr.DataArray | None = None
    composition: Composition | None = None
    weight: str | None = None
    exposure: xr.DataArray | None = None
    disclosure: Rule = field(default_factory=Rule)

    @property
    def factors(self) -> tuple[str, ...]:
        """Factor labels in the order of the codebook."""
        return self.codebook.factors
