"""The impact assessment as a page: ``cips.report.write(assessment, "report.html")``."""

from cips_models.report.assessment import Assessment
from cips_models.report.page import write

__all__ = ["Assessment", "write"]
