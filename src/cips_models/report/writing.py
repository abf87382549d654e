"""Reports as files: one source of words, set in the format that the name of the file ends in."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cips_models.errors import OutputError
from cips_models.files import new_file
from cips_models.report.assessment import Assessment
from cips_models.report.document import Document
from cips_models.report.front import failed_gates, failing
from cips_models.report.page import page
from cips_models.report.pdf import pdf
from cips_models.report.readers import READERS
from cips_models.report.word_file import word

#: What sets a document, given what its assessment is about, as the bytes of a file of that kind.
FORMATS: Final[Mapping[str, Callable[[Document, Mapping[str, Any]], bytes]]] = MappingProxyType(
    {"html": page, "pdf": pdf, "docx": word}
)


def write(
    assessment: Assessment,
    path: str | os.PathLike[str],
    *,
    reader: str = "evaluator",
    force: bool = False,
) -> Path:
    """Write what a reader gets as one file that needs no other.

    Parameters
    ----------
    assessment : Assessment
    path : path
        File to write, as ``report.html``, ``report.pdf`` or ``report.docx``; replaced at once
        when it is complete.
    reader : str
        One of :data:`cips_models.report.readers.READERS`.
    force : bool
        Write it although the diagnostics fail; the report then says so at its top.  An
        assessment that is marked ``forced`` needs no second word.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FitError
        The diagnostics fail and the report is not forced.
    OutputError
        The file cannot be written, or its name ends in no known format.
    """
    check(assessment, force=force)
    return write_document(READERS[reader].document(assessment), assessment, path)


def check(assessment: Assessment, *, force: bool = False) -> None:
    """Refuse a report of fits that fail their diagnostics, unless it is forced.

    Raises
    ------
    FitError
        The diagnostics fail and the report is not forced.
    """
    if not (assessment.passed or force or bool(assessment.about["forced"])):
        raise failing(str(assessment.about["name"]), failed_gates(assessment), "report")


def write_document(
    document: Document, assessment: Assessment, path: str | os.PathLike[str]
) -> Path:
    """Write a document that was made of an assessment; see :func:`write`."""
    kind = Path(path).suffix.removeprefix(".")
    if kind not in FORMATS:
        raise OutputError(
            f"{path}: found no format of reports in the name of the file; expected one that ends "
            f"in {', '.join(f'.{each}' for each in FORMATS)}"
        )
    with new_file(Path(path)) as draft:
        draft.write_bytes(FORMATS[kind](document, assessment.about))
    return Path(path)
