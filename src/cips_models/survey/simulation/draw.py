"""Draw a whole survey, from the world to the answers, that shows the published headline."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cips_models.errors import CipsError
from cips_models.survey.codebook import Codebook
from cips_models.survey.simulation.questionnaire import ANATOMY, GROUPS, Size, codebook
from cips_models.survey.simulation.sample import (
    Roster,
    draw_answers,
    draw_roster,
    observed_scores,
    raw_headline,
)
from cips_models.survey.simulation.selection import support_lowest_observed, support_regardless
from cips_models.survey.simulation.world import (
    WORLDS,
    Cells,
    Effect,
    Floats,
    Items,
    draw_cells,
    draw_items,
)

#: Published shares of cells improved, in per cent: (officials, private sector) x
#: (supported, not supported).
PUBLISHED: Final = ((85.0, 73.0), (72.0, 61.0))

#: How far, in percentage points, each of the four simulated shares may lie from these.
TOLERANCE: Final = 4.0

#: One draw in about twenty-five is accepted, so that this many failures mean a wrong world.
MAX_ATTEMPTS: Final = 1000


@dataclass(frozen=True)
class SimulatedSurvey:
    """A survey, its truth, and what it took to draw it.

    Attributes
    ----------
    codebook : Codebook
    roster : Roster
    items, cells : Items, Cells
    supported : ndarray of bool, shape (country, factor)
    answers : ndarray of int8, shape (respondent, item)
    headline : ndarray, shape (group, 2)
        Raw shares of cells improved, per cent, supported and not.
    attempts : int
        Worlds drawn up to this one.
    start : ndarray of int, shape (country, factor), optional
        Position of the first wave under support, -1 without; default: the second wave for the
        supported.
    """

    codebook: Codebook
    roster: Roster
    items: Items
    cells: Cells
    supported: NDArray[np.bool_]
    answers: NDArray[np.int8]
    headline: Floats
    attempts: int
    start: NDArray[np.int64] | None = None

    @property
    def in_force(self) -> NDArray[np.bool_]:
        """Where and when there was support, shape (country, factor, wave)."""
        start = np.where(self.supported, 1, -1) if self.start is None else self.start
        waves = np.arange(self.roster.sizes.shape[2])
        return np.asarray((start[:, :, None] >= 0) & (waves >= start[:, :, None]))


def draw_survey(scale: Size, effect: Effect, rng: np.random.Generator) -> SimulatedSurvey:
    """Draw surveys until the raw headline is the published one, give or take 4 points.

    What is returned is thus a draw from the world *given* its headline (rejection
    sampling): nothing in it is adjusted, and its truth is the truth it was drawn from.

    Raises
    ------
    CipsError
        After ``MAX_ATTEMPTS`` surveys.
    """
    for survey in islice(surveys(scale, effect, rng), MAX_ATTEMPTS):
        if (np.abs(survey.headline - PUBLISHED) <= TOLERANCE).all():
            return survey
    raise CipsError(
        f"Simulation: none of {MAX_ATTEMPTS} worlds of scale {scale!r} and effect {effect!r} "
        f"showed the published headline within {TOLERANCE:g} points. Its constants in "
        "WORLDS do not give that headline: change them."
    )


def surveys(scale: Size, effect: Effect, rng: np.random.Generator) -> Iterator[SimulatedSurvey]:
    """Draw surveys without end, whatever their headline.

    Questionnaire and respondents are drawn once; cells, support and answers anew and
    independently for each.
    """
    anatomy, world = ANATOMY[scale], WORLDS[scale, effect]
    book = codebook(anatomy)
    items = draw_items(book, tuple(GROUPS.values()), world, rng)
    roster = draw_roster(anatomy, rng)
    shape = anatomy.countries, len(book.factors)
    for attempts in count(1):
        cells = draw_cells(*shape, world, rng)
        supported = np.zeros(shape, dtype=bool)
        if effect == "real":
            supported = support_regardless(*shape, rng)
        answers = draw_answers(roster, cells.mu(supported), cells, items, rng)
        scores = observed_scores(answers, roster, book, items)
        if effect == "none":  # the choice needs the answers, and changes nothing in them
            supported = support_lowest_observed(scores, world, rng)
        headline = raw_headline(scores, supported, roster.followed)
        yield SimulatedSurvey(book, roster, items, cells, supported, answers, headline, attempts)
