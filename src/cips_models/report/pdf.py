"""A report as a PDF file that can be read aloud: tagged, PDF/UA-1 (ISO 14289-1), by Typst.

Its words go to the template as data, never as markup: whatever a label holds, it is a text.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import typst

from cips_models import wording
from cips_models.report.document import Document
from cips_models.report.printed import printed, separator
from cips_models.wording import _

#: Files of the template; the first one is compiled, and reads the others.
_TEMPLATE: Final = ("document.typ", "tables.typ")

#: A page that is one picture.
_PICTURE: Final = b"""\
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg")
"""


def pdf(document: Document, about: Mapping[str, Any]) -> bytes:
    """Set a document as the bytes of a PDF file; the same document gives the same bytes.

    Parameters
    ----------
    document : Document
    about : mapping
        As of its assessment: the labels of the survey, and the date of the file (``created``).
    """
    data = {
        "document": _plain(printed(document, about, ".pdf")),
        "name": _("{kind}: {name}").format(kind=document.kind, name=document.title),
        "language": wording.language(),
        "direction": wording.direction(),
        "created": date.fromisoformat(about["created"]).timetuple()[:3],
        "contents": _("Contents"),
        "separator": separator(),
    }
    first, *others = _TEMPLATE
    folder = resources.files("cips_models.report")
    return _set(
        {
            "main": folder.joinpath(first).read_bytes(),
            **{name: folder.joinpath(name).read_bytes() for name in others},
        },
        sys_inputs={"report": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
    )


def png(svg: str) -> bytes:
    """A picture of a document as the bytes of a PNG file, 200 dots per inch of its own size."""
    return _set(_PICTURE, sys_inputs={"svg": svg}, format="png", ppi=200)


#: Processes in which Typst has been at work.
_AT_WORK: Final[set[int]] = set()


def typst_at_work() -> bool:
    """Whether Typst has its threads in this process: a fork of it would wait for them for ever."""
    return os.getpid() in _AT_WORK


def _set(source: bytes | Mapping[str, bytes], **options: Any) -> bytes:
    _AT_WORK.add(os.getpid())
    made: bytes = typst.compile(source, font_paths=_fonts(), **options)
    return made


@cache
def _fonts() -> typst.Fonts:
    """Fonts that are the same everywhere: those in Typst, and DejaVu Sans, which Matplotlib has."""
    of_matplotlib = str(Path(mpl.get_data_path()) / "fonts" / "ttf")
    return typst.Fonts(include_system_fonts=False, font_paths=[of_matplotlib])


def _plain(value: Any) -> Any:
    """A record as a dictionary that says what it ``is``."""
    if is_dataclass(value):
        content = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return {"is": type(value).__name__, **content}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
