"""What each reader gets: one page, the whole, or every step of the reporting guidelines."""

import re

import pandas as pd
import pytest

from cips_models import report
from cips_models.report import figures
from cips_models.report.document import Bullets, Picture, Section, Table, tables
from cips_models.report.readers import READERS, barg_model
from cips_models.report.readers.head import MOST

#: Steps of BARG (Kruschke, 2021), preamble and steps 1 to 5 with their letters.
BARG = (
    "Preamble", "Why Bayesian", "Goals",
    "1. The model", "1.A", "1.B", "1.C", "1.D", "1.E",
    "2. The computation", "2.A", "2.B", "2.C", "2.D",
    "3. The posterior", "3.A", "3.B", "3.C",
    "4. Decisions", "4.A", "4.B", "4.C", "4.D", "4.E",
    "5. Sensitivity", "5.A–C", "5.D", "5.E",
    "6. Reproducibility",
)  # fmt: skip


@pytest.fixture
def no_pictures(monkeypatch):
    monkeypatch.setattr(figures, "pictures", lambda *args, **kwargs: {})


def headings(sections):
    for section in sections:
        yield section.title
        yield from headings([part for part in section.parts if isinstance(part, Section)])


@pytest.mark.usefixtures("no_pictures")
def test_the_annex_goes_through_the_guidelines_step_by_step(assessment):
    found = list(headings(READERS["statistician"].document(assessment).sections))
    places = [next(k for k, title in enumerate(found) if title.startswith(step)) for step in BARG]
    assert places == sorted(places)


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.usefixtures("no_pictures")
def test_the_annex_has_every_table_of_rules_once(assessment):
    document = READERS["statistician"].document(assessment)
    rules = [table.caption for table in tables(document.sections) if table.head[-1] == "Words"]
    assert len(rules) == len(set(rules)) == 3


def test_settings_are_words_and_numbers_with_their_thousands_apart():
    shown = dict(barg_model._settings({"sampler": "nutpie", "draws": 1200}))
    assert shown["Draws kept of each chain"] == "1\N{NARROW NO-BREAK SPACE}200"
    assert shown["Sampler of the joint fit"] == "nutpie"


def test_the_annex_gives_priors_with_reasons_and_what_they_expect(assessment):
    priors = pd.DataFrame(
        [
            ("did", "effect", "normal", None, 0.4, "More than <0.8> is implausible"),
            ("conditional", "effect", "normal", None, 0.4, "More than <0.8> is implausible"),
            ("conditional", "persistence", "normal", None, 0.5, "From none to all"),
            ("did", "outlook", "lognormal", 0.9, 0.4, "About one logit"),
        ],
        columns=["specification", "prior", "family", "median", "sd", "reason"],
    )
    expected = pd.DataFrame(
        [("change of a cell", "officials", 0.4, 12.2, -24.2, -6.7, 7.6, 26.0, "95% ETI")],
        columns=["quantity", "group", "mean", "sd", "lower", "inner_lower", "inner_upper",
                 "upper", "interval"],
    )  # fmt: skip
    told = assessment.with_tables(priors=priors, prior_predictive=expected)
    text = report.page.html(READERS["statistician"].document(told))
    assert "normal(0, 0.4)" in text
    assert "log-normal, median 0.9, sd of the log 0.4" in text
    assert "More than &lt;0.8&gt; is implausible" in text
    differing = text[text.index("Priors in which the other") :]
    assert differing[: differing.index("</table>")].count("<tr>") == 1 + 1
    assert "−24.2 to +26.0" in text


def test_the_brief_has_five_questions_and_at_most_one_chart(assessment):
    document = READERS["head"].document(assessment)
    assert [section.title for section in document.sections] == [
        "What changed?",
        "Is it the programme?",
        "How sure?",
        "What would overturn it?",
        "What cannot be said?",
    ]
    parts = [part for section in document.sections for part in section.parts]
    assert sum(isinstance(part, Picture) for part in parts) == 1
    assert sum(isinstance(part, Table) for part in parts) == 1


@pytest.mark.usefixtures("no_pictures")
def test_the_brief_says_how_much_it_leaves_out(assessment):
    refusals = pd.concat([assessment["refusals"]] * 4, ignore_index=True)
    refusals["claim"] = [f"Claim {k}" for k in range(len(refusals))]
    document = READERS["head"].document(assessment.with_tables(refusals=refusals))
    (sentences,) = [part for part in document.sections[-1].parts if isinstance(part, Bullets)]
    left = len(refusals) - (MOST - 1)
    assert sentences.items[-1] == f"{left} more stand in the full report."
    assert sum(item.startswith("Claim") for item in sentences.items) == MOST - 1


@pytest.mark.usefixtures("no_pictures")
def test_without_effects_the_brief_claims_none(make_tables, make_assessment):
    without = make_assessment(make_tables(countries=("A", "B"), support=False))
    document = READERS["head"].document(without)
    text = report.page.html(document)
    assert "No effect of support can be told from these data." in text
    assert "What would overturn it?" not in text


@pytest.mark.usefixtures("no_pictures")
def test_one_is_said_as_one(make_tables, make_assessment):
    alone = make_assessment(
        make_tables(countries=("A",), factors=("Automation", "Transparency")),
        countries=["A"], followed=["A"],
    )  # fmt: skip
    for reader in READERS.values():
        assert not re.search(r"\b1 (countries|factors)\b", report.page.html(reader.document(alone)))


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize("reader", READERS)
def test_every_report_leads_to_the_others(assessment, reader, tmp_path):
    path = report.write(assessment, tmp_path / READERS[reader].file, reader=reader)
    others = {each.file for name, each in READERS.items() if name != reader}
    assert set(re.findall(r'href="([^"#]+)"', path.read_text())) == others


@pytest.mark.browser
@pytest.mark.slow
def test_the_brief_fits_on_one_printed_page(assessment, offline, tmp_path):
    offline.goto(report.write(assessment, tmp_path / "brief.html", reader="head").as_uri())
    printed = offline.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
