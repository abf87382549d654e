"""Whether a question is answered rather than met with "don't know", where the trait decides it too.

By default "don't know" is dropped: people who say it are taken to be like those of their cell who
answer.  Under ``dont_know = "informative"`` a question has a second outcome in every group that
said "don't know" to it, answered or not, which depends on the same trait as the answer,

    P(answered) = logistic( ease[j, g, w] + in_cell[c, g, w] + slope[g] theta )

(latent variable models of item nonresponse: O'Muircheartaigh & Moustaki 1999; Holman & Glas 2005).
How readily a country's group answers in a wave, whatever the question, is free: so that only people
of one cell tell the slope, and no country is taken to be critical because it offers "don't know".

To the likelihood the outcome is one more item of two levels, whose discrimination, the slope, may
be negative.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from cips_models.errors import SpecificationError
from cips_models.model.priors import contrasts, normal
from cips_models.model.specification import Specification
from cips_models.names import COUNTRY, GROUP, WAVE
from cips_models.survey.survey import ANSWERED, DONT_KNOW, NO_ANSWER

#: Public variables: ``answering_slope`` (group), ``answering_ease`` (outcome, wave) and
#: ``answering_in_cell`` (country, group, wave), in logits.
ANSWERING = ("answering_slope", "answering_ease", "answering_in_cell")

#: Free variable of how readily people of a cell answer.
IN_CELL = "answering_in_cell_z"


def informative(spec: Specification) -> bool:
    """Whether "don't know" depends on the trait under a specification."""
    return spec.structure.dont_know == "informative"


@dataclass(frozen=True)
class Answering:
    """Outcomes beside the answers; none where "don't know" is dropped.

    Attributes
    ----------
    labels : tuple of str
        Question and group of each outcome.
    question, group : (outcome,) int arrays
        Their positions.
    given : (respondent, outcome) int8 array
        1 answered, 0 don't know, -1 neither: not asked, refused, or left out.
    cells : (cell, 3) int array
        Country, group and wave of cells with outcomes.
    """

    labels: tuple[str, ...]
    question: np.ndarray
    group: np.ndarray
    given: np.ndarray
    cells: np.ndarray

    @classmethod
    def none(cls, respondents: int) -> "Answering":
        """Without any outcome."""
        nothing = np.empty(0, dtype=np.int64)
        given = np.empty((respondents, 0), dtype=np.int8)
        return cls((), nothing, nothing, given, np.empty((0, 3), dtype=np.int64))

    @classmethod
    def of(
        cls,
        reasons: np.ndarray,
        answers: np.ndarray,
        factor: np.ndarray,
        place: np.ndarray,
        labels: tuple[Sequence[str], Sequence[str]],
    ) -> "Answering":
        """From why questions were not answered.

        Where nobody of a group said "don't know" to a question in a wave, it was not offered
        or tells nothing: such outcomes are left out.  So are those of a cell in which nobody
        answered any question of the factor, which has no level.

        Parameters
        ----------
        reasons : (respondent, question) int array
            See :class:`cips_models.survey.survey.Survey`; of questions that the group was not
            asked anything but answered and don't know.
        answers : (respondent, question) int array
        factor : (question,) int array
        place : (respondent, 3) int array
            Country, group and wave.
        labels : tuple
            Of questions and of groups.
        """
        distinct, cell = np.unique(place, axis=0, return_inverse=True)
        known = np.isin(reasons, (ANSWERED, DONT_KNOW)) & _has_level(answers, factor, cell)
        unsure = known & (reasons == DONT_KNOW)
        question, group, columns = [], [], []
        for g in map(int, np.unique(place[:, 1])):
            mine = place[:, 1] == g
            offered = np.zeros_like(known)
            for w in np.unique(place[mine, 2]):
                rows = mine & (place[:, 2] == w)
                offered[rows] = unsure[rows].any(axis=0)
            for j in map(int, np.flatnonzero((known & offered).any(axis=0))):
                told = known[:, j] & offered[:, j]
                columns.append(np.where(told, reasons[:, j] == ANSWERED, NO_ANSWER))
                question.append(j)
                group.append(g)
        if not columns:
            return cls.none(len(reasons))
        given = np.column_stack(columns).astype(np.int8)
        names = tuple(
            f"{labels[0][j]} answered, {labels[1][g]}" for j, g in zip(question, group, strict=True)
        )
        told = np.unique(cell[(given != NO_ANSWER).any(axis=1)])
        return cls(names, np.array(question), np.array(group), given, distinct[told])


def _has_level(answers: np.ndarray, factor: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """(respondent, question) bool array: somebody of the cell answered a question of its factor."""
    by_factor = np.column_stack(
        [(answers[:, factor == f] != NO_ANSWER).any(axis=1) for f in range(int(factor.max()) + 1)]
    )
    seen = np.zeros((int(cell.max()) + 1, by_factor.shape[1]), dtype=bool)
    np.logical_or.at(seen, cell, by_factor)
    return np.asarray(seen[cell][:, factor])


def answering(spec: Specification, told: Answering, sizes: dict[str, int]) -> dict[str, Any]:
    """Add what decides about answering to the model on the context stack.

    Returns
    -------
    dict
        :data:`ANSWERING`, empty where "don't know" is dropped.

    Raises
    ------
    SpecificationError
        Nobody said "don't know".
    """
    if not informative(spec):
        return {}
    if not told.labels:
        raise SpecificationError(
            f"Specification {spec.name!r}: found nobody who says don't know; expected some for "
            'dont_know = "informative". Look at the codes for don\'t know in the codebook, or '
            "leave it at its default."
        )
    pm.modelcontext(None).add_coord("outcome", told.labels)
    slope = normal(ANSWERING[0], spec.priors["answering_trait"], dims=(GROUP,))
    outcomes, waves = len(told.labels), sizes[WAVE]
    by_question = pm.Normal("answering_question_z", 0.0, 1.0, shape=outcomes)
    ease = spec.priors["answering"].sd * by_question[:, None]
    if waves > 1:
        by_wave = pm.Normal("answering_by_wave_z", 0.0, 1.0, shape=(outcomes, waves - 1))
        ease = ease + pt.dot(by_wave, spec.priors["answering_by_wave"].sd * contrasts(waves).T)
    ease = pt.broadcast_to(ease, (outcomes, waves))
    raw = spec.priors["answering_in_cell"].sd * pm.Normal(IN_CELL, 0.0, 1.0, shape=len(told.cells))
    empty = pt.zeros((sizes[COUNTRY], sizes[GROUP], waves))
    in_cell = pt.set_subtensor(empty[tuple(told.cells.T)], raw)
    return {
        ANSWERING[0]: slope,
        ANSWERING[1]: pm.Deterministic(ANSWERING[1], ease, dims=("outcome", WAVE)),
        ANSWERING[2]: pm.Deterministic(ANSWERING[2], in_cell, dims=(COUNTRY, GROUP, WAVE)),
    }
