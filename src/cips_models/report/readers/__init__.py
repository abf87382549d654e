"""One report for each reader, all of the same results and in the same words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType

from cips_models.report.assessment import Assessment
from cips_models.report.document import Document
from cips_models.report.in_language import in_language
from cips_models.report.readers import evaluator, head, statistician
from cips_models.report.readers.others import FILES


@dataclass(frozen=True)
class Reader:
    """Who reads a report, and what it is.

    Attributes
    ----------
    file : str
        Of the page; those of other formats are named alike.
    compose : callable
        Makes the report of an assessment that is in the language spoken.
    """

    file: str
    compose: Callable[[Assessment], Document]

    def file_as(self, kind: str) -> str:
        """Name of the file in a format: "report.pdf"."""
        return str(PurePath(self.file).with_suffix(f".{kind}"))

    def document(self, assessment: Assessment) -> Document:
        """The report of an assessment, in the language that is being spoken."""
        return self.compose(in_language(assessment))


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "head": Reader(FILES["head"][0], head.document),
        "evaluator": Reader(FILES["evaluator"][0], evaluator.document),
        "statistician": Reader(FILES["statistician"][0], statistician.document),
    }
)

__all__ = ["READERS", "Reader"]
