"""The chain from a survey to an impact assessment, declared: what follows what, from what."""

from collections.abc import Sequence
from typing import Any, Final

from cips_models.wording import SOURCE_LANGUAGE
from cips_models.workflow.chain import Step
from cips_models.workflow.steps.effects import DID
from cips_models.workflow.steps.estimates import DRIFT, ESTIMATE
from cips_models.workflow.steps.explorer import explorer_after
from cips_models.workflow.steps.fits import COMPARE, CUT, DIAGNOSE, FIT, PREDICTIVE
from cips_models.workflow.steps.models import PARAMETERS, PRIOR
from cips_models.workflow.steps.outcomes import OUTCOMES
from cips_models.workflow.steps.pages import charts_after, report_after, workbook_after
from cips_models.workflow.steps.plan import HOLD_AGAINST_PLAN
from cips_models.workflow.steps.priors import PRIORS
from cips_models.workflow.steps.robustness import ROBUSTNESS
from cips_models.workflow.steps.selection import SELECTION
from cips_models.workflow.steps.survey import DESCRIBE, DISCLOSE, VALIDATE
from cips_models.workflow.steps.trends import DECIDE, TRENDS

#: Steps that compute: charts and report are made of what they write.
COMPUTED: Final[tuple[Step[Any], ...]] = (
    VALIDATE,
    HOLD_AGAINST_PLAN,
    PRIOR,
    FIT,
    CUT,
    DIAGNOSE,
    COMPARE,
    ESTIMATE,
    DID,
    SELECTION,
    OUTCOMES,
    TRENDS,
    DECIDE,
    PRIORS,
    DRIFT,
    ROBUSTNESS,
    PREDICTIVE,
    PARAMETERS,
    DISCLOSE,
)


#: Formats of the reports of a whole run.
PRINTED: Final = ("pdf", "html")


def chart(code: str = SOURCE_LANGUAGE) -> Step[Any]:
    """The step that draws the charts in a language."""
    return charts_after(COMPUTED, code)


def reports(
    code: str = SOURCE_LANGUAGE, kinds: Sequence[str] = PRINTED
) -> dict[tuple[str, str], Step[Any]]:
    """Steps of reports in a language by reader and format; what commands name is last."""
    return {
        (reader, kind): report_after(COMPUTED, reader, kind, code)
        for reader in ("head", "statistician", "evaluator")
        for kind in kinds
    }


def made_of_tables(
    code: str = SOURCE_LANGUAGE, kinds: Sequence[str] = PRINTED
) -> tuple[Step[Any], ...]:
    """What is made of the tables alone in a language, and anew when there are others."""
    return (chart(code), workbook_after(COMPUTED, code), *reports(code, kinds).values())


MADE_OF_TABLES: Final = made_of_tables()
#: Made of the fits as well as of the tables.
EXPLORE: Final[Step[Any]] = explorer_after(COMPUTED)
CHAIN: Final[tuple[Step[Any], ...]] = (*COMPUTED, DESCRIBE, *MADE_OF_TABLES, EXPLORE)
