"""Reports as PDF: tagged, whole, the same everywhere, and with no label for a command."""

import re
from dataclasses import replace
from itertools import pairwise

import page as validator
import pypdf
import pytest

import pseudo
from cips_models import report
from cips_models.errors import OutputError
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
from cips_models.report.pdf import pdf
from cips_models.report.readers import READERS
from cips_models.wording import speaking
from documents import ABOUT, SVG, document
from hostile import ATTACKS

LONG = Table(
    "Long", ("Country", "n"), tuple((f"Country {k}", f"{k}.5") for k in range(120)), folded=True
)


def opened(content, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    return pypdf.PdfReader(path)


def elements(reader):
    """Every element of the structure, in the order of reading: its kind and itself."""

    def walk(node):
        if isinstance(node, pypdf.generic.DictionaryObject) and "/S" in node:
            yield node["/S"], node
            inside = node.get("/K", [])
            for each in inside if isinstance(inside, list) else [inside]:
                yield from walk(each.get_object())

    root = reader.trailer["/Root"]["/StructTreeRoot"]["/K"]
    for each in root if isinstance(root, list) else [root]:
        yield from walk(each.get_object())


def squeezed(text):
    return re.sub(r"\s", "", text)


def words(reader):
    return squeezed("".join(each.extract_text() for each in reader.pages))


@pytest.fixture(scope="module")
def reports(assessment, tmp_path_factory):
    """The three reports, with their charts."""
    folder = tmp_path_factory.mktemp("pdf")
    documents = {name: each.document(assessment) for name, each in READERS.items()}
    for name, each in documents.items():
        (folder / f"{name}.pdf").write_bytes(pdf(each, assessment.about))
    return documents, folder


@pytest.mark.parametrize("reader", READERS)
def test_a_validator_finds_nothing_against_pdf_ua(reports, reader):
    found = validator.validate_pdf(
        str(reports[1] / f"{reader}.pdf"), profile=validator.ValidationProfile.PDF_UA_1
    )
    assert found.is_compliant, [each.message for each in found.failures]
    assert "pdfuaid:part" in (reports[1] / f"{reader}.pdf").read_bytes().decode("latin-1")


@pytest.mark.parametrize("reader", READERS)
def test_what_a_screen_reader_needs_is_there(reports, reader, assessment):
    document, file = reports[0][reader], pypdf.PdfReader(reports[1] / f"{reader}.pdf")
    root = file.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert file.xmp_metadata.dc_title["x-default"] == f"{document.kind}: {document.title}"
    assert str(file.xmp_metadata.xmp_create_date).startswith(assessment.about["created"])
    found = list(elements(file))
    pictures = [part for part in every(document.sections) if isinstance(part, Picture)]
    assert [each["/Alt"] for kind, each in found if kind == "/Figure"] == [p.alt for p in pictures]
    levels = [int(kind[2:]) for kind, _each in found if re.fullmatch(r"/H\d", kind)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def every(parts):
    for part in parts:
        yield part
        if isinstance(part, Section):
            yield from every(part.parts)


@pytest.mark.parametrize("reader", READERS)
def test_every_table_has_a_head_and_every_row(reports, reader):
    tables = [part for part in every(reports[0][reader].sections) if isinstance(part, Table)]
    file = pypdf.PdfReader(reports[1] / f"{reader}.pdf")
    found = [kind for kind, _each in elements(file)]
    assert found.count("/Table") == found.count("/THead") == len(tables)
    assert found.count("/TH") == sum(len(table.head) for table in tables)
    assert found.count("/TD") == sum(len(table.head) * len(table.rows) for table in tables)


def test_the_brief_is_one_page_however_much_it_says(reports, assessment, tmp_path):
    assert len(pypdf.PdfReader(reports[1] / "head.pdf").pages) == 1
    brief = reports[0]["head"]
    more = Section("More", (Bullets(("A sentence of some length, as they are. " * 4,) * 12),))
    fuller = replace(brief, sections=(*brief.sections, more))
    assert len(opened(pdf(fuller, assessment.about), tmp_path).pages) == 1


def test_contents_and_long_tables_lead_to_pages(reports):
    file = pypdf.PdfReader(reports[1] / "evaluator.pdf")
    first = file.pages[0].extract_text()
    for section in reports[0]["evaluator"].sections:
        assert re.search(rf"{re.escape(section.title)} ?[. ]*\d+", first)
    links = [
        each.get_object()
        for every_page in file.pages
        for each in every_page.get("/Annots", [])
        if each.get_object()["/Subtype"] == "/Link"
    ]
    addresses = {each["/A"]["/URI"] for each in links if "/URI" in each.get("/A", {})}
    assert addresses == {"brief.pdf", "annex.pdf"}
    folded = [
        p for p in every(reports[0]["evaluator"].sections) if isinstance(p, Table) and p.folded
    ]
    assert len(links) > len(folded) + len(reports[0]["evaluator"].sections)
    text = words(file)
    assert folded
    assert all(text.count(squeezed(table.caption)) >= 2 for table in folded)


def test_a_long_table_goes_to_the_end_and_repeats_its_head(tmp_path):
    file = opened(pdf(document(LONG, Paragraph("Then.")), ABOUT), tmp_path)
    pages = [each.extract_text() for each in file.pages]
    assert "Then." in pages[0]
    assert "Country 0" not in pages[0]
    whole = [text for text in pages if "Country " in text]
    assert len(whole) > 1
    assert all(re.search(r"Country\s+n\b", text) for text in whole)


def test_the_same_document_gives_the_same_bytes(reports, assessment):
    for name, each in reports[0].items():
        assert pdf(each, assessment.about) == (reports[1] / f"{name}.pdf").read_bytes()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_label_is_a_text_wherever_it_stands(attack, tmp_path):
    text = ATTACKS[attack]
    hostile = document(
        Paragraph(text, lead=text, aside=text),
        Paragraph(text, tone="code"),
        Bullets((text,)),
        Terms(((text, text),)),
        Table(text, (text, "n"), ((text, "1"), (text, text))),
        Picture(SVG.format(height=36), text),
        Link(text, "#first"),
        title=text,
        kind=text,
        origin=text,
        banners=(Banner(text, text),),
    )
    file = opened(pdf(hostile, ABOUT), tmp_path)
    assert file.metadata.title == f"{text}: {text}"
    assert [each["/Alt"] for kind, each in elements(file) if kind == "/Figure"] == [text]
    if attack not in SHAPED:  # backticks around what is typed show as its letters alone
        shown, letters = (squeezed(each).replace("`", "") for each in (words(file), text))
        assert shown.count(letters) >= 12


#: Letters that a page shows as other ones than they were written in, or in another order.
SHAPED = {"Arabic", "right-to-left mark", "combining", "emoji"}


def test_numbers_stand_below_each_other(tmp_path):
    table = Table("T", ("Country", "n"), (("A", "1.25"), ("B", "10.5"), ("C", "7")))
    placed = {}

    def place(text, outer, inner, _font, _size):
        placed.setdefault(text.strip(), float(outer[4]) + float(inner[4]))

    file = opened(pdf(document(table, contents=False), ABOUT), tmp_path)
    file.pages[0].extract_text(visitor_text=place)
    assert placed["7"] == pytest.approx(placed["1.25"], abs=0.01)
    assert 3 < placed["7"] - placed["10.5"] < 6  # the room of one digit


def test_pictures_are_never_larger_than_the_page(tmp_path):
    tall = Picture(SVG.format(height=1000), "A tall chart, and what it shows.")
    (only,) = [
        each
        for kind, each in elements(opened(pdf(document(tall), ABOUT), tmp_path))
        if kind == "/Figure"
    ]
    (box,) = [each["/BBox"] for each in only["/A"] if "/BBox" in each]
    left, bottom, right, top = map(float, box)
    assert 0 < left < right < 595.3
    assert 0 < bottom < top < 841.9


def test_arabic_is_set_from_right_to_left(tmp_path, monkeypatch):
    pseudo.speak(pseudo.ARABIC, tmp_path / "locale", monkeypatch)
    table = Table("جدول", ("البلد", "العدد"), (("السنغال", "1"),))
    with speaking(pseudo.ARABIC):
        content = pdf(document(Paragraph("الجمارك"), table), ABOUT)
    file = opened(content, tmp_path)
    assert file.trailer["/Root"]["/Lang"] == "ar"
    assert file.trailer["/Root"]["/ViewerPreferences"]["/Direction"] == "/R2L"
    assert validator.validate_pdf_bytes(
        content, profile=validator.ValidationProfile.PDF_UA_1
    ).is_compliant


def test_a_format_that_is_not_known_is_refused(assessment, tmp_path):
    with pytest.raises(OutputError, match=r"\.html, \.pdf, \.docx"):
        report.write(assessment, tmp_path / "report.odt", reader="head")
    assert list(tmp_path.iterdir()) == []


def test_no_column_is_squeezed_by_others(tmp_path):
    """Every word of a table too wide for the page is whole, and stands beside no other."""
    texts = ("effects_of_all_scales", "importance of the sampler", "Country, factor, group " * 6)
    table = Table("T", ("Fit", "Quantity", "Worst", *"abcd"), ((*texts, *["1 234.5678"] * 4),), 3)
    text = opened(pdf(document(table), ABOUT), tmp_path).pages[0].extract_text()
    assert {word for each in texts for word in each.split()} <= set(text.split())
