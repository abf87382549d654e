"""Small surveys like CIPS with a known truth, in worlds in which different things go wrong."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

import cips_models as cips
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT, PERCENT, WAVE
from cips_models.survey.codebook import Codebook
from cips_models.survey.simulation.draw import SimulatedSurvey
from cips_models.survey.simulation.files import write_survey
from cips_models.survey.simulation.questionnaire import (
    BACKGROUND,
    GROUPS,
    WAVES,
    Anatomy,
    codebook,
)
from cips_models.survey.simulation.sample import (
    Roster,
    draw_answers,
    draw_roster,
    observed_scores,
    raw_headline,
)
from cips_models.survey.simulation.selection import support_lowest_observed, support_regardless
from cips_models.survey.simulation.truth import expected, truth
from cips_models.survey.simulation.world import (
    WORLDS,
    Cells,
    Floats,
    Items,
    World,
    draw_cells,
    draw_items,
)
from cips_models.survey.study import Columns, Files, Labelling, Strata, Study
from cips_models.survey.survey import Survey
from validation import quantities as q

#: Twelve countries, nine of them twice; six factors; some fifty people a cell.
ANATOMY: Final = Anatomy(
    countries=12,
    followed=9,
    respondents=(1_150, 1_000),
    smallest=25,
    items=((3, 3, 2, 3, 2, 3), (2, 3, 2, 2, 3, 2)),
)

#: A gap between two kinds of people, in logits.
GAP: Final = 0.8


@dataclass(frozen=True)
class Scenario:
    """A world, and how support was chosen in it.

    Attributes
    ----------
    world : World
    lowest : bool
        Support went to the lowest observed baselines, else by lot.
    managers : tuple of float, optional
        Shares of the more favourable kind of people at the two waves.
    drift : float
        Sd of the drift of items, in all countries and again in each, in logits.
    assumed : tuple of str
        Specifications whose assumption about support is true.
    """

    world: World
    lowest: bool = False
    managers: tuple[float, float] | None = None
    drift: float = 0.0
    assumed: tuple[str, ...] = ("did", "exchangeable", "conditional")


_STILL = replace(WORLDS["small", "none"], cell_sd=0.25, kappa=0.0)

SCENARIOS: Final[Mapping[str, Scenario]] = {
    "effect": Scenario(WORLDS["small", "real"]),
    "no effect": Scenario(_STILL),
    "lowest supported": Scenario(_STILL, lowest=True, assumed=("exchangeable", "conditional")),
    "lowest supported dip": Scenario(
        WORLDS["small", "none"], lowest=True, assumed=("conditional",)
    ),
    "other people": Scenario(_STILL, managers=(0.7, 0.3)),
    "items drift": Scenario(_STILL, drift=0.15),
}


@dataclass(frozen=True)
class Known:
    """A survey as it was read, and what is true of it.

    Attributes
    ----------
    survey : Survey
    simulated : SimulatedSurvey
    levels : xarray.Dataset
        As of :func:`cips_models.survey.simulation.truth.truth`.
    """

    survey: Survey
    simulated: SimulatedSurvey
    levels: xr.Dataset


def draw(scenario: Scenario, rng: np.random.Generator, anatomy: Anatomy = ANATOMY) -> Known:
    """Draw a world, its people and their answers, write them to files and read these."""
    world = scenario.world
    book = codebook(anatomy)
    items = draw_items(book, tuple(GROUPS.values()), world, rng)
    roster = _followed_first(draw_roster(anatomy, rng))
    shape = anatomy.countries, len(book.factors)
    cells = draw_cells(*shape, world, rng)
    kind = _kinds(roster, scenario.managers, rng)
    drift = None
    if scenario.drift:
        drift = np.zeros((len(book.items), anatomy.countries, 2))
        drift[:, :, 1] += rng.normal(0, scenario.drift, (len(book.items), 1))
        drift[:, :, 1] += rng.normal(0, scenario.drift, drift.shape[:2])
    supported = np.zeros(shape, dtype=bool)
    if not scenario.lowest:
        supported = support_regardless(*shape, rng)
    answers = draw_answers(
        roster,
        cells.mu(supported),
        cells,
        items,
        rng,
        beside=None if kind is None else GAP * (kind - _standard(roster, kind)),
        drift=drift,
    )
    scores = observed_scores(answers, roster, book, items)
    if scenario.lowest:  # without an effect, so that the choice changes no answer
        supported = support_lowest_observed(scores, world, rng)
    headline = raw_headline(scores, supported, roster.followed)
    drawn = SimulatedSurvey(book, roster, items, cells, supported, answers, headline, 1)
    levels = expected if kind is None else partial(_of_both_kinds, share=_shares(roster, kind))
    return Known(_read(drawn, kind, rng), drawn, truth(drawn, levels))


def _followed_first(roster: Roster) -> Roster:
    """The same people, in countries that are numbered anew: one compiled model serves many."""
    order = np.argsort(~roster.followed, kind="stable")
    return Roster(roster.sizes[order], order.argsort()[roster.country], roster.group, roster.wave)


def _kinds(
    roster: Roster, managers: tuple[float, float] | None, rng: np.random.Generator
) -> Floats | None:
    """1 for the more favourable kind of people, (respondent,)."""
    if managers is None:
        return None
    return (rng.random(len(roster.wave)) < np.array(managers)[roster.wave]).astype(float)


def _shares(roster: Roster, kind: Floats) -> Floats:
    """Share of that kind in a country and group, all waves together, (country, group)."""
    shape = roster.sizes.shape[:2]
    cell = np.ravel_multi_index((roster.country, roster.group), shape)
    return (np.bincount(cell, kind) / np.bincount(cell)).reshape(shape)


def _standard(roster: Roster, kind: Floats) -> Floats:
    """The share of that kind in each respondent's country and group, (respondent,)."""
    return _shares(roster, kind)[roster.country, roster.group]


