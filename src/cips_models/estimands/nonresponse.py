"""Don't know and refusals, question by question: how often, and how that changed.

"Don't know" is no answer and enters no estimate.  Where it becomes rarer or more frequent,
the people behind the remaining answers are others, which can look like a change of
perception: so its rate is an estimand of its own.
"""

from typing import Final

import numpy as np
import xarray as xr
from scipy.special import stdtrit

from cips_models.estimands.intervals import MASS
from cips_models.names import COUNTRY, GROUP, ITEM, WAVE
from cips_models.survey.survey import DONT_KNOW, NOT_ASKED, REFUSED, Survey

_DIMS: Final = (COUNTRY, GROUP, WAVE)

#: Kind of the interval of a change, as tables name it.
LABEL: Final = f"{100 * MASS:.0f}% t"


def nonresponse(survey: Survey) -> xr.Dataset:
    """Count what became of every question.

    Parameters
    ----------
    survey : Survey

    Returns
    -------
    xarray.Dataset
        Dims country, group, wave, item: ``asked`` (people who were asked), and of these
        ``dont_know`` and ``refused``.
    """
    reasons = survey.reasons.transpose(..., ITEM).to_numpy()
    sizes = (len(survey.countries), len(survey.groups), len(survey.waves))
    codes = [survey.respondents[dim].cat.codes.to_numpy() for dim in _DIMS]
    cell = np.ravel_multi_index(codes, sizes)

    def counted(happened: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        by_cell = np.zeros((int(np.prod(sizes)), reasons.shape[1]), dtype=np.int64)
        np.add.at(by_cell, cell, happened)
        return (*_DIMS, ITEM), by_cell.reshape(*sizes, -1)

    return xr.Dataset(
        {
            "asked": counted(reasons != NOT_ASKED),
            "dont_know": counted(reasons == DONT_KNOW),
            "refused": counted(reasons == REFUSED),
        },
        coords={
            COUNTRY: list(survey.countries),
            GROUP: list(survey.groups),
            WAVE: list(survey.waves),
            ITEM: survey.reasons[ITEM].to_numpy(),
        },
    )


def dont_know_changes(counts: xr.Dataset, waves: tuple[str, str] | None = None) -> xr.Dataset:
    """How the rate of don't know changed between the first and the last wave of a question.

    The first and the last wave in which the group was asked the question are compared, in
    the countries in which it was asked in both.  Each country's difference of rates is one
    number d; the change is their mean, every country of equal weight, and its interval is
    mean +- t sd(d) / sqrt(n) with n - 1 degrees of freedom: countries are the clusters, and
    people of one country are not taken as independent (analysis of cluster-level summaries;
    Hayes & Moulton 2017, Cluster Randomised Trials, 2nd ed., ch. 10).

    Parameters
    ----------
    counts : xarray.Dataset
        From :func:`nonresponse`.
    waves : pair of str, optional
        Labels of the only waves that are looked at, instead of all.

    Returns
    -------
    xarray.Dataset
        Dims item, group.  ``from`` and ``to``: labels of the waves, "" where the group was
        asked in fewer than two.  ``countries``: asked in both.  ``rate_from``, ``rate_to``:
        mean over these of the rate, per cent; ``change``, ``lower``, ``upper`` in points.
        NaN without such a country; the ends of the interval also with one alone, and where
        all differ by exactly the same, as where nobody ever says don't know.
    """
    counts = counts.transpose(COUNTRY, WAVE, ITEM, GROUP)
    if waves is not None:
        counts = counts.sel({WAVE: list(waves)})
    asked = counts["asked"].to_numpy()
    rate = 100.0 * counts["dont_know"].to_numpy() / np.where(asked, asked, np.nan)
    labels = counts[WAVE].to_numpy().astype(object)

    in_wave = asked.any(axis=0)
    first, last = in_wave.argmax(axis=0), len(labels) - 1 - in_wave[::-1].argmax(axis=0)
    repeated = in_wave.sum(axis=0) >= 2
    start, end = (np.take_along_axis(rate, w[None, None], axis=1)[:, 0] for w in (first, last))
    difference = np.where(repeated, end - start, np.nan)
    paired = ~np.isnan(difference)
    n = paired.sum(axis=0)

    mean = _mean(difference, paired)
    squares = np.where(paired, (difference - mean) ** 2, 0.0).sum(axis=0)
    sd = np.sqrt(squares / np.where(n > 1, n - 1, np.nan))
    reach = stdtrit(np.maximum(n - 1, 1), (1.0 + MASS) / 2.0) * sd / np.sqrt(np.maximum(n, 1))
    reach = np.where(sd > 0, reach, np.nan)
    found = {
        "from": np.where(repeated, labels[first], ""),
        "to": np.where(repeated, labels[last], ""),
        "countries": n,
        "rate_from": _mean(start, paired),
        "rate_to": _mean(end, paired),
        "change": mean,
        "lower": mean - reach,
        "upper": mean + reach,
    }
    return xr.Dataset(
        {name: ((ITEM, GROUP), values) for name, values in found.items()},
        coords={dim: counts[dim] for dim in (ITEM, GROUP)},
    )


def _mean(values: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Mean over countries of what counts; NaN where nothing does."""
    n = counted.sum(axis=0)
    total: np.ndarray = np.where(counted, values, 0.0).sum(axis=0)
    return total / np.where(n, n, np.nan)
