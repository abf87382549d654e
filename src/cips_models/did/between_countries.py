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

#: Fewest countries on either side of an item.
_FEWEST: Final = 2


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

    The draws are a Bayesian bootstrap of countries (Rubin 1981): each is the estimate with weights
    of the countries from a flat Dirichlet distribution, the same for all items and groups.  They
    say how far the countries at hand differ, which includes that their people are samples.

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
    rng = np.random.default_rng(seed)
    weight = rng.dirichlet(np.ones(len(survey.countries)), size=draws)
    moved = [(item, _moved(item, weight)) for item in items]
    moved = [(item, found) for item, found in moved if np.isfinite(found).all()]
    if not moved:
        raise IdentificationError(
            f"Effect of support between countries: found no item of three levels or more, asked in "
            f"both waves, with {_FEWEST} supporting and {_FEWEST} other countries; expected one. "
            "Look at the comparison within countries."
        )
    each = [_of_group(survey, lay, moved, g, draws) for g in range(len(survey.groups))]
    whole = xr.concat(each, xr.Variable(GROUP, list(survey.groups)), join="outer")
    drawn = [name for name in whole.data_vars if DRAW in whole[name].dims]
    together = whole[drawn].expand_dims({CHAIN: [0]}).transpose(CHAIN, DRAW, "trends", ...)
    return together.assign_coords({name: whole[name] for name in set(whole.data_vars) - {*drawn}})


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
            seen = (counts.sum(axis=2) > 0).all(axis=0) & (kind != "")
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


def _moved(item: _Item, weight: np.ndarray) -> np.ndarray:
    """(draw, trends, level) by how much support moved the shares of the answers."""

    def mean(shares: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        own = weight[:, item.place[chosen]]
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
    draws: int,
) -> xr.Dataset:
    """Averages over items, then over factors by their supported cells."""
    mine = [(item, found) for item, found in moved if item.group == group]
    asked = [survey.groups[group] in groups for groups in lay.questions.groups]
    cells = [{(c, item.factor) for c in item.place[item.supported]} for item, _ in mine]
    other = [{(c, item.factor) for c in item.place[~item.supported]} for item, _ in mine]
    treated, control = set().union(*cells), set().union(*other)
    both = {c for c, _ in treated | control}
    by_factor = {f: sum(at == f for _, at in treated) for f in {item.factor for item, _ in mine}}
    per = {f: sum(item.factor == f for item, _ in mine) for f in by_factor}
    share = np.array([by_factor[item.factor] / per[item.factor] for item, _ in mine])
    dims = (DRAW, "trends")
    data: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}
    for scale in (PERCENT, SCORE):
        each = [found @ item.worth[scale] for item, found in mine]
        data[scale] = (dims, _mean(each, share, (draws, 2)))
    labels, answers = [], []
    for size in sorted({found.shape[2] for _, found in mine}):
        chosen = [k for k, (_, found) in enumerate(mine) if found.shape[2] == size]
        labels += [f"{level} of {size}" for level in range(1, size + 1)]
        each = [100.0 * mine[k][1] for k in chosen]
        answers.append(_mean(each, share[chosen], (draws, 2, size)))
    empty = np.zeros((draws, 2, 0))
    data["answers"] = ((*dims, LEVEL), np.concatenate(answers, axis=2) if answers else empty)
    counts = {
        "items": len(mine),
        "left_out": sum(asked) - len(mine),
        "countries": len(both),
        "factors": len(by_factor),
        "cells": len(treated),
    }
    coords = {"trends": [DISTRIBUTION, SHARES], LEVEL: labels, DRAW: np.arange(draws)}
    return xr.Dataset(data | {name: ((), n) for name, n in counts.items()}, coords)


def _mean(each: list[np.ndarray], share: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if not each:
        return np.full(shape, np.nan)
    return np.asarray(np.tensordot(share / share.sum(), np.stack(each), axes=1))
