"""A report as a Word document, with Word's own headings, lists, captions and table heads."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, Final

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.shared import Emu

from cips_models.report.document import (
    Banner,
    Bullets,
    Document,
    Link,
    Paragraph,
    Part,
    Picture,
    Section,
    Table,
    Terms,
)
from cips_models.report.pdf import png
from cips_models.report.printed import printed, separator
from cips_models.report.word_parts import (
    bar,
    bookmark,
    element,
    field,
    number_anew,
)
from cips_models.report.word_styles import SOFT, prepare, room
from cips_models.report.word_table import add_table
from cips_models.wording import _

#: Any date would do for the parts of the file: it must only be the same.
_PACKED: Final = (2000, 1, 1, 0, 0, 0)


def word(document: Document, about: Mapping[str, Any], *, on_side: bool = False) -> bytes:
    """Set a document as the bytes of a Word file; the same document gives the same bytes.

    Parameters
    ----------
    document : Document
    about : mapping
        As of its assessment: the labels of the survey, and the date of the file (``created``).
    on_side : bool
        Pages lie on their longer side.
    """
    setter = _Setter(printed(document, about, ".docx"), on_side=on_side)
    setter.set_all(date.fromisoformat(about["created"]))
    file = io.BytesIO()
    setter.file.save(file)
    return _same_bytes(file)


class _Setter:
    """Sets one document, part after part, into one Word file."""

    def __init__(self, document: Document, *, on_side: bool) -> None:
        self.document = document
        self.file = docx.Document()
        self.on_side = on_side

    def set_all(self, created: date) -> None:
        document, file = self.document, self.file
        name = _("{kind}: {name}").format(kind=document.kind, name=document.title)
        prepare(file, document, on_side=self.on_side)
        about = file.core_properties
        about.title, about.author, about.comments = name, "cips-models", ""
        about.created = about.modified = datetime(*created.timetuple()[:3])
        for banner in document.banners:
            self._banner(banner)
        file.add_paragraph(document.kind, style="Subtitle")
        file.add_paragraph(document.title, style="Title")
        if document.origin:
            self._paragraph(Paragraph(document.origin, tone="soft"))
        if document.contents:
            self._contents()
        for section in document.sections:
            self._section(section, 1)
        for link in document.links:
            self._link(link)

    def _part(self, part: Part, level: int) -> None:
        match part:
            case Paragraph():
                self._paragraph(part)
            case Bullets():
                self._bullets(part)
            case Terms():
                self._terms(part)
            case Table():
                self._table(part)
            case Picture():
                self._picture(part)
            case Link():
                self._link(part)
            case Section():
                self._section(part, level)

    def _section(self, section: Section, level: int) -> None:
        heading = self.file.add_heading(section.title, level)
        if section.key == "long-tables":
            heading.paragraph_format.page_break_before = True
        if section.key:
            bookmark(heading, section.key)
        for part in section.parts:
            self._part(part, level + 1)

    def _banner(self, banner: Banner) -> None:
        colour = "801650" if banner.failed else "F46A25"
        paragraph = self.file.add_paragraph()
        _strong(paragraph, f"{banner.lead} ")
        _coded(paragraph, banner.text)
        bar(paragraph, colour, fill="F6E8EE" if banner.failed else "FEF0E9")

    def _paragraph(self, part: Paragraph) -> None:
        paragraph = self.file.add_paragraph()
        if part.lead:
            _strong(paragraph, f"{part.lead} ")
        for run in _coded(paragraph, part.text):
            if part.tone == "soft":
                run.font.color.rgb = SOFT
            elif part.tone == "code":
                run.style = "Code"
        if part.aside:
            for run in _coded(paragraph, f" {part.aside}"):
                run.font.italic = run.font.cs_italic = True
        if part.tone == "warning":
            bar(paragraph, "801650")

    def _bullets(self, part: Bullets) -> None:
        style = "List Number" if part.ordered else "List Bullet"
        paragraphs = [self.file.add_paragraph(style=style) for _item in part.items]
        for paragraph, item in zip(paragraphs, part.items, strict=True):
            _coded(paragraph, item)
        if part.ordered:
            number_anew(self.file, paragraphs)

    def _terms(self, part: Terms) -> None:
        for term, meaning in part.pairs:
            paragraph = self.file.add_paragraph(style="Terms")
            _strong(paragraph, f"{term}{separator()}")
            _coded(paragraph, meaning)

    def _table(self, part: Table) -> None:
        if part.caption:
            self.file.add_paragraph(part.caption, style="Caption")
        add_table(self.file, part, room(self.file, self.document)[0])
        self.file.add_paragraph(style="After table")

    def _picture(self, part: Picture) -> None:
        picture = io.BytesIO(png(part.svg))
        width, height = room(self.file, self.document)
        paragraph = self.file.add_paragraph()
        drawn = paragraph.add_run().add_picture(picture, width=width)
        if drawn.height > height:
            drawn.width = Emu(round(drawn.width * height / drawn.height))
            drawn.height = height
        drawn._inline.docPr.set("descr", part.alt)

    def _link(self, part: Link) -> None:
        paragraph = self.file.add_paragraph()
        if part.to.startswith("#"):
            link = element("hyperlink", anchor=part.to[1:])
        else:
            kind = partial(self.file.part.relate_to, reltype=RELATIONSHIP_TYPE.HYPERLINK)
            link = element("hyperlink")
            link.set(docx.oxml.ns.qn("r:id"), kind(part.to, is_external=True))
        run = paragraph.add_run(part.words, style="Link")
        link.append(run._r)
        paragraph._p.append(link)

    def _contents(self) -> None:
        """A table of contents that is there before Word makes it anew, as links."""
        self.file.add_paragraph(_("Contents"), style="TOC heading")
        listed = [section for section in self.document.sections if section.key]
        paragraphs = [self.file.add_paragraph(style="TOC 1") for _section in listed]
        for paragraph, section in zip(paragraphs, listed, strict=True):
            link = element("hyperlink", anchor=section.key)
            link.append(paragraph.add_run(section.title)._r)
            paragraph._p.append(link)
        if paragraphs:
            field(paragraphs, r"TOC \o 1-1 \h \z \u")


def _strong(paragraph: Any, text: str) -> None:
    """Add a text that stands out, whatever script it is in."""
    font = paragraph.add_run(text).font
    font.bold = font.cs_bold = True


def _coded(paragraph: Any, text: str) -> list[Any]:
    """Add a text to a paragraph; what stands between backticks is set as code."""
    runs = []
    for place, piece in enumerate(re.split(r"`([^`]+)`", text)):
        if piece:
            runs.append(paragraph.add_run(piece, style="Code" if place % 2 else None))
    return runs


def _same_bytes(file: io.BytesIO) -> bytes:
    """The file with its parts written anew with one date, so that the same gives the same."""
    packed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _PACKED)
            new.writestr(part, old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
