"""Steps about the survey and the tables as such."""

from pathlib import Path
from typing import Any, Final

from cips_models.tables import data_dictionary, write_table
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.description import facts, survey_tables
from cips_models.workflow.workspace import Results, Tell, Workspace


def _validate(work: Workspace, into: Path, _: Tell) -> Details:
    for name, table in survey_tables(work.survey).items():
        write_table(into, name, table)
    return facts(work.survey)


def _describe(_: Results, into: Path, __: Tell) -> Details:
    data_dictionary().to_csv(into / "data-dictionary.csv", index=False)
    return {}


VALIDATE: Final[Step[Any]] = Step(
    name="validate",
    does="checking the survey",
    settings=("description",),
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


DESCRIBE: Final[Step[Any]] = Step(
    name="describe",
    does="describing the tables",
    settings=(),
    after=(),
    outputs=("data-dictionary.csv",),
    work=_describe,
)
