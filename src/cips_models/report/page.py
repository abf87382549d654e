"""A report as one HTML page that needs nothing else: no script, no external address."""

import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jinja2
import markupsafe

from cips_models import wording
from cips_models.errors import FitError
from cips_models.files import new_file
from cips_models.report.assessment import Assessment
from cips_models.report.document import Document
from cips_models.report.front import failed_gates
from cips_models.report.readers import READERS
from cips_models.wording import _

_TEMPLATE: Final = "document.html.j2"
_LABELLED: Final = ("countries", "groups", "waves", "factors")


def write(
    assessment: Assessment,
    path: str | os.PathLike[str],
    *,
    reader: str = "evaluator",
    force: bool = False,
) -> Path:
    """Write what a reader gets as one self-contained HTML file.

    Parameters
    ----------
    assessment : Assessment
    path : path
        File to write; replaced at once when the page is complete.
    reader : str
        One of :data:`cips_models.report.readers.READERS`.
    force : bool
        Write it although the diagnostics fail; the page then says so at its top.  An
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
        The file cannot be written.
    """
    return write_document(READERS[reader].document, assessment, path, force=force)


def write_document(
    compose: Any,
    assessment: Assessment,
    path: str | os.PathLike[str],
    *,
    force: bool = False,
) -> Path:
    """Write the document that ``compose(assessment)`` makes; see :func:`write`."""
    forced = force or bool(assessment.about["forced"])
    if not (assessment.passed or forced):
        raise FitError(
            f"{assessment.about['name']}: found a fit that fails its diagnostics "
            f"({', '.join(failed_gates(assessment)) or 'see diagnostics.csv'}); expected all gates "
            "passed. Sample longer, or force the report, which then says so at its top."
        )
    page = isolated(html(compose(assessment)), assessment.about)
    with new_file(Path(path)) as draft:
        draft.write_text(page, encoding="utf-8", newline="\n")
    return Path(path)


def html(document: Document) -> str:
    """Set a document as a page."""
    page: str = _environment().get_template(_TEMPLATE).render(
        document=document, language=wording.language(), direction=wording.direction()
    )  # fmt: skip
    return page


def isolated(page: str, about: Mapping[str, Any]) -> str:
    """Keep labels that are written from right to left from turning what stands beside them.

    A number after such a label would be shown in front of it (Unicode Standard Annex 9, section
    2.6: first strong isolate).
    """
    labels = [about["name"], *(each for of in _LABELLED for each in about[of])]
    escape = _environment().filters["escape"]  # as the template wrote them
    turning = {str(escape(label)) for label in labels if _from_right_to_left(label)}
    if not turning:
        return page
    longest_first = sorted(turning, key=len, reverse=True)
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
    return re.sub(pattern, lambda found: f"\u2068{found[0]}\u2069", page)


def _from_right_to_left(label: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in label)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cips_models.report", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=_)
    environment.filters.update(kind=lambda part: type(part).__name__, coded=_coded)
    return environment


def _coded(text: str) -> markupsafe.Markup:
    """Set what stands between backticks, what is typed on a command line, as code."""
    return markupsafe.Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(markupsafe.escape(text))))
