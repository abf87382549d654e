"""What a specification expects before it sees any answer, in percentage points."""

import warnings

import numpy as np
import pymc as pm
import xarray as xr

from cips_models.model.build import Blueprint, blueprint, build
from cips_models.model.compilation import MODE
from cips_models.model.likelihood import EFFECT, PUBLIC
from cips_models.model.record import questionnaire, reference
from cips_models.model.response import expected
from cips_models.model.specification import Specification
from cips_models.names import COUNTRY, DIMS, DRAW, FACTOR, GROUP, WAVE
from cips_models.survey.survey import Survey


def prior(survey: Survey, spec: Specification, *, draws: int = 500, seed: int) -> xr.Dataset:
    """Draw levels and changes from the prior, as per cent of answers that are positive.

    Parameters
    ----------
    survey : Survey
        Its questionnaire, countries and waves are used, and none of its answers.
    spec : Specification
        One with a likelihood of answers.
    draws : int
    seed : int

    Returns
    -------
    xarray.Dataset
        ``level`` (draw, country, factor, group, wave): per cent positive, 0-100, of a
        cell's persons over the reference questions (see
        :func:`cips_models.model.record.reference`); NaN where the cell was not observed or
        has no reference question.  With two or more waves also ``change`` (draw, country,
        factor, group), in points, from a country's first wave to its last; NaN for
        countries seen once.

    Raises
    ------
    SpecificationError
        The specification needs what the survey does not have.
    """
    model = build(survey, spec)
    with model, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*BLAS")
        names = [*PUBLIC, *({EFFECT} & set(model.named_vars))]
        values = pm.draw([model[name] for name in names], draws, random_seed=seed, mode=MODE)
    plan = blueprint(model)
    level = _percent_positive(dict(zip(names, values, strict=True)), plan)
    data = {"level": level}
    seen = plan.design.observed
    if len(survey.waves) > 1:
        first = xr.DataArray(seen.argmax(axis=-1), dims=DIMS[:-1])
        last = xr.DataArray(seen.shape[-1] - 1 - seen[..., ::-1].argmax(axis=-1), dims=DIMS[:-1])
        change = level.isel({WAVE: last}) - level.isel({WAVE: first})
        data["change"] = change.drop_vars(WAVE, errors="ignore").where(first < last)
    return xr.Dataset(data)


def _percent_positive(public: dict[str, np.ndarray], plan: Blueprint) -> xr.DataArray:
    """Levels of all observed cells in per cent of answers that are positive."""
    record = questionnaire(plan.survey, plan.layout)
    members = reference(record).to_numpy()
    positive = 100.0 * record["positive"].to_numpy()[None]
    level = np.where(plan.design.observed, public["level"], np.nan)
    spread = np.hypot(public["general_spread"], public["specific_spread"][..., None])
    percent = np.full(level.shape, np.nan)
    draws, countries, factors, groups, waves = level.shape
    beside = _beside_standard(public.get(EFFECT, np.zeros((1, 1, factors, groups))), plan)
    for f, g in np.ndindex(factors, groups):
        asked = np.flatnonzero(members[:, g] & (plan.layout.questions.factor == f))
        if not len(asked):
            continue
        percent[:, :, f, g] = 0.0
        for stratum, share in enumerate(plan.layout.standard[:, g].T):
            found = expected(
                (level[:, :, f, g] + beside[:, f, g, :, stratum, None]).reshape(draws, -1),
                np.tile(spread[:, f, g], (1, countries)),
                public["discrimination"],
                public["threshold"],
                plan.layout.questions.start,
                positive,
                asked,
            )
            percent[:, :, f, g] += share[:, None] * found[0].reshape(draws, countries, waves)
    coords = {name: list(plan.design.coords()[name]) for name in (COUNTRY, FACTOR, GROUP, WAVE)}
    return xr.DataArray(percent, coords | {DRAW: np.arange(draws)}, dims=(DRAW, *DIMS))


def _beside_standard(effect: np.ndarray, plan: Blueprint) -> np.ndarray:
    """(draw, factor, group, country, stratum) of effects (draw, stratum, factor, group)."""
    by_stratum = effect.transpose(0, 2, 3, 1)
    standard = np.einsum("dfgs,cgs->dfgc", by_stratum, plan.layout.standard)
    return np.asarray(by_stratum[:, :, :, None] - standard[..., None])
