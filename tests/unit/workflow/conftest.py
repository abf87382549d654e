"""A chain whose sampling is mocked: it proves plumbing only, never a number.

Survey, files, records and report are real; fits are empty stand-ins and the tables that
would come from them are made up.  Charts are not drawn: they have tests of their own, and
take seconds.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from cips_models.report import figures
from cips_models.survey.simulation import simulate
from cips_models.tables import TABLES, empty_table
from cips_models.tables.few_clusters import FEW_CLUSTERS
from cips_models.workflow import execution
from cips_models.workflow.chain import Step
from cips_models.workflow.request import Request
from cips_models.workflow.results import Results
from cips_models.workflow.run import run
from cips_models.workflow.steps import (
    effects,
    estimates,
    explorer,
    fits,
    models,
    outcomes,
    pages,
    priors,
    selection,
    trends,
)
from cips_models.workflow.workspace import Workspace

#: Tables of the step that looks at one effect in several ways, but for that over time.
OUTCOMES = ("outcomes", "weightings", "cell_effects")


@dataclass
class Stage:
    """What the stand-ins give, and what was asked of them."""

    tables: dict[str, pd.DataFrame]
    asked: list[str] = field(default_factory=list)

    settings: dict[str, str] = field(default_factory=dict)

    def fail_a_gate(self) -> None:
        self.tables["diagnostics"].loc[0, "passed"] = False


class StandIn:
    """A fit without draws."""

    def __init__(self, **settings: str) -> None:
        self.provenance = {"settings": settings}

    def save(self, path: Path) -> Path:
        path.write_text("no draws")
        return path


@contextmanager
def mocked(tables: dict[str, pd.DataFrame]) -> Iterator[Stage]:
    made = {
        name: table.reindex(columns=[column.name for column in TABLES[name]])
        for name, table in tables.items()
    }
    stage = Stage(made)

    def answering(name: str, answer: Callable[[], object]) -> Callable[..., object]:
        def called(*_: object, **__: object) -> object:
            stage.asked.append(name)
            return answer()

        return called

    nothing = {Path(file).stem: empty_table(Path(file).stem) for file in priors.PRIORS.outputs}
    four = {name: made[name] for name in ("levels", "changes", "improved", "densities", "refusals")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workspace, "sample", answering("fit", lambda: StandIn(**stage.settings)))
        patch.setattr(Workspace, "fit", lambda *_: StandIn())
        patch.setattr(Workspace, "under_drift", lambda *_: {})
        few = {name: made[name] for name in FEW_CLUSTERS}
        patch.setattr(Workspace, "robustness", answering("robustness", lambda: few))
        patch.setattr(Workspace, "stage_one", SimpleNamespace(cells=None))
        for module, name, answer in (
            (fits, "comparison_table", lambda: made["comparison"]),
            (fits, "diagnostics_table", lambda: made["diagnostics"]),
            (models, "expected_table", lambda: empty_table("prior_predictive")),
            (models, "parameters_table", lambda: empty_table("parameters")),
            (fits, "identification", lambda: ["A constraint."]),
            (fits, "predictive_table", lambda: made["predictive"]),
            (estimates, "estimate_tables", lambda: four),
            (estimates, "items_table", lambda: made["items"]),
            (estimates, "drift_table", lambda: made["drift"]),
            (outcomes, "outcome_tables", lambda: {each: made[each] for each in OUTCOMES}),
            (outcomes, "paths_of", lambda: made["effect_paths"]),
            (effects, "effects_table", lambda: made["effects"]),
            (priors, "prior_tables", lambda: nothing),
            (effects, "effect_statements", lambda: ["A statement."]),
            (trends, "trend_tables", lambda: _made(made, trends.TRENDS)),
            (trends, "decision_tables", lambda: _made(made, trends.DECIDE)),
            (selection, "selection_table", lambda: made["selection"]),
        ):
            patch.setattr(module, name, answering(name, answer))
        patch.setattr(pages, "pictures", undrawn)
        patch.setattr(explorer, "write_explorer", unexplored)
        patch.setattr(figures, "pictures", lambda *_, **__: {})
        # In a process of its own a stand-in would count what is asked of it for nobody.
        patch.setattr(execution, "can_fork", lambda: False)
        yield stage


def _made(tables: dict[str, pd.DataFrame], step: Step[object]) -> dict[str, pd.DataFrame]:
    return {name: tables[name] for name in (Path(file).stem for file in step.outputs)}


def undrawn(_: object, folder: Path) -> dict[str, object]:
    folder.mkdir()
    for name in ("headline.svg", "headline.png"):
        (folder / name).write_text("no chart")
    return {}


def unexplored(results: Results, path: Path) -> Path:
    path.write_text("no draws to explore")
    return path


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic survey, made once; not to be changed."""
    return simulate(tmp_path_factory.mktemp("survey"), seed=5)


@pytest.fixture(scope="session")
def made_up(
    make_tables: Callable[..., dict[str, pd.DataFrame]], study: Path
) -> dict[str, pd.DataFrame]:
    """Tables of three countries; not to be changed."""
    countries = list(pd.read_csv(study.parent / "support.csv")["country"].unique()[:3])
    tables = make_tables(countries=countries)
    return {**tables, "diagnostics": tables["diagnostics"].assign(fit="fit")}


@pytest.fixture
def mocked_sampling(made_up: dict[str, pd.DataFrame]) -> Iterator[Stage]:
    with mocked(made_up) as stage:
        yield stage


@pytest.fixture(scope="session")
def plumbed(
    made_up: dict[str, pd.DataFrame], study: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Results of a run with mocked sampling; not to be changed."""
    folder = tmp_path_factory.mktemp("results") / "results"
    with mocked(made_up):
        run(Request(study), folder)
    return folder


@pytest.fixture
def results(plumbed: Path, tmp_path: Path) -> Path:
    """Results of a run with mocked sampling; one's own copy."""
    return shutil.copytree(plumbed, tmp_path / "results")
