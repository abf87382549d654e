"""The chain from a survey to an impact assessment, declared: what follows what, from what."""

from typing import Any, Final

from cips_models.workflow.chain import Step
from cips_models.workflow.steps.effects import DID
from cips_models.workflow.steps.estimates import DRIFT, ESTIMATE
from cips_models.workflow.steps.fits import COMPARE, CUT, DIAGNOSE, FIT, PREDICTIVE
from cips_models.workflow.steps.pages import CHART, REPORT
from cips_models.workflow.steps.priors import PRIORS
from cips_models.workflow.steps.survey import DESCRIBE, VALIDATE

__all__ = ["CHAIN", "CHART", "REPORT"]

CHAIN: Final[tuple[Step[Any], ...]] = (
    VALIDATE,
    FIT,
    CUT,
    DIAGNOSE,
    COMPARE,
    ESTIMATE,
    DID,
    PRIORS,
    DRIFT,
    PREDICTIVE,
    DESCRIBE,
    CHART,
    REPORT,
)
