"""By how much cell estimates err: those of the waves so far, and those that are planned.

Two parts, as stage 1 hands them on: what respondents tell, which shrinks as there are more of
them, and the drift that all items of a factor have in common, omega^2 / J a step, which does not
(see :mod:`cips_models.model.shifts`).
"""

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from cips_models.did.next_wave.horizon import Horizon
from cips_models.did.next_wave.present import counted, information, last_wave, spreads
from cips_models.errors import FitError
from cips_models.inference.fit import Fit
from cips_models.inference.stage_one import StageOne
from cips_models.model.build import blueprint
from cips_models.model.shifts import BOTH_TERM, WAVE_TERM, differ
from cips_models.names import GROUP, WAVE

#: Terms of drift.
DRIFT = (WAVE_TERM, BOTH_TERM)


@dataclass(frozen=True)
class Telling:
    """What respondents tell of cells, all waves together.

    Attributes
    ----------
    within : (estimate, estimate) array
        Covariance of errors of estimates of the same country, without drift, those of the
        planned wave at the planned numbers of respondents.
    shared : (estimate, error) array
        Coefficients of errors that all have in common.
    """

    within: np.ndarray
    shared: np.ndarray


def blocks(horizon: Horizon) -> list[np.ndarray]:
    """Positions, within the planned cells, of those of the same country and group."""
    place = horizon.position[horizon.new][:, [0, 2]]
    _, number = np.unique(place, axis=0, return_inverse=True)
    return [np.flatnonzero(number == k) for k in range(number.max() + 1)]


class FromPersons:
    """From the spreads of persons and the items, draw by draw.

    The mean trait of n persons who answer with information I errs, over the factors f, by

        ( s s' + diag(t_f^2 + 1 / I_f) ) / n

    with s the sd of the general outlook times its loadings and t that of what is specific: a
    Gaussian in place of a person's likelihood (``present.information``).  Items count as known:
    their errors are common to all waves, and cancel in changes.
    """

    def __init__(self, fit: Fit, horizon: Horizon):
        country, factor, group, wave = horizon.position.T
        self._group, self._factor = group, factor
        latest = last_wave(fit.design)
        self._wave = np.where(wave < len(fit.design.waves), wave, latest[country, group])
        told = information(fit)[country, factor, group, self._wave]
        people = counted(fit)
        here = people[country, factor, group, self._wave]
        among = people.max(axis=1)[country, group, self._wave]
        size = here.copy()
        size[horizon.new] = horizon.respondents * (here / among)[horizon.new]
        self._told, self._size = told, size
        same = [np.equal.outer(each, each) for each in (country, group, wave)]
        self._together = np.logical_and.reduce(same)

    def __call__(self, posterior: xr.Dataset) -> Telling:
        """At one draw of the fit."""
        outlook, specific = spreads(posterior)
        place = self._factor, self._group, self._wave
        s = outlook[place]
        # Those who answered about fewer factors are taken to be among those of the others.
        within = np.outer(s, s) / np.maximum.outer(self._size, self._size) * self._together
        own = (specific[place] ** 2 + 1.0 / self._told) / self._size
        within[np.diag_indices(len(own))] += own
        return Telling(within, np.zeros((len(own), 0)))


def from_stage_one(stage: StageOne, fit: Fit, horizon: Horizon) -> Telling:
    """From a stage 1 of the same survey.

    The planned cells err as those of the last wave, times respondents then over respondents
    planned; by what countries share, the items, they err as those do.

    Raises
    ------
    FitError
        The stage 1 is of another survey.
    """
    plan = blueprint(stage.density.model)
    if plan.survey.fingerprint != fit.provenance["fingerprint"]:
        raise FitError(
            f"{plan.survey.name}: found data with fingerprint {plan.survey.fingerprint[:12]}; "
            f"expected {fit.provenance['fingerprint'][:12]}, the data of the fit"
        )
    terms = list(stage.coordinates.shifts)
    calm = np.array(
        [0.0 if term in DRIFT else sd for term, sd in zip(terms, stage.sds, strict=True)]
    )
    cells = stage.given(calm).cells
    row = {tuple(place): k for k, place in enumerate(cells.position)}
    source = horizon.position.copy()
    source[horizon.new] = horizon.position[horizon.last]
    at = np.array([row[tuple(place)] for place in source])
    new = np.zeros(len(at), dtype=bool)
    new[horizon.new] = True
    within = cells.within[np.ix_(at, at)] * np.equal.outer(new, new)
    within[np.ix_(new, new)] *= _together(horizon)
    country, _, group, wave = source[horizon.new].T
    people = counted(fit).max(axis=1)[country, group, wave]
    factor = np.sqrt(people / horizon.respondents)
    within[np.ix_(new, new)] *= np.outer(factor, factor)
    return Telling(within, cells.shared[at])


