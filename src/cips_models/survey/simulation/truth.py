"""What is true of a simulated survey, on every scale on which it is estimated."""

from collections.abc import Callable
from typing import Final

import numpy as np
import xarray as xr

from cips_models.names import COUNTRY, FACTOR, GROUP, ITEM, LATENT, PERCENT, SCORE, WAVE
from cips_models.survey.codebook import Codebook
from cips_models.survey.simulation.draw import PUBLISHED, SimulatedSurvey
from cips_models.survey.simulation.questionnaire import GROUPS, country_names, waves
from cips_models.survey.simulation.sample import raw_headline
from cips_models.survey.simulation.world import Cells, Floats, Items

#: Gauss-Hermite nodes over the persons of a cell; 41 leave no error in the sixth digit.
NODES: Final = 41

SUPPORT: Final = "support"
THRESHOLD: Final = "threshold"

UNITS: Final = {
    LATENT: "logits of a typical item of the factor",
    PERCENT: "per cent of substantive answers that are positive, 0-100",
    SCORE: "mean points of substantive answers, 0-100",
}

#: Latent levels (country, factor, group, wave), cells, items and codebook to levels by scale.
Levels = Callable[[Floats, Cells, Items, Codebook], dict[str, Floats]]

#: Parameters of :class:`Cells` and their dimensions.
_PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "beta": (FACTOR, GROUP),
    "alpha_country": (COUNTRY, GROUP),
    "alpha_cell": (COUNTRY, FACTOR, GROUP),
    "gamma": (FACTOR, GROUP),
    "delta_country": (COUNTRY, GROUP),
    "delta_cell": (COUNTRY, FACTOR, GROUP),
    "att": (COUNTRY, FACTOR, GROUP),
    "sigma": (GROUP, WAVE),
    "tau": (FACTOR, GROUP),
    "loading": (FACTOR, GROUP),
}


def expected(mu: Floats, cells: Cells, items: Items, codebook: Codebook) -> dict[str, Floats]:
    """Levels on all scales of cells whose latent levels are known.

    A cell's persons are N(mu, loading^2 sigma^2 + tau^2); its items weigh the same.

    Parameters
    ----------
    mu : ndarray, shape (country, factor, group, wave)

    Returns
    -------
    dict of ndarray, shape of ``mu``
        By scale: latent (``mu`` itself), percent and score.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    percent, score = np.empty_like(mu), np.empty_like(mu)
    for factor, group in np.ndindex(mu.shape[1:3]):
        spread = np.hypot(
            cells.loading[factor, group] * cells.sigma[group], cells.tau[factor, group]
        )
        theta = mu[:, factor, group, :, None] + spread[:, None] * nodes
        asked = np.flatnonzero((items.factor == factor) & (items.group == group))
        positive, points = np.zeros_like(theta), np.zeros_like(theta)
        for j in asked:
            item = codebook.items[j]
            cuts = items.thresholds[j, : item.n_levels - 1]
            above = 1 / (1 + np.exp(-np.exp(items.log_a[j]) * (theta[..., None] - cuts)))
            positive += above[..., item.positive.index(True) - 1]
            points += item.points[0] + above @ np.diff(item.points)
        percent[:, factor, group] = 100 * (positive @ weights) / len(asked)
        score[:, factor, group] = 100 * (points @ weights) / len(asked)
    return {LATENT: mu, PERCENT: percent, SCORE: score}


def truth(survey: SimulatedSurvey, levels: Levels = expected) -> xr.Dataset:
    """State everything that is true of a simulated survey, with labels.

    Parameters
    ----------
    survey : SimulatedSurvey
    levels : callable, optional
        As :func:`expected`, where persons are not of one kind.

    Returns
    -------
    xarray.Dataset
        ``mu``, ``percent``, ``score`` (country, factor, group, wave): levels, NaN where a
        country was not asked; ``change_<scale>`` (country, factor, group): last wave
        minus first; ``effect_<scale>`` (country, factor, group): what support adds to the level
        at the last wave in which the country was seen, NaN except in cells of followed countries
        that were seen before their support and under it;
        ``average_effect_<scale>`` (group): its mean over these cells;
        ``share_improved`` (group, support): per cent of followed cells whose true score
        rose between the first two waves, beside ``raw_headline``, the same of the observed
        scores, and ``published_headline``; ``supported``, ``respondents``; and the parameters,
        named as in :class:`Cells` and :class:`Items`.
    """
    items, cells, supported, book = survey.items, survey.cells, survey.supported, survey.codebook
    in_force, sizes = survey.in_force, survey.roster.sizes
    dataset = xr.Dataset(
        coords={
            COUNTRY: list(country_names(len(supported))),
            FACTOR: list(book.factors),
            GROUP: list(GROUPS.values()),
            WAVE: list(waves(sizes.shape[2]).values()),
            ITEM: [item.id for item in book.items],
            THRESHOLD: list(range(1, items.thresholds.shape[1] + 1)),
            SUPPORT: ["supported", "unsupported"],
        }
    )
    cell = (COUNTRY, FACTOR, GROUP)
    asked = (sizes > 0)[:, None]
    followed = survey.roster.followed
    last = sizes.shape[2] - 1 - (sizes > 0).all(axis=1)[:, ::-1].argmax(axis=1)[:, None]
    at_last = np.take_along_axis(in_force, last[..., None], axis=2)[..., 0]
    treated = (at_last & ~in_force[:, :, 0] & followed[:, None])[:, :, None]

    actual = levels(cells.mu(in_force), cells, items, book)
    untreated = levels(cells.mu(np.zeros_like(in_force)), cells, items, book)
    for scale, level in actual.items():
        seen = np.where(asked, level, np.nan)
        moved = level - untreated[scale]
        at = np.take_along_axis(moved, last[..., None, None], axis=3)[..., 0]
        effect = np.where(treated, at, np.nan)
        for name, dims, values in (
            ("mu" if scale == LATENT else scale, (*cell, WAVE), seen),
            (f"change_{scale}", cell, seen[..., -1] - seen[..., 0]),
            (f"effect_{scale}", cell, effect),
            (f"average_effect_{scale}", (GROUP,), np.nanmean(effect, axis=(0, 1))),
        ):
            dataset[name] = xr.DataArray(values, dims=dims, attrs={"units": UNITS[scale]})
    headlines = {
        "share_improved": raw_headline(actual[SCORE], supported, followed),
        "raw_headline": survey.headline,
        "published_headline": np.array(PUBLISHED),
    }
    for name, shares in headlines.items():
        dataset[name] = (GROUP, SUPPORT), shares, {"units": "per cent of cells"}
    dataset["supported"] = (COUNTRY, FACTOR), in_force.any(axis=2)
    dataset["respondents"] = (COUNTRY, GROUP, WAVE), sizes
    for name, dimensions in _PARAMETERS.items():
        dataset[name] = dimensions, getattr(cells, name)
    dataset["log_a"] = (ITEM,), items.log_a
    dataset["thresholds"] = (ITEM, THRESHOLD), items.thresholds
    return dataset
