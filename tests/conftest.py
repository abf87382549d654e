"""Small surveys made by hand, for everything that takes a survey."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from cips_models.disclosure import OFF, Rule
from cips_models.survey.codebook import Codebook, Item, Scale
from cips_models.survey.composition import compose
from cips_models.survey.survey import Survey

pytest_plugins = ["browser"]

type Question = tuple[str, str, int, tuple[str, ...], bool]

GROUPS = ("officials", "private sector")

#: Three factors of 2, 3 and 2 items with 2, 4 and 5 levels; F1 is shared by the groups in
#: part, F2 has one item of versions that differ, F3 shares nothing.
QUESTIONS: tuple[Question, ...] = (
    ("Q1", "F1", 2, GROUPS, False),
    ("Q2", "F1", 5, GROUPS[:1], False),
    ("Q3", "F2", 4, GROUPS, True),
    ("Q4", "F2", 5, GROUPS[:1], False),
    ("Q5", "F2", 4, GROUPS[1:], False),
    ("Q6", "F3", 5, GROUPS[:1], False),
    ("Q7", "F3", 2, GROUPS[1:], False),
)


def scale(levels: int) -> Scale:
    codes = tuple(str(k) for k in range(levels))
    positive = tuple(k >= (levels + 1) // 2 for k in range(levels))
    points = tuple(k / (levels - 1) for k in range(levels))
    return Scale(f"{levels} levels", codes, codes, positive, points)


def build_survey(
    *,
    questions: Sequence[Question] = QUESTIONS,
    countries: Sequence[str] = ("Avalon", "Belovodye", "Cockaigne"),
    groups: Sequence[str] = GROUPS,
    waves: Sequence[str] = ("2021", "2023"),
    once: Sequence[str] = (),
    respondents: int = 2,
    missing: float = 0.2,
    supported: np.ndarray | None = None,
    start: np.ndarray | None = None,
    intensity: np.ndarray | None = None,
    answers: np.ndarray | None = None,
    seed: int = 1,
    background: Mapping[str, Sequence[str]] | None = None,
    composition: Mapping[str, Any] | None = None,
    disclosure: Rule = OFF,
) -> Survey:
    """A survey with random answers, cell after cell (country, group, wave).

    ``once``: countries seen in the first wave only.  ``respondents``: in each cell.
    ``background``: columns of the respondents.  ``composition``: arguments of ``compose``.
    ``disclosure``: nothing is withheld unless a rule is given, for cells are small.
    """
    rng = np.random.default_rng(seed)
    factors = tuple(dict.fromkeys(factor for _, factor, *_ in questions))
    items = tuple(
        Item(name, factor, scale(levels), tuple(g for g in asked if g in groups), False, differ)
        for name, factor, levels, asked, differ in questions
    )
    rows = [
        (country, group, wave)
        for country in countries
        for group in groups
        for wave in (waves[:1] if country in once else waves)
        for _ in range(respondents)
    ]
    table = pd.DataFrame(rows, columns=["country", "group", "wave"])
    for name, labels in (("country", countries), ("group", groups), ("wave", waves)):
        table[name] = pd.Categorical(table[name], categories=list(labels), ordered=True)
    table = table.assign(**{name: list(values) for name, values in (background or {}).items()})
    table.index = pd.Index([f"R{i}" for i in range(len(table))], name="respondent")
    if answers is None:
        given = rng.integers(0, [item.n_levels for item in items], (len(table), len(items)))
        given[rng.random(given.shape) < missing] = -1
    else:
        given = answers.copy()
    asked = np.array([[group in item.groups for item in items] for group in table["group"]])
    given[~asked] = -1
    coords = {"respondent": table.index.to_numpy(), "item": [item.id for item in items]}
    array = xr.DataArray(given.astype(np.int8), coords, ("respondent", "item"))
    cell = {"country": list(countries), "factor": list(factors)}
    support = support_start = None
    if supported is not None:
        begin = np.ones(supported.shape, dtype=int) if start is None else start
        support = xr.DataArray(supported.astype(bool), cell, ("country", "factor"))
        support_start = xr.DataArray(np.where(supported, begin, -1), cell, ("country", "factor"))
    return Survey(
        name="made by hand",
        synthetic=True,
        codebook=Codebook(factors, items),
        countries=tuple(countries),
        groups=tuple(groups),
        waves=tuple(waves),
        times=tuple(float(wave) for wave in waves),
        respondents=table,
        answers=array,
        reasons=xr.zeros_like(array).where(array >= 0, 1).astype(np.int8),
        supported=support,
        support_start=support_start,
        exclusions=pd.DataFrame(columns=["column", "value", "rows"]),
        notes=(),
        fingerprint=f"{seed:064d}",
        support_intensity=None
        if intensity is None
        else xr.DataArray(intensity, cell, ("country", "factor")),
        composition=None if composition is None else compose(table, **composition),
        disclosure=disclosure,
    )


@pytest.fixture(scope="session")
def make_survey() -> Callable[..., Survey]:
    """Builder of surveys: ``make_survey(groups=("officials",), waves=("2021",))``."""
    return build_survey


@pytest.fixture(scope="session")
def parameters_of() -> Callable[..., dict[str, Any]]:
    """Builder of public variables for a layout, random but plausible."""

    def build(survey: Survey, layout: Any, seed: int = 3) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(seed)
        book = layout.questions
        shape = tuple(len(x) for x in (survey.countries, survey.factors, survey.groups))
        cuts = [np.sort(rng.normal(0, 1.5, k - 1)) for k in book.levels]
        return {
            "discrimination": np.exp(rng.normal(0, 0.4, len(book.labels))),
            "threshold": np.concatenate(cuts),
            "level": rng.normal(0, 1, (*shape, len(survey.waves))),
            "general_spread": rng.uniform(0.5, 1.4, (*shape[1:], len(survey.waves))),
            "specific_spread": rng.uniform(0.4, 1.0, shape[1:]),
        }

    return build
