"""A fit built by hand: made-up draws, every oddity of a design, and nothing sampled."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import xarray as xr

from cips_models.inference.fit import Fit
from cips_models.model.design import Design, as_dataset
from made_by_hand import as_kept

COUNTRIES = ("Aland", "Borduria", "Costaguana", "Dorne")
FACTORS = ("Automation", "Transparency")
GROUPS = ("officials", "private sector")
CHAINS, DRAWS = 2, 60
STRATA = ("chief", "clerk", "unknown")

# Question: factor, points, positive, groups asked.
QUESTIONS = {
    "A1": (0, [0, 0.25, 0.5, 0.75, 1], [0, 0, 0, 1, 1], (0, 1)),
    "A2": (0, [0, 1 / 3, 2 / 3, 1], [0, 0, 1, 1], (0,)),
    "A3": (0, [0, 0.1, 0.5, 0.7, 1], [0, 0, 0, 1, 1], (0,)),  # in the last wave only
    "T1": (1, [0, 1], [0, 1], (0, 1)),
    "T2": (1, [0, 0.2, 0.8, 1], [0, 1, 1, 0], (1,)),  # positive in the middle
}
LATE = "A3"


def questionnaire(waves: Sequence[str]) -> xr.Dataset:
    levels = np.array([len(points) for _, points, _, _ in QUESTIONS.values()])
    asked = np.zeros((len(QUESTIONS), 2, len(waves)), dtype=np.int8)
    worth = np.full((2, len(QUESTIONS), levels.max()), np.nan)
    for j, (name, (_, points, positive, groups)) in enumerate(QUESTIONS.items()):
        asked[j, list(groups), len(waves) - 1 if name == LATE else 0 :] = 1
        worth[:, j, : levels[j]] = points, positive
    return xr.Dataset(
        {
            "factor": ("question", [factor for factor, *_ in QUESTIONS.values()]),
            "start": ("question", np.cumsum(levels - 1) - (levels - 1)),
            "levels": ("question", levels),
            "asked": (("question", "group", "wave"), asked),
            "points": (("question", "level"), worth[0]),
            "positive": (("question", "level"), worth[1]),
        },
        coords={"question": list(QUESTIONS), "group": list(GROUPS), "wave": list(waves)},
    )


def build(
    *,
    waves: Sequence[str] = ("2021", "2023"),
    support: bool = True,
    followed: bool = True,
    away: Sequence[tuple[int, int]] = (),
) -> Fit:
    """Dorne is seen at the first wave only, as are Borduria's officials on transparency.

    Support starts at the last wave, but in Costaguana's transparency it was there before.
    ``away``: positions of countries and of waves at which they were not seen.
    """
    rng = np.random.default_rng(90)
    shape = (len(COUNTRIES), len(FACTORS), len(GROUPS), len(waves))
    observed = np.ones(shape, dtype=bool)
    observed[3 if followed else 0 :, :, :, 1:] = False
    observed[1, 1, 0, 1:] = False
    for country, wave in away:
        observed[country, :, :, wave] = False
    supported = np.array([[1, 0], [1, 1], [0, 1], [1, 0]], dtype=bool)
    already = np.zeros((4, 2), dtype=bool)
    already[2, 1] = True
    in_force = np.zeros((4, 2, len(waves)), dtype=bool)
    in_force[:3, :, -1] = (supported & ~already)[:3]
    design = Design(
        countries=COUNTRIES,
        factors=FACTORS,
        groups=GROUPS,
        waves=tuple(waves),
        times=np.arange(len(waves), dtype=float),
        observed=observed,
        followed=np.flatnonzero(observed.any(axis=(1, 2)).sum(axis=1) >= 2),
        support=in_force if support else None,
        supported=supported if support else None,
        already_treated=already if support else np.zeros((4, 2), dtype=bool),
    )
    book = questionnaire(waves)
    labels = {
        "country": list(COUNTRIES),
        "factor": list(FACTORS),
        "group": list(GROUPS),
        "wave": list(waves),
    }

    def noise(*size: int) -> np.ndarray:
        return rng.normal(size=(CHAINS, DRAWS, *size))

    gaps = np.exp(0.2 * noise(int((book["levels"] - 1).sum()))) * 0.9
    threshold = np.concatenate(
        [
            np.cumsum(gaps[..., first : first + k - 1], axis=-1) - 0.45 * k
            for first, k in zip(book["start"].values, book["levels"].values, strict=True)
        ],
        axis=-1,
    )
    cell = ("chain", "draw", "country", "factor", "group", "wave")
    mean = 0.6 * rng.normal(size=shape) + 0.3 * np.arange(len(waves))
    posterior = xr.Dataset(
        {
            "level": (cell, mean + 0.3 * noise(*shape)),
            "discrimination": (("chain", "draw", "question"), np.exp(0.3 * noise(5))),
            "threshold": (("chain", "draw", "threshold_position"), threshold),
            "general_spread": (
                ("chain", "draw", "factor", "group", "wave"),
                np.exp(0.3 * noise(2, 2, len(waves))),
            ),
            "specific_spread": (
                ("chain", "draw", "factor", "group"),
                0.6 * np.exp(0.3 * noise(2, 2)),
            ),
        },
        coords={
            **labels,
            "chain": range(CHAINS),
            "draw": range(DRAWS),
            "question": list(QUESTIONS),
        },
    )
    score = np.where(observed, rng.uniform(30, 70, shape) + 4 * np.arange(len(waves)), np.nan)
    raw = {"score": (cell[2:], score), "percent": (cell[2:], 0.9 * score)}
    cells = xr.Dataset(raw, coords=labels)
    return Fit(posterior, xr.Dataset(), as_dataset(design), book, cells, {})


def with_strata(fit, *, effect=0.8, modes=("", "", ""), counts=None):
    """The fit with effects of three strata, and a composition that shifts from wave to wave."""
    rng = np.random.default_rng(17)
    sizes = [fit.posterior.sizes[d] for d in ("chain", "draw", "factor", "group")]
    values = effect * rng.normal(0, 1, (3, *sizes[2:])) + 0.1 * rng.normal(
        size=(*sizes[:2], 3, *sizes[2:])
    )
    dims = ("chain", "draw", "stratum", "factor", "group")
    design = fit.design
    shape = (len(design.countries), len(design.groups), len(design.waves), 3)
    labels = {
        "country": list(design.countries),
        "group": list(design.groups),
        "wave": list(design.waves),
        "stratum": list(STRATA),
    }
    if counts is None:
        counts = rng.integers(1, 60, shape)
        counts[:, :, 0, 0] += 200
    seen = design.observed.any(axis=1)
    respondents = xr.DataArray(
        counts * seen[..., None], labels, ("country", "group", "wave", "stratum")
    )
    pooled = respondents.sum("wave").astype(float)
    pooled[..., 2] = 0.0
    standard = pooled / pooled.sum("stratum")
    composition = xr.Dataset(
        {"standard": standard, "respondents": respondents, "mode": ("stratum", list(modes))},
        attrs={"mode_sd": np.nan, "assumption": ""},
    )
    composition = as_kept(composition)
    posterior = fit.posterior.assign(stratum_effect=(dims, values)).assign_coords(
        stratum=list(STRATA)
    )
    return dataclasses.replace(fit, posterior=posterior, composition=composition)


@pytest.fixture(scope="session")
def composed() -> Callable[..., Fit]:
    return with_strata


@pytest.fixture(scope="session")
def make_fit() -> Callable[..., Fit]:
    return build


@pytest.fixture(scope="session")
def fit() -> Fit:
    return build()
