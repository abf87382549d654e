"""One report for each reader, all of the same results and in the same words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cips_models.report.assessment import Assessment
from cips_models.report.document import Document
from cips_models.report.readers import evaluator, head, statistician
from cips_models.report.readers.others import FILES


@dataclass(frozen=True)
class Reader:
    """Who reads a report, and what it is.

    Attributes
    ----------
    file : str
    document : callable
        Makes the report of an assessment.
    """

    file: str
    document: Callable[[Assessment], Document]


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "head": Reader(FILES["head"][0], head.document),
        "evaluator": Reader(FILES["evaluator"][0], evaluator.document),
        "statistician": Reader(FILES["statistician"][0], statistician.document),
    }
)

__all__ = ["READERS", "Reader"]
