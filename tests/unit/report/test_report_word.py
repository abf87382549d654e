"""Reports as Word documents: Word's own headings, lists and heads of tables, in one language."""

import io
import zipfile
from itertools import pairwise

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

import pseudo
from cips_models.report.columns import widths
from cips_models.report.document import (
    Banner,
    Bullets,
    Link,
    Paragraph,
    Picture,
    Section,
    Table,
    Terms,
)
from cips_models.report.main_tables import main_tables, tables_only
from cips_models.report.readers import READERS
from cips_models.report.word_file import word
from cips_models.wording import speaking
from documents import ABOUT, SVG, document
from hostile import ATTACKS

SAMPLE = Table("Shares", ("Country", "Share"), (("Angola", "−0.1"), ("Benin", "> 0.99")))


def opened(content):
    return docx.Document(io.BytesIO(content))


def under(paragraph):
    return paragraph.style.name


def every(parts):
    for part in parts:
        yield part
        if isinstance(part, Section):
            yield from every(part.parts)


@pytest.fixture(scope="module")
def full(assessment):
    composed = READERS["evaluator"].document(assessment)
    return composed, opened(word(composed, assessment.about))


def test_it_says_what_it_is_and_in_which_language(full):
    composed, file = full
    about = file.core_properties
    assert about.title == f"{composed.kind}: {composed.title}"
    assert (about.language, about.created.year) == ("en", 2026)
    (language,) = file.styles.element.iterfind(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert language.get(qn("w:val")) == "en"


def test_sections_are_headings_one_below_the_other(full):
    composed, file = full
    headings = [p for p in file.paragraphs if under(p).startswith("Heading ")]
    titles = [section.title for section in composed.sections]
    assert [p.text for p in headings if under(p) == "Heading 1"] == [*titles, "Long tables"]
    levels = [int(under(p)[-1]) for p in headings]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_head_that_is_repeated_and_every_cell(full):
    composed, file = full
    tables = [part for part in every(composed.sections) if isinstance(part, Table)]
    inline = [table for table in tables if not table.folded]
    expected = [*inline, *(table for table in tables if table.folded)]
    assert len(file.tables) == len(expected)
    for made, table in zip(file.tables, expected, strict=True):
        rows = [[cell.text for cell in row.cells] for row in made.rows]
        assert rows == [list(table.head), *map(list, table.rows)]
        heads = made._tbl.findall(f".//{qn('w:tblHeader')}")
        assert [head.getparent().getparent() for head in heads] == [made.rows[0]._tr]
    captions = [p.text for p in file.paragraphs if under(p) == "Caption"]
    assert captions == [table.caption for table in inline]


def test_every_chart_is_a_picture_with_words(full):
    composed, file = full
    pictures = [part for part in every(composed.sections) if isinstance(part, Picture)]
    alts = [each.get("descr") for each in file.element.iter(qn("wp:docPr"))]
    assert alts == [part.alt for part in pictures]
    width = file.sections[0].page_width - 2 * file.sections[0].left_margin
    assert all(0 < shape.width <= width for shape in file.inline_shapes)


def test_links_lead_to_places_and_to_files_alike(full):
    _composed, file = full
    places = {each.get(qn("w:name")) for each in file.element.iter(qn("w:bookmarkStart"))}
    inside = {each.get(qn("w:anchor")) for each in file.element.iter(qn("w:hyperlink"))} - {None}
    assert inside
    assert inside <= places
    outside = {r.target_ref for r in file.part.rels.values() if r.is_external}
    assert outside == {"brief.docx", "annex.docx"}


def test_a_tall_picture_stays_on_its_page():
    file = opened(word(document(Picture(SVG.format(height=2000), "A tall chart.")), ABOUT))
    (shape,) = file.inline_shapes
    assert shape.height < file.sections[0].page_height * 0.8
    assert shape.width * 2000 == pytest.approx(shape.height * 72, rel=0.02)


def test_numbered_lists_begin_with_one():
    lists = Bullets(("a", "b"), ordered=True)
    file = opened(word(document(lists, lists, Bullets(("c",))), ABOUT))
    numbers = [
        p._p.pPr.numPr.numId.val for p in file.paragraphs if under(p) == "List Number"
    ]  # fmt: skip
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]
    assert sum(under(p) == "List Bullet" for p in file.paragraphs) == 1


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_label_is_a_text_wherever_it_stands(attack):
    text = ATTACKS[attack]
    hostile = document(
        Paragraph(text, lead=text, aside=text, tone="warning"),
        Paragraph(text, tone="code"),
        Bullets((text,)),
        Terms(((text, text),)),
        Table(text, (text,), ((text,),)),
        Picture(SVG.format(height=36), text),
        Link(text, "#first"),
        title=text,
        kind=text,
        banners=(Banner(text, text),),
    )
    content = word(hostile, ABOUT)
    file = opened(content)
    assert [[cell.text for cell in row.cells] for row in file.tables[0].rows] == [[text], [text]]
    shown = "\n".join(p.text for p in file.paragraphs).replace("`", "")
    assert shown.count(text.replace("`", "")) >= 11
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(parts.read(name))
        relations = parts.read("word/_rels/document.xml.rels").decode()
    assert "External" not in relations


def test_the_same_document_gives_the_same_bytes():
    made = document(SAMPLE, Picture(SVG.format(height=36), "A chart."))
    first = word(made, ABOUT)
    assert word(made, ABOUT) == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {2000}


def test_arabic_is_set_from_right_to_left(tmp_path, monkeypatch):
    pseudo.speak(pseudo.ARABIC, tmp_path / "locale", monkeypatch)
    with speaking(pseudo.ARABIC):
        file = opened(word(document(SAMPLE), ABOUT))
    normal = file.styles["Normal"]
    assert normal.font.rtl
    assert normal.element.pPr.find(qn("w:bidi")) is not None
    assert file.tables[0]._tbl.tblPr.find(qn("w:bidiVisual")) is not None
    assert file.core_properties.language == "ar"
    left = opened(word(document(SAMPLE), ABOUT))
    assert not left.styles["Normal"].font.rtl
    assert left.tables[0]._tbl.tblPr.find(qn("w:bidiVisual")) is None


def test_the_main_tables_alone_lie_on_the_side(assessment):
    printed = main_tables(assessment)
    file = opened(word(tables_only(assessment, printed), assessment.about, on_side=True))
    assert len(file.tables) == len(printed)
    assert file.sections[0].page_width > file.sections[0].page_height
    captions = [table.caption for table in printed.values()]
    assert [p.text for p in file.paragraphs if under(p) == "Heading 1"] == captions


def test_columns_are_no_wider_than_they_need_and_break_words_before_numbers():
    table = Table(
        "T", ("Country", "Rule", "n"), (("Benin", "A rule of many words " * 9, "1 234.5"),), 2
    )
    wide, narrow = widths(table, 400), widths(table, 60)
    assert sum(wide) < 400
    assert sum(narrow) == pytest.approx(60, abs=0.1)
    assert narrow[0] == wide[0]
    assert narrow[1] < wide[1]
    assert narrow[2] == wide[2]
