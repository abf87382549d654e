"""A survey of two waves goes on: a third wave, and support that begins at different times."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cips_models.survey.simulation.draw import SimulatedSurvey
from cips_models.survey.simulation.questionnaire import Size
from cips_models.survey.simulation.sample import draw_answers, observed_scores, roster_of
from cips_models.survey.simulation.world import WORLDS, Effect, Floats, draw_step

#: Countries seen in both waves that are not in the third, and sd of log sigma there, as before.
LEFT: Final = 2
_SIGMA_SD: Final = 0.04

#: Of a country's factors without support by the second wave: shares that are supported from the
#: third on, and that were under support before the first.
LATE, EARLY = 1 / 3, 1 / 10

#: Positions of the waves at which support is first in force.
_FIRST, _SECOND, _THIRD = range(3)


def with_third_wave(
    survey: SimulatedSurvey, scale: Size, effect: Effect, rng: np.random.Generator
) -> SimulatedSurvey:
    """A survey with a third wave; what is true of the first two, and was answered, stays.

    Cells move on by steps like those that led to the second wave.  Support that began by the
    second wave stays in force; more factors are supported from the third wave on, by lot or, where
    support has no effect, those that were lowest at the second wave.  Cells under support from the
    first wave on have its effect in all waves alike.

    Parameters
    ----------
    survey : SimulatedSurvey
        Of two waves.
    scale : {"small", "cips"}
    effect : {"real", "none"}
    rng : numpy.random.Generator

    Returns
    -------
    SimulatedSurvey
        Its headline is that of the first two waves.
    """
    world, cells, roster = WORLDS[scale, effect], survey.cells, survey.roster
    urgency = rng.random(survey.supported.shape)
    if effect == "none":
        voice = np.array([world.officials_voice, 1.0 - world.officials_voice])
        scores = observed_scores(survey.answers, roster, survey.codebook, survey.items)
        urgency = np.where(roster.followed[:, None], scores[..., 1] @ voice, urgency)
    countries, factors = survey.supported.shape
    start = _starts(survey.supported, urgency, rng)
    early = start == _FIRST
    cells = replace(
        cells,
        # Their first wave is as it was: support has a share in it.
        alpha_cell=cells.alpha_cell - np.where(early[:, :, None], cells.att, 0.0),
        sigma=np.column_stack(
            [cells.sigma, world.sigma * np.exp(rng.normal(0.0, _SIGMA_SD, len(cells.sigma)))]
        ),
        further=(draw_step(countries, factors, world, rng),),
    )
    gone = rng.permutation(np.flatnonzero(roster.followed))[:LEFT]
    again = roster.sizes[:, :, -1].copy()
    again[gone] = 0
    sizes = np.stack([*np.moveaxis(roster.sizes, 2, 0), again], axis=2)
    new = np.zeros_like(sizes)
    new[:, :, _THIRD] = again
    asked = roster_of(new)
    longer = replace(survey, cells=cells, start=start, roster=roster_of(sizes))
    answers = draw_answers(asked, cells.mu(longer.in_force), cells, survey.items, rng)
    # People are ordered by group, wave and country: each group's third wave follows its second.
    every = [
        np.concatenate([survey.answers[roster.group == g], answers[asked.group == g]])
        for g in range(sizes.shape[1])
    ]
    return replace(longer, answers=np.concatenate(every))


def _starts(
    supported: NDArray[np.bool_], urgency: Floats, rng: np.random.Generator
) -> NDArray[np.int64]:
    """First wave under support, (country, factor): -1 without any."""
    start = np.where(supported, _SECOND, -1)
    rank = np.where(supported, np.inf, urgency).argsort(axis=1).argsort(axis=1)
    others = (~supported).sum(axis=1, keepdims=True)
    late = rank < np.round(LATE * others)
    early = ~supported & ~late & (rng.random(supported.shape) < EARLY / (1 - LATE))
    return np.asarray(np.where(late, _THIRD, np.where(early, _FIRST, start)))