def _together(horizon: Horizon) -> np.ndarray:
    country, _, group, _ = horizon.position[horizon.new].T
    return np.asarray(np.equal.outer(country, country) & np.equal.outer(group, group))


@dataclass(frozen=True)
class Drift:
    """What items drift in common, for sds of one of the terms :data:`DRIFT`.

    The mean of the J items that a group is asked of a factor takes steps of variance
    omega^2 / J; items that two groups are asked drift for both.

    Attributes
    ----------
    shared : (estimate, error) array
        Coefficients of the steps that all countries take.
    within : (estimate, estimate) array
        Covariance of those of each country.
    """

    shared: np.ndarray
    within: np.ndarray

    @classmethod
    def of(cls, fit: Fit, horizon: Horizon) -> "Drift":
        """For the items of a fit, asked again in the planned wave."""
        design, overlap = horizon.design, _overlap(fit)
        country, factor, group, wave = horizon.position.T
        step = design.step_scale**2
        walked = np.concatenate([[0.0], np.cumsum(step)])
        first = design.observed.any(axis=(1, 2)).argmax(axis=1)
        since = walked[wave] - walked[first][country]
        within = np.minimum.outer(since, since)
        within *= np.equal.outer(country, country) & np.equal.outer(factor, factor)
        within *= overlap[factor[:, None], group[:, None], group[None]]
        return cls(_steps(overlap, step, horizon.position), within)

    def added(self, telling: Telling, sds: np.ndarray) -> Telling:
        """Errors with drift of these sds (term,) a step, in logits."""
        return replace(
            telling,
            within=telling.within + sds[1] ** 2 * self.within,
            shared=np.hstack([telling.shared, sds[0] * self.shared]),
        )


def drift_sds(
    fit: Fit, horizon: Horizon, posterior: xr.Dataset, rng: np.random.Generator
) -> np.ndarray:
    """(sample, term) sds of the drift of items a step, from their prior after a single wave."""
    count, spec = posterior.sizes["sample"], horizon.spec
    found = np.zeros((count, len(DRIFT)))
    for k, term in enumerate(DRIFT):
        prior = spec.priors[term]
        if "item_sd" in posterior and term in posterior["item_term"]:
            found[:, k] = posterior["item_sd"].sel(item_term=term) * horizon.stretch
        elif len(fit.design.waves) == 1 and differ(spec):
            fixed = prior.family == "fixed"
            found[:, k] = prior.sd * (1.0 if fixed else np.abs(rng.standard_normal(count)))
    return found


def _overlap(fit: Fit) -> np.ndarray:
    """(factor, group, group): 1 / J on the diagonal, beside it what items in common make of it."""
    book = fit.questionnaire
    asked = book["asked"].transpose("question", GROUP, WAVE).to_numpy().any(axis=2)
    of = np.equal.outer(np.arange(len(fit.design.factors)), book["factor"].to_numpy())
    mine = asked[None] * of[:, :, None]
    share = mine / np.maximum(mine.sum(axis=1, keepdims=True), 1)
    return np.asarray(np.einsum("fqg,fqh->fgh", share, share))


def _steps(overlap: np.ndarray, step: np.ndarray, position: np.ndarray) -> np.ndarray:
    _, factor, group, wave = position.T
    factors, groups, _ = overlap.shape
    values, axes = np.linalg.eigh(overlap)
    root = axes * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    taken = (wave[:, None] > np.arange(len(step))) * np.sqrt(step)
    found = np.zeros((len(position), factors, groups, len(step)))
    found[np.arange(len(position)), factor] = root[factor, group][:, :, None] * taken[:, None, :]
    flat = found.reshape(len(position), -1)
    return np.asarray(flat[:, np.abs(flat).max(axis=0) > 0])
