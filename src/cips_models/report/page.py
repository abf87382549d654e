"""A report as one HTML page that needs nothing else: no script, no external address."""

import re
from collections.abc import Mapping
from typing import Any, Final

import jinja2
import markupsafe

from cips_models import wording
from cips_models.report.document import Document
from cips_models.report.isolation import isolating
from cips_models.wording import _

_TEMPLATE: Final = "document.html.j2"


def html(document: Document) -> str:
    """Set a document as a page."""
    page: str = _environment().get_template(_TEMPLATE).render(
        document=document, language=wording.language(), direction=wording.direction()
    )  # fmt: skip
    return page


def page(document: Document, about: Mapping[str, Any]) -> bytes:
    """Set a document as the bytes of a page; ``about`` is that of its assessment."""
    return isolated(html(document), about).encode()


def isolated(page: str, about: Mapping[str, Any]) -> str:
    """Keep labels that are written from right to left from turning what stands beside them."""
    return isolating(about, written=_environment().filters["escape"])(page)


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
