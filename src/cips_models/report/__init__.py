"""The impact assessment as a file: ``cips.report.write(assessment, "report.html")``; pdf, docx."""

from cips_models.report.assessment import Assessment
from cips_models.report.writing import write

__all__ = ["Assessment", "write"]
