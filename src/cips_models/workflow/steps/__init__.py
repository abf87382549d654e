"""The chain from a survey to an impact assessment, declared: what follows what, from what."""

from collections.abc import Mapping
from typing import Any, Final

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

CHART: Final[Step[Any]] = charts_after(COMPUTED)
#: By reader; the full report, whose path the commands print, is last.
REPORTS: Final[Mapping[str, Step[Any]]] = {
    reader: report_after(COMPUTED, reader) for reader in ("head", "statistician", "evaluator")
}
WORKBOOK: Final[Step[Any]] = workbook_after(COMPUTED)
#: What is made of the tables alone, and anew when there are others.
MADE_OF_TABLES: Final[tuple[Step[Any], ...]] = (CHART, WORKBOOK, *REPORTS.values())
#: Made of the fits as well as of the tables.
EXPLORE: Final[Step[Any]] = explorer_after(COMPUTED)
CHAIN: Final[tuple[Step[Any], ...]] = (*COMPUTED, DESCRIBE, *MADE_OF_TABLES, EXPLORE)
