"""How a Word document looks: page, letters, styles, running head and number of the page."""

from typing import Any, Final

from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor

from cips_models.report.document import Document
from cips_models.report.word_parts import element, number
from cips_models.wording import direction, language

INK: Final = RGBColor(0x26, 0x26, 0x26)
SOFT: Final = RGBColor(0x59, 0x59, 0x59)
BLUE: Final = RGBColor(0x12, 0x43, 0x6D)

#: On every computer, with Arabic letters, or with another of the same widths in its place.
_FONT: Final = "Arial"

#: Points of letters and of the room above and below, by style; one page is set tighter.
_SIZES: Final = {
    "Normal": (10, 0, 6),
    "Title": (20, 2, 6),
    "Subtitle": (10, 0, 0),
    "Heading 1": (15, 20, 6),
    "Heading 2": (12, 14, 4),
    "Heading 3": (10.5, 10, 3),
    "List Bullet": (10, 0, 3),
    "List Number": (10, 0, 3),
    "Caption": (9, 8, 3),
    "Terms": (10, 0, 3),
    "Table head": (8, 1.5, 1.5),
    "Table cell": (8, 1.5, 1.5),
    "After table": (6, 0, 0),
    "TOC heading": (15, 12, 6),
    "TOC 1": (10, 0, 3),
}
_TIGHT: Final = {
    "Normal": (8.5, 0, 2),
    "Title": (14, 0, 2),
    "Subtitle": (8.5, 0, 0),
    "Heading 1": (10.5, 6, 1),
    "List Bullet": (8.5, 0, 1),
    "List Number": (8.5, 0, 1),
    "Caption": (8, 1, 1),
    "Table head": (7.5, 0, 0),
    "Table cell": (7.5, 0, 0),
    "After table": (3, 0, 0),
}
_OWN: Final = ("Terms", "Table head", "Table cell", "After table", "TOC heading", "TOC 1")


def prepare(file: Any, document: Document, *, on_side: bool) -> None:
    """Set page and styles of an empty file for a document, and its language."""
    _page(file, document, on_side=on_side)
    _styles(file, document)
    _language(file)
    if not document.one_page:
        _running(file, document)


def room(file: Any, document: Document) -> tuple[Emu, Emu]:
    """Width and height that a picture may have."""
    page = file.sections[0]
    width = page.page_width - page.left_margin - page.right_margin
    return Emu(width), Cm(6.2) if document.one_page else Cm(22)


def _page(file: Any, document: Document, *, on_side: bool) -> None:
    page = file.sections[0]
    sides = Cm(21), Cm(29.7)
    page.page_width, page.page_height = sides[::-1] if on_side else sides
    page.orientation = WD_ORIENT.LANDSCAPE if on_side else WD_ORIENT.PORTRAIT
    page.left_margin = page.right_margin = Cm(1.8 if document.one_page else 2.2)
    page.top_margin = page.bottom_margin = Cm(1.3 if document.one_page else 2.2)


def _styles(file: Any, document: Document) -> None:
    styles = file.styles
    for name in _OWN:
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    for name, colour in (("Code", INK), ("Link", BLUE)):
        styles.add_style(name, WD_STYLE_TYPE.CHARACTER).font.color.rgb = colour
    _letters(styles["Code"], "Consolas")
    styles["Link"].font.underline = True
    for name, (size, above, below) in {**_SIZES, **(_TIGHT if document.one_page else {})}.items():
        style = styles[name]
        _letters(style, _FONT)
        font, layout = style.font, style.paragraph_format
        font.size, font.color.rgb = Pt(size), INK
        _size_of_other_scripts(style, size)
        layout.space_before, layout.space_after = Pt(above), Pt(below)
        layout.line_spacing = 1.0 if name.startswith("Table") or document.one_page else 1.15
        for border in style.element.findall(f".//{qn('w:pBdr')}"):
            border.getparent().remove(border)
    for name in ("Heading 1", "Heading 2", "Heading 3", "Subtitle", "TOC heading"):
        styles[name].font.color.rgb = BLUE
    for name in ("Title", "Caption", "Table head", "TOC heading", "Subtitle"):
        font = styles[name].font
        font.bold, font.cs_bold, font.italic, font.cs_italic = True, True, False, False
    for name in ("Caption", "Table head", "Heading 1", "Heading 2", "Heading 3"):
        styles[name].paragraph_format.keep_with_next = True
    styles["Terms"].paragraph_format.left_indent = Cm(0.6)
    styles["Terms"].paragraph_format.first_line_indent = Cm(-0.6)


def _letters(style: Any, font: str) -> None:
    """Set all scripts of a style in one font, whatever the theme says."""
    style.font.name = font
    fonts = style.element.rPr.rFonts
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), font)


def _size_of_other_scripts(style: Any, size: float) -> None:
    """Give Arabic letters the size of the others, and letters the room that they need."""
    properties = style.element.get_or_add_rPr()
    for name in ("szCs", "spacing", "kern"):
        for old in properties.findall(qn(f"w:{name}")):
            properties.remove(old)
    properties.find(qn("w:sz")).addnext(element("szCs", val=round(2 * size)))


def _language(file: Any) -> None:
    """Say which language the words are of, and whether they are written from right to left."""
    file.core_properties.language = language()
    defaults = file.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(element("lang", val=language(), eastAsia=language(), bidi=language()))
    if direction() == "rtl":
        normal = file.styles["Normal"]
        normal.font.rtl = True
        normal.element.get_or_add_pPr().append(element("bidi"))
        file.sections[0]._sectPr.append(element("bidi"))


def _running(file: Any, document: Document) -> None:
    """Put name and kind above every page but the first, and its number below."""
    page = file.sections[0]
    page.different_first_page_header_footer = True
    head = page.header.paragraphs[0]
    head.add_run(f"{document.title} – {document.kind}").font.color.rgb = SOFT
    for foot in (page.footer.paragraphs[0], page.first_page_footer.paragraphs[0]):
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        number(foot, "PAGE")
        foot.add_run(" / ")
        number(foot, "NUMPAGES")
