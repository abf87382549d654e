"""A fit whose draws are made up: independent, around plausible values."""

import numpy as np
import pytest
import xarray as xr

from cips_models.inference.fit import assemble, provenance
from cips_models.model.build import blueprint, build
from cips_models.model.specification_file import specification

CHAINS, DRAWS = 4, 250


@pytest.fixture(scope="session")
def survey(make_survey):
    supported = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)
    return make_survey(respondents=7, supported=supported)


@pytest.fixture(scope="session")
def make_fit(survey, parameters_of):
    """Builder of fits: ``make_fit(route="cut", scatter=0.1)``."""
    plan = blueprint(build(survey, specification("did")))

    def made(route="joint", scatter=0.05, seed=1):
        rng = np.random.default_rng(seed)
        coords = {name: list(labels) for name, labels in plan.design.coords().items()}
        cell = ("country", "factor", "group", "wave")
        dims = {
            "discrimination": ("question",),
            "threshold": ("threshold_position",),
            "level": cell,
            "general_spread": cell[1:],
            "specific_spread": cell[1:3],
        }
        coords["question"] = list(plan.layout.questions.labels)
        coords["threshold_position"] = plan.layout.questions.threshold_labels
        centre = parameters_of(survey, plan.layout) | {"effect": np.array([0.2, 0.1])}
        dims["effect"] = ("group",)
        posterior = xr.Dataset(
            {
                name: (
                    ("chain", "draw", *dims[name]),
                    value * (1 + scatter * rng.standard_normal((CHAINS, DRAWS, *value.shape))),
                )
                for name, value in centre.items()
                if name != "threshold"
            }
            | {
                "threshold": (
                    ("chain", "draw", "threshold_position"),
                    centre["threshold"] + scatter * rng.standard_normal((CHAINS, DRAWS, 1)),
                )
            },
            coords=coords | {"chain": range(CHAINS), "draw": range(DRAWS)},
        ).drop_dims(("followed", "step"), errors="ignore")
        diverging = np.zeros((CHAINS, DRAWS), dtype=bool)
        stats = xr.Dataset({"diverging": (("chain", "draw"), diverging)})
        record = provenance(plan, route=route, seed=seed, settings={"draws": DRAWS})
        return assemble(plan, posterior, stats, record)

    return made


@pytest.fixture(scope="session")
def fit(make_fit):
    return make_fit()
