"""Reports, charts and tables in another language: no word of them is left in English.

Under a language whose messages are all in another script, letters of the alphabet can only be the
survey's own labels, codes of files and tables, versions, or a word that was not looked up.
"""

import dataclasses
import re

import openpyxl
import pytest
from matplotlib.text import Text

import pseudo
from cips_models import charts, wording
from cips_models.charts import numbers
from cips_models.errors import IdentificationError
from cips_models.numerals import bare, isolated
from cips_models.report import document as parts
from cips_models.report import page
from cips_models.report.anonymity import anonymised
from cips_models.report.figures import drawing
from cips_models.report.in_language import in_language
from cips_models.report.main_tables import main_tables
from cips_models.report.readers import READERS, head, national
from cips_models.retelling import told
from cips_models.tables.workbook import write_workbook
from cips_models.wording import speaking

COUNTRY = "Angola"

#: Names of parameters, files and specifications, and what fixtures call surveys and items.
CODES = re.compile(
    r"\b(?:[a-z]+(?:_[a-z]+)+|did|fit|cut-[a-z]+|sd|correlation|[0-9a-f]{16,}|[QO]\d+\w?|"
    r"bg|mu|CIPS demonstration|trainee|cips-models|pymc|officials / guest)\b|^group$"
)
WORDS = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture
def cyrillic(tmp_path, monkeypatch):
    pseudo.speak(pseudo.CYRILLIC, tmp_path, monkeypatch)
    with speaking(pseudo.CYRILLIC):
        yield


@pytest.fixture
def arabic(tmp_path, monkeypatch):
    pseudo.speak(pseudo.ARABIC, tmp_path, monkeypatch)
    with speaking(pseudo.ARABIC):
        yield


#: Sentences as result files hold them, by the columns that they stand in.
KEPT = {
    "population": "the 4 supported country x factor cells seen in both waves, 2021 and 2023",
    "comparison": "Supported and unsupported factors are compared within countries that have both, "
    "net of the common change of each factor that is supported in some countries and not in "
    "others.",
    "assumption": "Assumption (given the baseline): supported and unsupported cells with the same "
    "true level at the first wave would have changed alike without support.",
    "claim": "Change from 2021 to 2023, officials",
    "where": "Angola / Automation, Togo / Transparency",
    "reason": "Nobody answered in one of the two waves.",
    "remedy": "Survey the group in both waves.",
    "worst": "Pareto k 0.02; at most 0.7",
}
BLOCKS = (
    "All factors: 2 blocks (officials; private sector), each with a scale and origin of its own, "
    "so that levels are not comparable between them."
)
REFUSED = (
    "Effect of support, officials (): No supported cell was seen before and after its support "
    "began. Survey the group before and after."
)
ASSUMED = (
    "The mode in which people answered is taken to have no effect, as the study file says: what it "
    "does to answers counts as change."
)


@pytest.fixture(scope="module")
def results(make_assessment, make_tables):
    """Results whose sentences are of the package, and whose labels have names in any language."""
    tables = make_tables(
        countries=(COUNTRY, "Guinea", "Togo"), factors=("Automation", "Transparency")
    )
    for name, table in tables.items():
        kept = {column: text for column, text in KEPT.items() if column in table}
        if name != "disclosure":
            tables = {**tables, name: table.assign(**kept)}
    return dataclasses.replace(
        make_assessment(tables, assumption=ASSUMED),
        notes=("In one wave only, so in the levels but in no change: Zambia.",),
        statements=(REFUSED,),
        identification=(BLOCKS,),
    )


def texts(part):
    """Every text of a document that a reader sees, or is read aloud."""
    match part:
        case str():
            yield part
        case parts.Picture():
            yield part.alt
        case parts.Link():
            yield part.words
        case tuple() | list():
            for each in part:
                yield from texts(each)
        case _ if dataclasses.is_dataclass(part):
            for field in dataclasses.fields(part):
                if field.name not in ("key", "tone"):
                    yield from texts(getattr(part, field.name))


def left_in_english(said):
    return sorted({text for text in said if WORDS.search(CODES.sub("", text))})


@pytest.mark.usefixtures("cyrillic")
@pytest.mark.parametrize("reader", READERS)
def test_no_word_of_a_report_is_left_in_english(results, reader):
    assert left_in_english(texts(READERS[reader].document(results))) == []


@pytest.mark.usefixtures("cyrillic")
def test_nor_of_the_reports_of_one_country_and_without_names(results):
    assert left_in_english(texts(national.document(results, COUNTRY))) == []
    hidden = READERS["evaluator"].document(anonymised(results))
    # The letter that stands for a country is one letter long.
    assert left_in_english(texts(hidden)) == []


#: Charts of what these results do not have: strata, a planned wave, a multiverse.
ABSENT = {"composition", "next_wave", "specification_curve"}


@pytest.mark.parametrize("name", sorted(ABSENT))
def test_a_chart_of_what_there_is_not_says_so(results, name):
    with pytest.raises(IdentificationError):
        drawing(results, charts.CHARTS[name])


@pytest.mark.usefixtures("cyrillic")
@pytest.mark.parametrize("name", [name for name in charts.CHARTS if name not in ABSENT])
def test_no_word_of_a_chart_is_left_in_english(results, name):
    figure = drawing(results, charts.CHARTS[name])
    said = [text.get_text() for text in figure.findobj(Text)]
    assert left_in_english([*said, charts.alt_text(figure), charts.title(figure)]) == []


