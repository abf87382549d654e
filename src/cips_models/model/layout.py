"""A survey as the likelihood sees it: cells, item parameters, answer patterns."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cips_models.errors import SpecificationError
from cips_models.names import COUNTRY, GROUP, WAVE
from cips_models.survey.codebook import Item
from cips_models.survey.survey import NO_ANSWER, Survey


@dataclass(frozen=True)
class Questions:
    """Items with parameters of their own, and what ties them together.

    An item has one set of parameters for all groups that were asked it, unless the
    codebook says that the groups' versions differ: then each group's version is a
    question of its own.  Groups linked by shared questions of a factor form a *block*
    with one scale and one origin (design: identification).

    Attributes
    ----------
    labels : tuple of str
        Item id, followed by the group in brackets where versions differ.
    items : tuple of Item
    groups : tuple of tuple of str
        Groups that were asked each question.
    factor : (question,) int array
        Position of its factor.
    block : (question,) int array
        Number of its block; blocks are numbered over all factors.
    levels : (question,) int array
    start : (question + 1,) int array
        Position of a question's first threshold among all thresholds.
    """

    labels: tuple[str, ...]
    items: tuple[Item, ...]
    groups: tuple[tuple[str, ...], ...]
    factor: np.ndarray
    block: np.ndarray
    levels: np.ndarray
    start: np.ndarray

    @property
    def threshold_labels(self) -> list[str]:
        """Labels such as ``"Q07 > 2"``: between the second and the third level."""
        return [
            f"{label} > {k}"
            for label, levels in zip(self.labels, self.levels, strict=True)
            for k in range(1, levels)
        ]


def _versions(item: Item) -> Iterator[tuple[str, tuple[str, ...]]]:
    if item.versions_differ and len(item.groups) > 1:
        yield from ((f"{item.id} [{group}]", (group,)) for group in item.groups)
    else:
        yield item.id, item.groups


def questions(survey: Survey) -> Questions:
    """Split items into questions and find the blocks of groups, factor by factor."""
    split = [
        (label, item, asked) for item in survey.codebook.items for label, asked in _versions(item)
    ]
    block = np.empty(len(split), dtype=np.int64)
    blocks = 0
    for factor in survey.factors:
        members = [j for j, (_, item, _) in enumerate(split) if item.factor == factor]
        linked: list[set[str]] = []
        for j in members:
            touching = [s for s in linked if s & set(split[j][2])]
            merged = set(split[j][2]).union(*touching)
            linked = [s for s in linked if s not in touching] + [merged]
        for j in members:
            block[j] = blocks + next(b for b, s in enumerate(linked) if set(split[j][2]) <= s)
        blocks += len(linked)
    levels = np.array([item.n_levels for _, item, _ in split], dtype=np.int64)
    return Questions(
        labels=tuple(label for label, _, _ in split),
        items=tuple(item for _, item, _ in split),
        groups=tuple(asked for _, _, asked in split),
        factor=np.array(
            [survey.factors.index(item.factor) for _, item, _ in split], dtype=np.int64
        ),
        block=block,
        levels=levels,
        start=np.concatenate([[0], np.cumsum(levels - 1)]).astype(np.int64),
    )


@dataclass(frozen=True)
class Layout:
    """Arrays that the kernel reads; respondents are sorted by cell.

    Attributes
    ----------
    questions : Questions
    cells : pandas.DataFrame
        One row a cell with respondents: positions of its ``country``, ``group``,
        ``wave``, and ``respondents`` (count).
    order : (respondent,) int array
        Row of the survey at each position of the kernel.
    cell_start : (cell + 1,) int array
        First respondent of each cell.
    answers : (respondent, question) int8 array
        In kernel order; -1 where there is no substantive answer.
    pattern_of : (respondent, factor) int64 array
        Pattern of the respondent's answers to a factor, -1 without any.
    pattern_start : (pattern + 1,) int64 array
        First entry of a pattern in ``pattern_category``.
    pattern_category : int64 array
        Rows of the category table: question j's level k is row ``start[j] + j + k``.
    pattern_set : (pattern,) int64 array
        Threshold set under which a pattern was answered.
    """

    questions: Questions
    cells: pd.DataFrame
    order: np.ndarray
    cell_start: np.ndarray
    answers: np.ndarray
    pattern_of: np.ndarray
    pattern_start: np.ndarray
    pattern_category: np.ndarray
    pattern_set: np.ndarray

    @property
    def cell_of(self) -> np.ndarray:
        """Cell of each respondent, in kernel order."""
        return np.repeat(np.arange(len(self.cells)), np.diff(self.cell_start))


def _patterns(
    answers: np.ndarray, threshold_set: np.ndarray, book: Questions, factors: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Distinct answer patterns per factor and threshold set, as compressed rows."""
    pattern_of = np.full((len(answers), factors), -1, dtype=np.int64)
    starts, categories, sets = [np.zeros(1, dtype=np.int64)], [], []
    count = entries = 0
    for f in range(factors):
        members = np.flatnonzero(book.factor == f)
        block = np.column_stack([threshold_set, answers[:, members]]).astype(np.int64)
        answered = np.flatnonzero((block[:, 1:] != NO_ANSWER).any(axis=1))
        distinct, inverse = np.unique(block[answered], axis=0, return_inverse=True)
        pattern_of[answered, f] = count + inverse
        given = distinct[:, 1:] != NO_ANSWER
        rows = (book.start[members] + members) + distinct[:, 1:]
        categories.append(rows[given])
        starts.append(entries + np.cumsum(given.sum(axis=1)))
        sets.append(distinct[:, 0])
        count += len(distinct)
        entries += int(given.sum())
    return pattern_of, np.concatenate(starts), np.concatenate(categories), np.concatenate(sets)


def layout(survey: Survey) -> Layout:
    """Arrange a survey for the likelihood.

    Raises
    ------
    SpecificationError
        The survey holds no substantive answer at all.
    """
    book = questions(survey)
    respondents = survey.respondents
    codes = np.column_stack(
        [respondents[dim].cat.codes.to_numpy() for dim in (COUNTRY, GROUP, WAVE)]
    ).astype(np.int64)
    distinct, cell = np.unique(codes, axis=0, return_inverse=True)
    order = np.argsort(cell, kind="stable")
    sizes = np.bincount(cell, minlength=len(distinct))

    column = {item: k for k, item in enumerate(survey.answers.coords["item"].to_numpy())}
    raw = survey.answers.to_numpy()[order]
    group = respondents[GROUP].astype(str).to_numpy()[order]
    answers = np.full((len(raw), len(book.labels)), NO_ANSWER, dtype=np.int8)
    for j, (item, asked) in enumerate(zip(book.items, book.groups, strict=True)):
        rows = np.isin(group, asked)
        answers[rows, j] = raw[rows, column[item.id]]
    if not (answers != NO_ANSWER).any():
        raise SpecificationError(
            f"{survey.name}: found no substantive answer; expected at least one. "
            "Look at the codes for don't know and not asked in the codebook."
        )
    no_drift = np.zeros(len(raw), dtype=np.int64)
    pattern_of, start, category, pattern_set = _patterns(
        answers, no_drift, book, len(survey.factors)
    )
    return Layout(
        questions=book,
        cells=pd.DataFrame(distinct, columns=[COUNTRY, GROUP, WAVE]).assign(respondents=sizes),
        order=order,
        cell_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        answers=answers,
        pattern_of=pattern_of,
        pattern_start=start,
        pattern_category=category,
        pattern_set=pattern_set,
    )