def _of_both_kinds(
    mu: Floats, cells: Cells, items: Items, book: Codebook, *, share: Floats
) -> dict[str, Floats]:
    """Levels of the standard composition: latent the mean, in points that of both kinds."""
    share = share[:, None, :, None]
    above = expected(mu + GAP * (1 - share), cells, items, book)
    below = expected(mu - GAP * share, cells, items, book)
    mixed = {scale: share * above[scale] + (1 - share) * below[scale] for scale in above}
    return mixed | {LATENT: mu}


def _read(drawn: SimulatedSurvey, kind: Floats | None, rng: np.random.Generator) -> Survey:
    """By way of files, as any survey comes."""
    background, strata = None, Strata()
    if kind is not None:
        ranks = np.array([[*BACKGROUND[group]["rank"]] for group in GROUPS.values()])
        background = {"rank": ranks[drawn.roster.group, 1 - kind.astype(int)]}
        strata = Strata(("rank",))
    study = Study(
        name="validation",
        synthetic=True,
        files=Files(responses="responses.csv.gz", codebook="codebook.toml", support="support.csv"),
        columns=Columns(background=("gender", "rank")),
        groups=Labelling(GROUPS),
        waves=Labelling(WAVES),
        composition=strata,
    )
    with tempfile.TemporaryDirectory() as folder:
        return cips.read(write_survey(drawn, study, Path(folder), rng, background=background))


def true_quantities(known: Known, found: xr.Dataset) -> xr.Dataset:
    """What is true of everything in :mod:`validation.quantities`.

    Parameters
    ----------
    known : Known
    found : xarray.Dataset
        From :func:`validation.quantities.quantities`: it tells which supported cells count.
    """
    counted = np.isfinite(found[q.CELL_EFFECT].isel(chain=0, draw=0, drop=True))
    levels, roster = known.levels, known.simulated.roster
    followed = levels[COUNTRY].to_numpy()[roster.followed]
    mine = levels.sel({COUNTRY: followed})
    effect = {s: levels[f"effect_{s}"].sel({COUNTRY: counted[COUNTRY]}) for s in (LATENT, PERCENT)}
    average = {scale: own.where(counted).mean(q.CELLS) for scale, own in effect.items()}
    percent = levels[PERCENT].transpose(COUNTRY, FACTOR, GROUP, WAVE).to_numpy()
    shares = raw_headline(percent, known.simulated.supported, roster.followed)
    return xr.Dataset(
        {
            q.EFFECT: average[LATENT],
            q.EFFECT_PERCENT: average[PERCENT],
            q.EFFECT_POINTS: average[PERCENT],
            q.CHANGE: mine[f"change_{LATENT}"].mean(q.CELLS),
            q.CHANGE_PERCENT: mine[f"change_{PERCENT}"].mean(q.CELLS),
            q.SHARE: (GROUP, shares[:, 0]),
            q.OTHER_SHARE: (GROUP, shares[:, 1]),
            q.DIFFERENCE: (GROUP, shares[:, 0] - shares[:, 1]),
            q.CELL_CHANGE: mine[f"change_{PERCENT}"],
            q.CELL_EFFECT: effect[LATENT],
        }
    )
