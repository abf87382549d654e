"""Effects on raw answers, item by item: countries that supported a factor against the others.

Nothing of the measurement model is used, and nothing of the comparison within countries: what the
model says is held against answers as they were given.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from cips_models.did.distributional import counterfactual
from cips_models.errors import IdentificationError
from cips_models.estimands.changes import support_status, waves_compared
from cips_models.model.design import design
from cips_models.model.layout import Layout, layout
from cips_models.model.record import questionnaire
from cips_models.names import CHAIN, DRAW, GROUP, LEVEL, PERCENT, SCORE
from cips_models.survey.survey import Survey

#: What would have moved alike in supporting and other countries without support: the latent
#: response behind an answer, in units of its spread; or the share of every answer.
DISTRIBUTION: Final = "distribution"
SHARES: Final = "shares"

#: Fewest countries on either side of an item: one can be left out.
_FEWEST: Final = 2

_LEFT_OUT: Final = "left_out_country"


@dataclass(frozen=True)
class _Item:
    """One item in one group: answers of the countries seen in both waves."""

    group: int
    factor: int
    before: np.ndarray  # (country, level) shares
    after: np.ndarray
    supported: np.ndarray  # (country,) bool
    place: np.ndarray  # (country,) positions
    worth: dict[str, np.ndarray]  # scale to (level,), 0-100


def between_countries(
    survey: Survey,
    *,
    seed: int,
    draws: int = 1000,
    start: str | None = None,
    end: str | None = None,
) -> xr.Dataset:
    """Effect of support on the answers to items, countries compared with countries.

    For each item with three levels or more, countries that supported its factor between the two
    waves are compared with those that never had, every country weighing the same.  What the
    supporting ones would have answered is predicted twice: with parallel trends of a normal latent
    response (:mod:`cips_models.did.distributional`) and of the shares of each answer.  Effects are
    averaged over the items of a factor, and over factors by their number of supported cells.

    Countries are the clusters.  Each is left out in turn, of all items and groups at once.  The
    draws lie around the estimate as Student's t with C - 1 degrees of freedom and the variance of
    the jackknife,

        (C - 1) / C * sum over countries of (estimate without it - estimate)^2

    (MacKinnon, Nielsen & Webb 2023, CV3); outcomes and groups keep their correlation.  With few
    countries the interval is too wide rather than too narrow.

    Parameters
    ----------
    survey : Survey
    seed : int
    draws : int
    start, end : str, optional
        Labels of the waves; default the first and the last.

    Returns
    -------
    xarray.Dataset
        Dims chain (one), draw, trends ("distribution", "shares"), group: ``percent`` and
        ``score`` in points; ``answers`` with ``level`` ("1 of 4", ...): percentage points by which
        support moved answers of each level, mean over the items with as many levels.  Coordinates
        (group) ``items``, ``left_out`` (items of the group that have two levels, were not asked
        in both waves, had fewer than two countries on either side, or a level nobody chose),
        ``countries``, ``factors``, ``cells``.  NaN in a group without any item.

    Raises
    ------
    IdentificationError
        No such waves, no support table, or no item with two countries on either side.
    """
    lay = layout(survey, by_stratum=False)
    items = list(_items(survey, lay, start, end))
    countries = len(survey.countries)
    # All countries, then all but one.
    kept = np.concatenate([np.ones((1, countries)), 1.0 - np.eye(countries)])
    moved = [(item, _moved(item, kept)) for item in items]
    moved = [(item, found) for item, found in moved if np.isfinite(found).all()]
    if not moved:
        raise IdentificationError(
            f"Effect of support between countries: found no item of three levels or more, asked in "
            f"both waves, with {_FEWEST} supporting and {_FEWEST} other countries; expected one. "
            "Look at the comparison within countries."
        )
    each = [_of_group(survey, lay, moved, g, kept) for g in range(len(survey.groups))]
    whole = xr.concat(each, xr.Variable(GROUP, list(survey.groups)), join="outer")
    estimated = [name for name in whole.data_vars if _LEFT_OUT in whole[name].dims]
    count = len({int(c) for item, _ in moved for c in item.place})
    found = _drawn(whole[estimated], count, draws, np.random.default_rng(seed))
    return found.assign_coords({name: whole[name] for name in {*whole} - {*estimated}})


def _drawn(
    estimates: xr.Dataset, countries: int, draws: int, rng: np.random.Generator
) -> xr.Dataset:
    """Draws around estimates, from what leaving out a country changes."""
    whole = estimates.isel({_LEFT_OUT: 0})
    away = estimates.isel({_LEFT_OUT: slice(1, None)}) - whole
    freedom = countries - 1
    z = rng.standard_normal((draws - draws // 2, away.sizes[_LEFT_OUT]))
    z *= np.sqrt(freedom / rng.chisquare(freedom, len(z)))[:, None]
    # In pairs of opposite sign: the mean of the draws is the estimate.
    z = np.sqrt(freedom / countries) * np.concatenate([z, -z[: draws // 2]])
    direction = xr.DataArray(z[None], dims=(CHAIN, DRAW, _LEFT_OUT))
    found: xr.Dataset = whole + away.map(lambda each: xr.dot(direction, each, dim=_LEFT_OUT))
    labels = {CHAIN: [0], DRAW: np.arange(draws)}
    return found.assign_coords(labels).transpose(CHAIN, DRAW, "trends", ...)


def _items(survey: Survey, lay: Layout, start: str | None, end: str | None) -> Iterator[_Item]:
    plan, book = design(survey, lay), questionnaire(survey, lay)
    pair = waves_compared(plan, start, end)
    status = support_status(plan, *(plan.waves[w] for w in pair)).to_numpy()
    for g in range(len(survey.groups)):
        for j, levels in enumerate(lay.questions.levels):
            if levels < 3:
                continue
            counts = np.stack([_counts(lay, j, int(levels), g, w) for w in pair])[:, plan.followed]
            kind = status[:, lay.questions.factor[j]]
            given = counts.sum(axis=2)
            seen = ((given > 0) & ~survey.disclosure.small(given)).all(axis=0) & (kind != "")
            supported = kind[seen] == "supported"
            if min(supported.sum(), (~supported).sum()) < _FEWEST:
                continue
            shares = counts[:, seen] / counts[:, seen].sum(axis=2, keepdims=True)
            worth = {
                PERCENT: 100.0 * book["positive"].to_numpy()[j, :levels],
                SCORE: 100.0 * book["points"].to_numpy()[j, :levels],
            }
            factor = int(lay.questions.factor[j])
            yield _Item(g, factor, shares[0], shares[1], supported, plan.followed[seen], worth)


def _counts(lay: Layout, question: int, levels: int, group: int, wave: int) -> np.ndarray:
    """(country, level) answers to a question in a group and wave."""
    rows = (lay.cells[[GROUP, "wave"]].to_numpy() == [group, wave]).all(axis=1)[lay.cell_of]
    answer = lay.answers[rows, question]
    country = lay.cells["country"].to_numpy()[lay.cell_of][rows]
    found = np.zeros((lay.standard.shape[0], levels))
    np.add.at(found, (country[answer >= 0], answer[answer >= 0]), 1.0)
    return found


def _moved(item: _Item, kept: np.ndarray) -> np.ndarray:
    """(left out, trends, level) by how much support moved the shares of the answers.

    ``kept`` (left out, country) is 1 for countries that count.
    """

    def mean(shares: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        own = kept[:, item.place[chosen]]
        return np.asarray((own / own.sum(axis=1, keepdims=True)) @ shares[chosen])

    before, after = (
        [mean(shares, chosen) for chosen in (~item.supported, item.supported)]
        for shares in (item.before, item.after)
    )
    without = [
        counterfactual(before[0], after[0], before[1]),
        before[1] + after[0] - before[0],
    ]
    return np.stack([after[1] - each for each in without], axis=1)


def _of_group(
    survey: Survey,
    lay: Layout,
    moved: list[tuple[_Item, np.ndarray]],
    group: int,
    kept: np.ndarray,
) -> xr.Dataset:
    """Averages over items, then over factors by their supported cells; and what they rest on."""
    mine = [(item, found) for item, found in moved if item.group == group]
    asked = [survey.groups[group] in groups for groups in lay.questions.groups]
    cells = np.zeros((2, len(survey.countries), len(survey.factors)), bool)
    for item, _found in mine:
        cells[item.supported.astype(int), item.place, item.factor] = True
    items = np.bincount([item.factor for item, _ in mine], minlength=len(survey.factors))
    # (left out, item): supported cells of its factor, shared out over the factor's items.
    share = ((kept @ cells[1]) / items.clip(min=1))[:, [item.factor for item, _ in mine]]
    dims, shape = (_LEFT_OUT, "trends"), (len(kept), 2)
    data: dict[str, tuple[tuple[str, ...], np.ndarray]] = {
        scale: (dims, _mean([found @ item.worth[scale] for item, found in mine], share, shape))
        for scale in (PERCENT, SCORE)
    }
    labels: list[str] = []
    answers = [np.zeros((*shape, 0))]
    for size in sorted({found.shape[2] for _, found in mine}):
        chosen = [k for k, (_, found) in enumerate(mine) if found.shape[2] == size]
        labels += [f"{level} of {size}" for level in range(1, size + 1)]
        each = [100.0 * mine[k][1] for k in chosen]
        answers.append(_mean(each, share[:, chosen], (*shape, size)))
    data["answers"] = ((*dims, LEVEL), np.concatenate(answers, axis=2))
    counts = {
        "items": len(mine),
        "left_out": sum(asked) - len(mine),
        "countries": int(cells.any(axis=(0, 2)).sum()),
        "factors": int(cells[1].any(axis=0).sum()),
        "cells": int(cells[1].sum()),
    }
    coords = {"trends": [DISTRIBUTION, SHARES], LEVEL: labels}
    return xr.Dataset(data | {name: ((), n) for name, n in counts.items()}, coords)


def _mean(each: list[np.ndarray], share: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Mean over items by their share, (left out, item), of all but the left out."""
    if not each:
        return np.full(shape, np.nan)
    return np.asarray(
        np.einsum("rj,jr...->r...", share / share.sum(axis=1, keepdims=True), np.stack(each))
    )
