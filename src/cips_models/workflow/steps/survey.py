"""Steps about the survey and the tables as such."""

from pathlib import Path
from typing import Any, Final

import pandas as pd

from cips_models.disclosure import PRIMARY
from cips_models.names import DIMS
from cips_models.tables import data_dictionary, read_table, write_table
from cips_models.wording import N_
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.description import facts, shown_counts, survey_tables
from cips_models.workflow.results import Results, Tell
from cips_models.workflow.workspace import Workspace


def _validate(work: Workspace, into: Path, _: Tell) -> Details:
    shown = shown_counts(work.survey)
    for name, table in survey_tables(work.survey, shown, pairs=work.pairs).items():
        if name != "disclosure":
            write_table(into, name, table)
    return facts(work.survey, shown)


def _disclose(work: Workspace, into: Path, _: Tell) -> Details:
    """List what the steps so far withhold; raw results of cells are in two places."""
    table = survey_tables(work.survey, pairs=work.pairs)["disclosure"]
    cells = read_table(work.folder, "predictive")
    small = cells[cells["observed"].isna()][list(DIMS)]
    raw = [" / ".join(place) for place in small.itertuples(index=False, name=None)]
    of_cells = [
        pd.DataFrame({"table": name, "row": raw, "column": columns, "reason": PRIMARY})
        for name, columns in (("predictive", "observed, p"), ("fits", "score, percent"))
    ]
    write_table(into, "disclosure", pd.concat([table, *of_cells], ignore_index=True))
    return {"threshold": work.survey.disclosure.threshold}


def _describe(_: Results, into: Path, __: Tell) -> Details:
    data_dictionary().to_csv(into / "data-dictionary.csv", index=False)
    return {}


VALIDATE: Final[Step[Any]] = Step(
    name="validate",
    does=N_("checking the survey"),
    settings=("description", "threshold"),
    after=(),
    outputs=(
        "respondents.csv",
        "nonresponse.csv",
        "nonresponse_items.csv",
        "dont_know.csv",
        "exclusions.csv",
        "support.csv",
    ),
    work=_validate,
)


DISCLOSE: Final[Step[Any]] = Step(
    name="disclose",
    does=N_("listing what is withheld"),
    settings=("description", "threshold"),
    after=("validate", "predictive"),
    outputs=("disclosure.csv",),
    work=_disclose,
)


DESCRIBE: Final[Step[Any]] = Step(
    name="describe",
    does=N_("describing the tables"),
    settings=(),
    after=(),
    outputs=("data-dictionary.csv",),
    work=_describe,
)