@pytest.mark.usefixtures("cyrillic")
def test_no_word_of_a_printed_table_or_of_the_workbook_is_left_in_english(results, tmp_path):
    printed = main_tables(results)
    assert printed
    assert left_in_english(texts(tuple(printed.values()))) == []
    told = in_language(results)
    path = write_workbook(tmp_path / "tables.xlsx", {"effects": told["effects"]})
    book = openpyxl.load_workbook(path)
    contents, effects, columns = (
        [[cell.value for cell in row] for row in book[name].iter_rows()] for name in book.sheetnames
    )
    head, *rows = effects
    codes = dict(zip(head, zip(*rows, strict=True), strict=True))
    for name in ("country", "factor", "group", "population", "comparison", "assumption"):
        assert left_in_english(value for value in codes[name] if value) == [], name
    meanings = [row[3] for row in columns[1:]]
    assert meanings
    assert left_in_english(meanings) == []
    assert left_in_english(row[1] for row in contents if row[1]) == []


@pytest.mark.usefixtures("cyrillic")
def test_results_are_told_once_and_hold_no_mark_of_it_in_english(results):
    told = in_language(results)
    assert in_language(told) is told
    assert told["effects"]["mean"].equals(results["effects"]["mean"])
    assert list(told["effects"]["estimand"]) == list(results["effects"]["estimand"])


def test_in_english_results_are_themselves(results):
    assert in_language(results) is results


@pytest.mark.usefixtures("cyrillic")
def test_a_report_says_its_language_and_that_nobody_reviewed_it(results):
    for document in (
        *(reader.document(results) for reader in READERS.values()),
        national.document(results, COUNTRY),
    ):
        said = " ".join(texts(document.sections[-1]))
        assert pseudo.written("nobody has reviewed them", pseudo.CYRILLIC) in said


@pytest.mark.parametrize(
    ("write", "english", "other"),
    [
        (lambda: numbers.points(-1234.56), "−1\N{NARROW NO-BREAK SPACE}234.6",
         "−1\N{NARROW NO-BREAK SPACE}234,6"),
        (lambda: numbers.amount(-9906.7), "−9\N{NARROW NO-BREAK SPACE}906.7",
         "−9\N{NARROW NO-BREAK SPACE}906,7"),
        (lambda: numbers.plain(1200), "1\N{NARROW NO-BREAK SPACE}200",
         "1\N{NARROW NO-BREAK SPACE}200"),
        (lambda: numbers.probability(0.004), "<\N{NO-BREAK SPACE}0.01", "<\N{NO-BREAK SPACE}0,01"),
        (lambda: numbers.p_is(0.0004), "p <\N{NO-BREAK SPACE}0.001", "п <\N{NO-BREAK SPACE}0,001"),
        (lambda: numbers.count(12345), "12\N{NARROW NO-BREAK SPACE}345",
         "12\N{NARROW NO-BREAK SPACE}345"),
        (lambda: numbers.plain(0.975), "0.975", "0,975"),
        (lambda: numbers.with_span(3.14, 0.4, 5.9), "+3.1 (+0.4 to +5.9)", "+3,1 (+0,4 уо +5,9)"),
        (lambda: numbers.amount(float("nan")), "–", "–"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_language_does(write, english, other, tmp_path, monkeypatch):
    assert write() == english
    pseudo.speak(pseudo.CYRILLIC, tmp_path, monkeypatch)
    with speaking(pseudo.CYRILLIC):
        assert write() == other


@pytest.mark.usefixtures("cyrillic")
def test_numbers_at_ticks_are_too(results):
    figure = drawing(results, charts.CHARTS["selection"])
    figure.canvas.draw()
    ticks = [label.get_text() for axes in figure.axes for label in axes.get_xticklabels()]
    assert any("," in text for text in ticks)
    assert not any("." in text for text in ticks)


@pytest.mark.usefixtures("arabic")
def test_from_right_to_left_signs_and_labels_keep_their_place(results):
    mark, isolate = "\N{LEFT-TO-RIGHT MARK}", "\N{FIRST STRONG ISOLATE}"
    assert numbers.points(3.14) == f"{mark}+3.1"
    assert numbers.amount(3.14) == "3.1"
    assert numbers.probability(0.999) == f"{mark}>\N{NO-BREAK SPACE}0.99"
    told = in_language(results)
    assert told.about["name"].startswith(isolate)
    assert told.about["waves"] == results.about["waves"]
    assert bare(told.about["name"]) == results.about["name"]
    text = page.html(READERS["head"].document(results))
    assert '<html lang="ar" dir="rtl">' in text


@pytest.mark.usefixtures("arabic")
def test_charts_begin_at_the_right_there(results):
    figure = drawing(results, charts.CHARTS["effect"])
    titles = [text for text in figure.texts if str(text.get_gid()).startswith("finding-")]
    assert {text.get_horizontalalignment() for text in titles} == {"right"}
    # Every line says itself in which direction it is read: a number may be its first word.
    lines = [line for text in titles for line in text.get_text().split("\n")]
    assert all(line.startswith("\N{RIGHT-TO-LEFT MARK}") for line in lines)
    assert "\N{RIGHT-TO-LEFT MARK}" not in charts.alt_text(figure) + charts.title(figure)


@pytest.mark.parametrize("code", wording.LANGUAGES)
def test_places_without_room_are_counted_in_any_language(code):
    names = [f"Country of the letter {letter}" for letter in "ABCDEFGH"]
    with wording.speaking(code):
        about = {"countries": [isolated(name) for name in names], "factors": []}
        assert "8" in head._places(told(", ".join(names)), about)
        one = head._places(told("Country of the letter A"), about)
        assert bare(one) == "Country of the letter A"
