"""Draw respondents and their answers from a true world, and what is seen of it raw."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cips_models.survey.codebook import SAME_SCORE, Codebook
from cips_models.survey.simulation.questionnaire import Anatomy
from cips_models.survey.simulation.world import Cells, Floats, Items

#: Shares of items put to a respondent without a substantive answer; 6 % together.
DONT_KNOW_RATE: Final = 0.04
BLANK_RATE: Final = 0.02

#: Values of :attr:`Sample.answers` that are no substantive answer.
BLANK: Final = -1
DONT_KNOW: Final = -2


@dataclass(frozen=True)
class Roster:
    """Who is asked: one entry a respondent, ordered by group, wave and country.

    Attributes
    ----------
    sizes : ndarray of int, shape (country, group, wave)
        Respondents by cell; zero in the second wave for a country seen once.
    country, group, wave : ndarray of int, shape (respondent,)
    """

    sizes: NDArray[np.int64]
    country: NDArray[np.int64]
    group: NDArray[np.int64]
    wave: NDArray[np.int64]

    @property
    def followed(self) -> NDArray[np.bool_]:
        """Which countries are seen in the first two waves, shape (country,)."""
        return np.asarray((self.sizes[:, :, :2] > 0).all(axis=(1, 2)))


def draw_roster(anatomy: Anatomy, rng: np.random.Generator) -> Roster:
    """Choose the countries seen twice and spread people unevenly over the cells."""
    seen = np.ones((anatomy.countries, 2), dtype=bool)
    once = rng.permutation(anatomy.countries)[anatomy.followed :]
    seen[once, 1] = False
    sizes = np.zeros((anatomy.countries, 2, 2), dtype=np.int64)
    for group, total in enumerate(anatomy.respondents):
        share = rng.uniform(size=seen.sum())
        spread = total - anatomy.smallest * len(share)
        extra = rng.multinomial(spread, share / share.sum())
        sizes[:, group, :][seen] = anatomy.smallest + extra
    return roster_of(sizes)


def roster_of(sizes: NDArray[np.int64]) -> Roster:
    """The people of a survey with cells of such sizes, (country, group, wave)."""
    n_countries, n_groups, n_waves = sizes.shape
    groups, waves, countries = np.indices((n_groups, n_waves, n_countries)).reshape(3, -1)
    cells = (countries, groups, waves)
    return Roster(sizes, *(np.repeat(position, sizes[cells]) for position in cells))


def draw_answers(
    roster: Roster,
    mu: Floats,
    cells: Cells,
    items: Items,
    rng: np.random.Generator,
    *,
    beside: Floats | None = None,
    drift: Floats | None = None,
) -> NDArray[np.int8]:
    """Answer every item put to every respondent.

    Parameters
    ----------
    roster : Roster
    mu : ndarray, shape (country, factor, group, wave)
        Latent cell levels.
    cells, items : Cells, Items
        Spreads and loadings of persons; item parameters.
    rng : numpy.random.Generator
    beside : ndarray, shape (respondent,), optional
        How far a respondent's kind of people is above the level of the cell, in logits.
    drift : ndarray, shape (item, country, wave), optional
        How much harder an item is there and then, in logits.

    Returns
    -------
    ndarray of int8, shape (respondent, item)
        0 = least favourable ... K-1 = most favourable; ``BLANK`` (also for the other
        group's items) or ``DONT_KNOW``.
    """
    answers = np.full((len(roster.country), len(items.factor)), BLANK, dtype=np.int8)
    a = np.exp(items.log_a)
    for group in range(roster.sizes.shape[1]):
        rows = np.flatnonzero(roster.group == group)
        asked = np.flatnonzero(items.group == group)
        country, wave = roster.country[rows], roster.wave[rows]
        u = rng.standard_normal(len(rows)) * cells.sigma[group, wave]
        v = rng.standard_normal((len(rows), mu.shape[1])) * cells.tau[:, group]
        theta = mu[country, :, group, wave] + u[:, None] * cells.loading[:, group] + v
        if beside is not None:
            theta += beside[rows, None]
        # P(Y > k) = logistic(a (theta - b_k)) is P(a theta + noise > a b_k).
        trait = theta[:, items.factor[asked]]
        if drift is not None:
            trait = trait - drift[asked][:, country, wave].T
        liking = a[asked] * trait
        liking += rng.logistic(size=liking.shape)
        chosen = np.zeros(liking.shape, dtype=np.int8)
        for cut in (a[asked, None] * items.thresholds[asked]).T:
            chosen += liking > cut  # NaN, beyond an item's own thresholds, is never passed
        fate = rng.random(liking.shape)
        chosen[fate < DONT_KNOW_RATE + BLANK_RATE] = DONT_KNOW
        chosen[fate < BLANK_RATE] = BLANK
        answers[np.ix_(rows, asked)] = chosen
    return answers


def observed_scores(
    answers: NDArray[np.int8], roster: Roster, codebook: Codebook, items: Items
) -> Floats:
    """Mean points of all substantive answers, by cell.

    Returns
    -------
    ndarray, shape (country, factor, group, wave)
        0-100; NaN where nobody was asked.
    """
    n_countries, n_groups, n_waves = roster.sizes.shape
    scores = np.full((n_countries, len(codebook.factors), n_groups, n_waves), np.nan)
    # Points by item and answer; the last two columns are BLANK (-1) and DONT_KNOW (-2).
    points = np.zeros((len(codebook.items), 7))
    for j, item in enumerate(codebook.items):
        points[j, : item.n_levels] = item.points
    for group in range(n_groups):
        rows = np.flatnonzero(roster.group == group)
        asked = np.flatnonzero(items.group == group)
        given = answers[np.ix_(rows, asked)]
        member = np.eye(len(codebook.factors))[items.factor[asked]]
        earned = points[asked, given] @ member
        count = (given >= 0).astype(float) @ member
        cell = roster.wave[rows] * n_countries + roster.country[rows]
        starts = np.flatnonzero(np.diff(cell, prepend=-1))
        mean = np.add.reduceat(earned, starts) / np.add.reduceat(count, starts)
        scores[roster.country[rows][starts], :, group, roster.wave[rows][starts]] = 100 * mean
    return scores


def raw_headline(
    scores: Floats, supported: NDArray[np.bool_], followed: NDArray[np.bool_]
) -> Floats:
    """Share of country x factor cells whose raw mean score rose.

    Parameters
    ----------
    scores : ndarray, shape (country, factor, group, wave)
    supported : ndarray of bool, shape (country, factor)
    followed : ndarray of bool, shape (country,)

    Returns
    -------
    ndarray, shape (group, 2)
        Per cent of the supported, and of the unsupported cells of followed countries.
    """
    rose = (scores[followed, :, :, 1] - scores[followed, :, :, 0] > SAME_SCORE).astype(float)
    chosen = supported[followed]
    return 100 * np.stack([rose[chosen].mean(axis=0), rose[~chosen].mean(axis=0)], axis=-1)
