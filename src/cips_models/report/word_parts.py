"""What python-docx has no words for: fields, bookmarks, bars, numbers of a list begun anew."""

from collections.abc import Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from cips_models.wording import direction


def element(name: str, /, **attributes: str | int) -> Any:
    """An element of WordprocessingML (ISO/IEC 29500-1, part 17), as ``element("b", val=1)``."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def bookmark(paragraph: Any, name: str) -> None:
    """Make a paragraph a place to which links lead."""
    identity = len(paragraph.part.element.findall(f".//{qn('w:bookmarkStart')}"))
    place = 1 if paragraph._p.pPr is not None else 0
    paragraph._p.insert(place, element("bookmarkStart", id=identity, name=name))
    paragraph._p.append(element("bookmarkEnd", id=identity))


def field(paragraphs: Sequence[Any], code: str) -> None:
    """Make what stands in these paragraphs the result of a field, as it stands for now."""
    first, last = paragraphs[0]._p, paragraphs[-1]._p
    place = 1 if first.pPr is not None else 0
    for made in (
        _run(element("fldChar", fldCharType="separate")),
        _run(_instruction(code)),
        _run(element("fldChar", fldCharType="begin")),
    ):
        first.insert(place, made)
    last.append(_run(element("fldChar", fldCharType="end")))


def number(paragraph: Any, code: str) -> None:
    """Append a field whose result is a number, as PAGE."""
    paragraph._p.append(_run(element("fldChar", fldCharType="begin")))
    paragraph._p.append(_run(_instruction(code)))
    paragraph._p.append(_run(element("fldChar", fldCharType="separate")))
    paragraph.add_run("1")
    paragraph._p.append(_run(element("fldChar", fldCharType="end")))


def _run(content: Any) -> Any:
    run = element("r")
    run.append(content)
    return run


def _instruction(code: str) -> Any:
    made = element("instrText")
    made.text = f" {code} "
    made.set(qn("xml:space"), "preserve")
    return made


def bar(paragraph: Any, colour: str, *, fill: str = "") -> None:
    """Draw a bar in front of a paragraph, and a colour behind it."""
    side = "right" if direction() == "rtl" else "left"
    borders = element("pBdr")
    borders.append(element(side, val="single", sz=24, space=6, color=colour))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")
    if fill:
        shade = element("shd", val="clear", color="auto", fill=fill)
        properties.insert_element_before(shade, "w:tabs", "w:spacing", "w:ind", "w:jc")


def number_anew(file: Any, paragraphs: Sequence[Any]) -> None:
    """Let a numbered list begin with one, whatever lists there were before."""
    numbering = file.part.numbering_part.element
    style = file.styles["List Number"].element.pPr.numPr.numId.val
    abstract = numbering.num_having_numId(style).abstractNumId.val
    made = numbering.add_num(abstract)
    made.add_lvlOverride(ilvl=0).add_startOverride(1)
    for paragraph in paragraphs:
        own = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        own.get_or_add_numId().val = made.numId
        own.get_or_add_ilvl().val = 0
