"""Who was asked what: contradictions with the codebook, and what is fine but must be said."""

import math
from collections.abc import Iterable, Sequence
from itertools import compress

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from cips_models.disclosure.rule import OFF, Rule
from cips_models.errors import Problem
from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE
from cips_models.survey.cells import at
from cips_models.survey.codebook import Codebook
from cips_models.survey.document import quoted
from cips_models.survey.recoding import Int8Array
from cips_models.survey.respondents import Respondents
from cips_models.survey.survey import NO_ANSWER, NOT_ASKED
from cips_models.wording import _, ngettext


def check_coverage(
    respondents: Respondents,
    codebook: Codebook,
    answers: Int8Array,
    reasons: Int8Array,
    source: str,
    problems: list[Problem],
) -> None:
    """Compare who answered an item with whom the codebook says it was asked of.

    Parameters
    ----------
    respondents : Respondents
    codebook : Codebook
    answers, reasons : int8 arrays, shape (respondents, items)
    source : str
    problems : list of Problem
        Collector; appended to.
    """
    group_of = respondents.described[GROUP]
    groups = group_of.cat.categories
    answered = answers != NO_ANSWER
    asked = reasons != NOT_ASKED
    member = {group: (group_of == group).to_numpy() for group in groups}
    hint = "Correct `groups` of the item in the codebook, or the file."
    for j, item in enumerate(codebook.items):
        if item.id not in respondents.table:
            continue  # reported as missing
        column = respondents.answers_to(item.id)
        silent = [g for g in item.groups if g in member and not answered[member[g], j].any()]
        if silent:
            who = "anybody" if len(silent) == len(item.groups) else quoted(silent)
            found = f"no substantive answer by {who}"
            expected = f"answers by {quoted(item.groups)}, who were asked"
            where = f"{source}, column {column.name}"
            problems.append(Problem(where, found, expected, hint))
        for group in (g for g in groups if g not in item.groups):
            wrong = column.index[member[group] & asked[:, j]]
            if len(wrong):
                found = f'{len(wrong)} answers by "{group}"'
                expected = f"answers only by {quoted(item.groups)}, who were asked"
                problems.append(Problem(at(source, wrong, str(column.name)), found, expected, hint))
    for group in groups:
        if codebook.items and not any(group in item.groups for item in codebook.items):
            found = f'group "{group}", asked no item'
            problems.append(Problem("codebook", found, "an item for every group", hint))


def survey_notes(
    described: pd.DataFrame,
    codebook: Codebook,
    answers: Int8Array,
    supported: xr.DataArray | None,
    start: xr.DataArray | None,
    rule: Rule = OFF,
) -> tuple[str, ...]:
    """List what is fine but must be said in the report.

    Parameters
    ----------
    described : pandas.DataFrame
        Respondents, with categorical columns ``country``, ``group`` and ``wave``.
    codebook : Codebook
    answers : int8 array, shape (respondents, items)
    supported, start : xarray.DataArray or None
        Dims (country, factor).
    rule : Rule
        How few people are too few to be counted.
    """
    notes = [
        *_wave_notes(described),
        *_factor_notes(codebook, _labels(described, GROUP)),
        *_item_notes(described, codebook, answers, rule),
    ]
    if supported is not None and start is not None:
        notes += _support_notes(supported, start)
    return tuple(notes)


def _labels(described: pd.DataFrame, dim: str) -> list[str]:
    return list(described[dim].cat.categories)


def _counts(described: pd.DataFrame, dims: Sequence[str]) -> NDArray[np.int64]:
    """Count respondents by label; shape = the number of labels of each dimension."""
    shape = tuple(len(_labels(described, dim)) for dim in dims)
    cells = np.ravel_multi_index([described[dim].cat.codes for dim in dims], shape)
    return np.bincount(cells, minlength=math.prod(shape)).reshape(shape)


