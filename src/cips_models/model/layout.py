"""A survey as the likelihood sees it: cells, item parameters, answers one after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cips_models.errors import SpecificationError
from cips_models.model.answering import Answering
from cips_models.names import COUNTRY, GROUP, STRATUM, WAVE
from cips_models.survey.codebook import Item
from cips_models.survey.survey import NO_ANSWER, NOT_ASKED, Survey


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
    def version(self) -> np.ndarray:
        """(question,) bool array: one group's version of an item."""
        pairs = zip(self.labels, self.items, strict=True)
        return np.array([label != item.id for label, item in pairs])

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
        ``wave`` and ``stratum``, and ``respondents`` (count).
    order : (respondent,) int array
        Row of the survey at each position of the kernel.
    cell_start : (cell + 1,) int array
        First respondent of each cell.
    answers : (respondent, question) int8 array
        In kernel order; -1 where there is no substantive answer.
    answering : Answering
        Outcomes beside the answers, which are items of the kernel after the questions, and of
        one more factor.
    item_factor : (item,) int array
    item_start : (item + 1,) int array
        Factor and first threshold of each item of the kernel.
    answer_start : (respondent, factor + 1) uint32 array
        First entry of the answers to each factor in ``answer_category``, and the end.
    answer_category : uint32 array
        The answers as rows of the category table, respondent by respondent and within
        one factor by factor: question j's level k is row ``start[j] + j + k``.
    sets : pandas.DataFrame
        One row a set of cells that share thresholds: positions in the dimensions by which
        thresholds differ; if they do not, one row without columns.
    cell_set : (cell,) int array
        Set of each cell.
    standard : (country, group, stratum) array
        Standard composition of each country and group; one stratum where none are told apart.
    """

    questions: Questions
    cells: pd.DataFrame
    order: np.ndarray
    cell_start: np.ndarray
    answers: np.ndarray
    answering: Answering
    item_factor: np.ndarray
    item_start: np.ndarray
    answer_start: np.ndarray
    answer_category: np.ndarray
    sets: pd.DataFrame
    cell_set: np.ndarray
    standard: np.ndarray

    @property
    def cell_of(self) -> np.ndarray:
        """Cell of each respondent, in kernel order."""
        return np.repeat(np.arange(len(self.cells)), np.diff(self.cell_start))

    @property
    def outcomes(self) -> np.ndarray:
        """(respondent, item) int8 array: answers, and whether questions were answered."""
        return np.hstack([self.answers, self.answering.given])


def _one_after_another(
    answers: np.ndarray, item_factor: np.ndarray, item_start: np.ndarray, factors: int
) -> tuple[np.ndarray, np.ndarray]:
    """Substantive answers as rows of the category table, and where each factor's start."""
    order = np.argsort(item_factor, kind="stable")
    factor_start = np.searchsorted(item_factor[order], np.arange(factors + 1))
    given = answers[:, order] != NO_ANSWER
    category = (item_start[:-1] + np.arange(len(item_factor)))[order] + answers[:, order]
    before = np.concatenate([[0], np.cumsum(given)])
    start = before[np.arange(len(answers))[:, None] * given.shape[1] + factor_start]
    # Unsigned, so that compiled code need not ask whether an index counts from the end.
    return start.astype(np.uint32), category[given].astype(np.uint32)


def layout(
    survey: Survey,
    *,
    thresholds_by: Sequence[str] = (),
    by_stratum: bool = True,
    dont_know: bool = False,
) -> Layout:
    """Arrange a survey for the likelihood.

    Parameters
    ----------
    survey : Survey
    thresholds_by : sequence of str
        Dimensions by which thresholds differ: ``("country", "wave")`` where items drift, by
        default none.
    by_stratum : bool
        Tell the strata of the survey's composition apart, if it has any.
    dont_know : bool
        Whether a question was answered is an outcome too; see :mod:`.answering`.

    Raises
    ------
    SpecificationError
        The survey holds no substantive answer at all.
    """
    book = questions(survey)
    respondents = survey.respondents
    composition = survey.composition if by_stratum else None
    codes = np.column_stack(
        [
            *(respondents[dim].cat.codes.to_numpy() for dim in (COUNTRY, GROUP, WAVE)),
            np.zeros(len(respondents)) if composition is None else composition.stratum,
        ]
    ).astype(np.int64)
    distinct, cell = np.unique(codes, axis=0, return_inverse=True)
    order = np.argsort(cell, kind="stable")
    sizes = np.bincount(cell, minlength=len(distinct))

    column = {item: k for k, item in enumerate(survey.answers.coords["item"].to_numpy())}
    raw = survey.answers.to_numpy()[order]
    group = respondents[GROUP].astype(str).to_numpy()[order]
    why = survey.reasons.to_numpy()[order]
    answers = np.full((len(raw), len(book.labels)), NO_ANSWER, dtype=np.int8)
    reasons = np.full_like(answers, NOT_ASKED)
    for j, (item, asked) in enumerate(zip(book.items, book.groups, strict=True)):
        rows = np.isin(group, asked)
        answers[rows, j] = raw[rows, column[item.id]]
        reasons[rows, j] = why[rows, column[item.id]]
    if not (answers != NO_ANSWER).any():
        raise SpecificationError(
            f"{survey.name}: found no substantive answer; expected at least one. "
            "Look at the codes for don't know and not asked in the codebook."
        )
    cells = pd.DataFrame(distinct, columns=[COUNTRY, GROUP, WAVE, STRATUM])
    sets, cell_set = np.unique(cells[[*thresholds_by]], axis=0, return_inverse=True)
    told = Answering.none(len(answers))
    if dont_know:
        labels = (book.labels, survey.groups)
        told = Answering.of(reasons, codes[order, :3], labels)
    factors = len(survey.factors)
    item_factor = np.append(book.factor, np.full(len(told.labels), factors))
    ends = book.start[-1] + 1 + np.arange(len(told.labels))  # a threshold each
    item_start = np.append(book.start, ends)
    start, category = _one_after_another(
        np.hstack([answers, told.given]), item_factor, item_start, factors + bool(told.labels)
    )
    return Layout(
        questions=book,
        cells=cells.assign(respondents=sizes),
        order=order,
        cell_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        answers=answers,
        answering=told,
        item_factor=item_factor,
        item_start=item_start,
        answer_start=start,
        answer_category=category,
        sets=pd.DataFrame(sets, columns=[*thresholds_by]),
        cell_set=cell_set,
        standard=(
            np.ones((len(survey.countries), len(survey.groups), 1))
            if composition is None
            else composition.standard.transpose(COUNTRY, GROUP, STRATUM).to_numpy()
        ),
    )
