"""Whether a question is answered rather than met with "don't know", where the outlook tells it too.

By default "don't know" is dropped: people who say it are taken to be like those of their cell who
answer.  Under ``dont_know = "informative"`` a question has a second outcome in every group that
said "don't know" to it, answered or not,

    P(answered) = logistic( ease[j, g, w] + in_cell[c, g, w] + own[j, c, g, w] + propensity[i] )

    propensity[i] ~ N( slope[g] u[i], spread[g]^2 )

where u is the standardised general outlook, the same as of the answers (a response propensity that
is correlated with the trait: Holman & Glas 2005; O'Muircheartaigh & Moustaki 1999).  People differ
in how readily they say "don't know" by far more than by what they perceive: without a propensity of
their own the trait would be bent to explain it.  How readily a country's group answers in a wave,
whatever the question, is free, and a question's ease there has something to itself: so that only
people of one cell tell the slope, and neither a country nor a factor of it is taken to be critical
because "don't know" is commoner there.

To the likelihood the propensity is one more factor, and each outcome an item of it of two levels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from cips_models.errors import SpecificationError
from cips_models.model.priors import contrasts, lognormal, normal
from cips_models.model.specification import Specification
from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE
from cips_models.survey.survey import ANSWERED, DONT_KNOW, NO_ANSWER

#: Public variables: ``answering_slope`` and ``answering_spread`` (group), ``answering_ease``
#: (outcome, wave), ``answering_in_cell`` (country, group, wave) and ``answering_by_country``
#: (outcome, country, wave), in logits.
ANSWERING = (
    "answering_slope", "answering_spread", "answering_ease", "answering_in_cell",
    "answering_by_country",
)  # fmt: skip

#: Free variables of how readily people of a cell answer, any question and each.
IN_CELL, BY_COUNTRY = "answering_in_cell_z", "answering_by_country_z"


def informative(spec: Specification) -> bool:
    """Whether "don't know" depends on the outlook under a specification."""
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
    places : (place, 3) int array
        Outcome, country and wave, where there are any answers or don't know.
    """

    labels: tuple[str, ...]
    question: np.ndarray
    group: np.ndarray
    given: np.ndarray
    cells: np.ndarray
    places: np.ndarray

    @classmethod
    def none(cls, respondents: int) -> "Answering":
        """Without any outcome."""
        nothing = np.empty(0, dtype=np.int64)
        given = np.empty((respondents, 0), dtype=np.int8)
        none = np.empty((0, 3), dtype=np.int64)
        return cls((), nothing, nothing, given, none, none)

    @classmethod
    def of(
        cls,
        reasons: np.ndarray,
        place: np.ndarray,
        labels: tuple[Sequence[str], Sequence[str]],
    ) -> "Answering":
        """From why questions were not answered.

        Where nobody of a group said "don't know" to a question in a wave, it was not offered
        or tells nothing: such outcomes are left out.

        Parameters
        ----------
        reasons : (respondent, question) int array
            See :class:`cips_models.survey.survey.Survey`; of questions that the group was not
            asked anything but answered and don't know.
        place : (respondent, 3) int array
            Country, group and wave.
        labels : tuple
            Of questions and of groups.
        """
        distinct, cell = np.unique(place, axis=0, return_inverse=True)
        known = np.isin(reasons, (ANSWERED, DONT_KNOW))
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
        seen = np.zeros((len(distinct), len(names)), dtype=bool)
        np.logical_or.at(seen, cell, given != NO_ANSWER)
        at, outcome = np.nonzero(seen)
        places = np.column_stack([outcome, distinct[at][:, [0, 2]]])
        cells = distinct[seen.any(axis=1)]
        return cls(names, np.array(question), np.array(group), given, cells, places)


def answering(spec: Specification, told: Answering, sizes: dict[str, int]) -> dict[str, Any]:
    """Add what decides about answering to the model on the context stack.

    Returns
    -------
    dict
        :data:`ANSWERING`, empty where "don't know" is dropped.

    Raises
    ------
    SpecificationError
        Nobody said "don't know", or persons have no general outlook.
    """
    if not informative(spec):
        return {}
    if not told.labels:
        raise SpecificationError(
            f"Specification {spec.name!r}: found nobody who says don't know; expected some for "
            'dont_know = "informative". Look at the codes for don\'t know in the codebook, or '
            "leave it at its default."
        )
    if sizes[FACTOR] == 1 or not spec.structure.general_factor:
        raise SpecificationError(
            f"Specification {spec.name!r}: found no general outlook of persons (one factor, or "
            "general_factor = false); expected one, by which answers tell of who says don't know, "
            'for dont_know = "informative". Leave one of the two at its default.'
        )
    pm.modelcontext(None).add_coord("outcome", told.labels)
    slope = normal(ANSWERING[0], spec.priors["answering_trait"], dims=(GROUP,))
    spread = lognormal(ANSWERING[1], spec.priors["answering_spread"], dims=(GROUP,))
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
    own = pm.Normal(BY_COUNTRY, 0.0, 1.0, shape=len(told.places))
    none = pt.zeros((outcomes, sizes[COUNTRY], waves))
    by_country = pt.set_subtensor(
        none[tuple(told.places.T)], spec.priors["answering_by_country"].sd * own
    )
    outcome, cell, place = ("outcome", WAVE), (COUNTRY, GROUP, WAVE), ("outcome", COUNTRY, WAVE)
    return {
        ANSWERING[0]: slope,
        ANSWERING[1]: spread,
        ANSWERING[2]: pm.Deterministic(ANSWERING[2], ease, dims=outcome),
        ANSWERING[3]: pm.Deterministic(ANSWERING[3], in_cell, dims=cell),
        ANSWERING[4]: pm.Deterministic(ANSWERING[4], by_country, dims=place),
    }