def _wave_notes(described: pd.DataFrame) -> Iterable[str]:
    countries, groups, waves = (_labels(described, dim) for dim in (COUNTRY, GROUP, WAVE))
    sizes = _counts(described, (COUNTRY, GROUP, WAVE))
    took_part = sizes.any(axis=1)
    once = list(compress(countries, took_part.sum(axis=1) == 1))
    if len(waves) == 1:
        yield _("The survey has one wave: there are levels, but no changes.")
    elif once:
        yield _("In one wave only, so in the levels but in no change: {countries}.").format(
            countries=", ".join(once)
        )
    empty = [
        f"{countries[c]} / {groups[g]} / {waves[w]}"
        for c, g, w in np.argwhere((sizes == 0) & took_part[:, None, :])
    ]
    if empty:
        yield _("Without a respondent: {cells}.").format(cells=", ".join(empty))


def _factor_notes(codebook: Codebook, groups: Sequence[str]) -> Iterable[str]:
    for factor in codebook.factors:
        never = [group for group in groups if not codebook.of(factor, group)]
        if never:
            yield _('Factor "{factor}" was never asked of: {groups}.').format(
                factor=factor, groups=", ".join(never)
            )


def _item_notes(
    described: pd.DataFrame, codebook: Codebook, answers: Int8Array, rule: Rule
) -> Iterable[str]:
    answered = answers != NO_ANSWER
    nobody = int((~answered.any(axis=1)).sum())
    if rule.small(nobody):
        yield _("Fewer than {n} respondents gave no substantive answer to any item.").format(
            n=rule.threshold
        )
    elif nobody:
        yield ngettext(
            "One respondent gave no substantive answer to any item.",
            "{n} respondents gave no substantive answer to any item.",
            nobody,
        ).format(n=nobody)
    took_part = _counts(described, (COUNTRY, WAVE)) > 0
    for j, item in enumerate(codebook.items):
        levels = np.unique(answers[answered[:, j], j])
        if len(levels) == 1:
            yield _('Item "{item}" has one level used, "{level}": it says nothing.').format(
                item=item.id, level=item.codes[levels[0]]
            )
        silent = took_part & (_counts(described[answered[:, j]], (COUNTRY, WAVE)) == 0)
        if silent.any():
            yield _('Item "{item}" was answered by nobody in: {places}.').format(
                item=item.id, places=", ".join(_places(described, silent, took_part))
            )


def _places(
    described: pd.DataFrame, silent: NDArray[np.bool_], took_part: NDArray[np.bool_]
) -> Iterable[str]:
    """Name country-waves; a wave in which all countries are silent by its name alone."""
    countries, waves = _labels(described, COUNTRY), _labels(described, WAVE)
    for w, wave in enumerate(waves):
        if (silent[:, w] == took_part[:, w]).all():
            yield _("all countries in {wave}").format(wave=wave)
        else:
            yield from (f"{countries[c]} {wave}" for c in np.flatnonzero(silent[:, w]))


def _support_notes(supported: xr.DataArray, start: xr.DataArray) -> Iterable[str]:
    sentences = {
        FACTOR: (
            _("Supported everywhere: {names}. Nothing is left to compare within these factors."),
            _("Supported nowhere: {names}. These factors serve only as comparison."),
        ),
        COUNTRY: (
            _("Supported in every factor: {names}. No comparison within these countries."),
            _("Supported in no factor: {names}. No comparison within these countries."),
        ),
    }
    for dim, (everywhere, nowhere) in sentences.items():
        other = COUNTRY if dim == FACTOR else FACTOR
        share = supported.mean(other)
        for sentence, extreme in ((everywhere, 1), (nowhere, 0)):
            names = share[dim].to_numpy()[share.to_numpy() == extreme]
            if len(names):
                yield sentence.format(names=", ".join(names))
    early = int((start == 0).sum())
    if early:
        yield ngettext(
            "One country-factor pair was supported from the first wave on: it enters "
            "neither the effect nor the comparison.",
            "{n} country-factor pairs were supported from the first wave on: they enter "
            "neither the effect nor the comparison.",
            early,
        ).format(n=early)
