"""Fits made by hand: random draws of everything, and what they say of themselves."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from cips_models.inference.fit import Fit, in_force
from cips_models.model.design import as_dataset, design
from cips_models.model.layout import layout
from cips_models.model.record import cells, questionnaire
from cips_models.model.specification_file import specification
from cips_models.names import FORMAT
from cips_models.survey.modes import mode_scale
from cips_models.survey.survey import Survey

CHAINS, DRAWS = 2, 25


def provenance(**told: Any) -> dict[str, Any]:
    """Everything that a fit file must say of a fit; ``told`` takes its place."""
    spec = specification("did")
    return {
        "format": FORMAT,
        "study": "made by hand",
        "synthetic": True,
        "route": "joint",
        "specification": spec.name,
        "fingerprint": "0" * 64,
        "quadrature": {},
        "settings": {},
        "seed": 1,
        **in_force(spec),
        **told,
    }


def as_kept(composition: xr.Dataset) -> xr.Dataset:
    """A composition of ``respondents`` and ``mode``, with what a fit keeps of them, not rounded."""
    counts = composition["respondents"]
    shares = counts / counts.sum("stratum").clip(min=1)
    scale = mode_scale(counts, composition["mode"].to_numpy().astype(str))
    return composition.assign(shares=shares, mode_scale=scale)


def seen_in(survey: Survey, waves: Mapping[str, Sequence[str]]) -> Survey:
    """The survey with some countries in some waves only; ``"C1 / officials"`` is a group's."""
    people = survey.respondents
    kept = np.ones(len(people), dtype=bool)
    for place, where in waves.items():
        country, _, group = place.partition(" / ")
        mine = (people["country"] == country) & people["group"].isin(
            [group] if group else list(survey.groups)
        )
        kept &= ~(mine & ~people["wave"].isin(list(where))).to_numpy()
    return dataclasses.replace(
        survey,
        respondents=people[kept],
        answers=survey.answers[kept],
        reasons=survey.reasons[kept],
    )


def fit_of(survey: Survey, seed: int = 8, length: int = DRAWS) -> Fit:
    """A fit with random draws of everything that effects are made of."""
    rng = np.random.default_rng(seed)
    lay = layout(survey)
    plan = design(survey, lay)
    book = questionnaire(survey, lay)
    shape = plan.observed.shape
    gaps = np.exp(0.2 * rng.normal(size=(CHAINS, length, int(lay.questions.start[-1]))))
    threshold = np.concatenate(
        [
            np.cumsum(gaps[..., first:end], axis=-1) - 0.5 * (end - first)
            for first, end in zip(lay.questions.start, lay.questions.start[1:], strict=False)
        ],
        axis=-1,
    )

    def draws(*size: int, sd: float = 1.0) -> np.ndarray:
        return sd * rng.normal(size=(CHAINS, length, *size))

    chain = ("chain", "draw")
    cell = ("country", "factor", "group", "wave")
    variables = {
        "level": ((*chain, *cell), rng.normal(size=shape) + draws(*shape, sd=0.3)),
        "discrimination": (
            (*chain, "question"),
            np.exp(draws(len(lay.questions.labels), sd=0.2)),
        ),
        "threshold": ((*chain, "threshold_position"), threshold),
        "general_spread": ((*chain, *cell[1:]), np.exp(draws(*shape[1:], sd=0.2))),
        "specific_spread": ((*chain, *cell[1:3]), np.exp(draws(*shape[1:3], sd=0.2))),
    }
    if plan.treated.any():
        effect = 0.4 + draws(len(plan.followed), *shape[1:3], sd=0.2)
        variables["effect_cell"] = ((*chain, "followed", *cell[1:3]), effect)
        variables["effect"] = ((*chain, "group"), 0.4 + draws(shape[2], sd=0.1))
    if len(plan.followed) and len(plan.waves) > 1:
        steps = (shape[2], len(plan.waves) - 1, len(plan.followed))
        step = ("group", "step", "followed")
        variables["cell_change"] = ((*chain, *step, "factor"), draws(*steps, shape[1], sd=0.3))
    posterior = xr.Dataset(
        variables,
        coords={
            **{name: list(labels) for name, labels in plan.coords().items() if name != "step"},
            "question": list(lay.questions.labels),
            "chain": range(CHAINS),
            "draw": range(length),
        },
    )
    made = provenance(study=survey.name, fingerprint=survey.fingerprint, seed=seed)
    return Fit(posterior, xr.Dataset(), as_dataset(plan), book, cells(survey, lay), made)
