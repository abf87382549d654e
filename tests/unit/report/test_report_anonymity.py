"""Reports without names: no label of a country, in any text, and no order that gives them away."""

import html
import re

import pandas as pd
import pytest

from cips_models.charts.labels import capital
from cips_models.errors import IdentificationError
from cips_models.numerals import bare
from cips_models.report import figures, page
from cips_models.report.anonymity import anonymised, hiding, letters
from cips_models.report.one_country import of_country
from cips_models.report.places import named_in
from cips_models.report.readers import READERS, head, national
from hostile import ATTACKS

COUNTRIES = ("Angola", "Guinea", "Guinea-Bissau", "Togo")


@pytest.fixture(scope="module")
def named(make_tables, make_assessment):
    """Four countries, one name a part of another, named in notes and refusals too."""
    tables = make_tables(countries=COUNTRIES, factors=("Automation", "Transparency"))
    refusals = tables["refusals"].copy()
    refusals.loc[0, "where"] = "Angola / officials / 2021, Guinea / officials / 2021, Togo"
    diagnostics = tables["diagnostics"].copy()
    diagnostics["worst"] = "Guinea-Bissau, Automation"
    return make_assessment(
        {**tables, "refusals": refusals, "diagnostics": diagnostics},
        name="CIPS of Angola and Togo",
    )


def test_no_page_for_any_reader_holds_a_label(named):
    hidden, labels = anonymised(named), named.about["countries"]
    for reader in READERS.values():
        text = page.html(reader.document(hidden))
        assert [label for label in labels if re.search(rf"\b{label}\b", text)] == []
        assert named.about["fingerprint"] not in text
    assert any("Angola" in page.html(r.document(named)) for r in READERS.values())


def test_no_table_holds_a_label_nor_the_support_of_a_cell(named):
    hidden = anonymised(named)
    for name, table in hidden.tables.items():
        text = table.to_csv()
        found = [label for label in named.about["countries"] if label in text]
        assert found == [], name
    assert set(hidden["changes"].query("country != ''")["supported"]) == {""}
    assert hidden["support"].empty
    assert hidden["respondents"].empty


def test_numbers_stay_with_their_country(named):
    names = letters(named.about["countries"], named.about["fingerprint"])
    key = ["country", "factor", "group", "estimand"]
    before = named["changes"].replace({"country": names}).set_index(key)["mean"].sort_index()
    after = anonymised(named)["changes"].set_index(key)["mean"].sort_index()
    pd.testing.assert_series_equal(before, after)


def test_rows_follow_the_letters_and_not_the_names(named):
    shown = anonymised(named)["changes"].query("estimand == 'change'")["country"].unique()
    assert list(shown) == sorted(shown)


def test_letters_are_drawn_and_drawn_again_the_same():
    many = [f"Country of {name}" for name in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"] + ["Zambia", "Zaire"]
    drawn = letters(many, "5f2c")
    assert drawn == letters(many[::-1], "5f2c")
    assert sorted(drawn.values()) != [drawn[name] for name in sorted(many)]
    assert len(set(drawn.values())) == len(many)
    assert "Country AB" in drawn.values()
    assert drawn != letters(many, "5f2d")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Angola, Togo and others", "A, C and others"),
        ("Togo, Angola", "A, C"),
        ("Guinea-Bissau is not Guinea.", "D is not B."),
        ("Guinea and Angola: no change", "A and B: no change"),
        ("Togo 2023, Angola 2021", "A 2021, C 2023"),
        ("Togo / officials / 2021, Guinea / officials / 2021",
         "B / officials / 2021, C / officials / 2021"),
        ("Angolan, Guineas", "Angolan, Guineas"),
    ],
)  # fmt: skip
def test_a_list_of_names_is_put_in_the_order_of_what_stands_for_them(text, hidden):
    names = {"Angola": "A", "Guinea": "B", "Togo": "C", "Guinea-Bissau": "D"}
    assert hiding(names)(text) == hidden


def test_a_national_report_names_no_other_country(named):
    text = page.html(national.document(named, "Guinea"))
    others = [each for each in named.about["countries"] if each != "Guinea"]
    assert [each for each in others if re.search(rf"\b{each}\b", text)] == []
    own = named["changes"].query(
        "country == 'Guinea' and factor == 'Automation' and group == 'officials'"
    )
    pooled = named["changes"].query(
        "country == '' and factor == 'Automation' and group == 'officials'"
    )
    for row in (own.iloc[0], pooled.iloc[0]):
        assert f"{row['mean']:+.1f}".replace("-", "−") in text
    assert capital("officials, 2021 to 2023: P(improved)") in text


def test_its_effect_stands_beside_that_of_all(named):
    text = page.html(national.document(named, "Guinea"))
    effects = text[text.index("Effect of support on supported factors") :]
    assert effects.index(">Guinea<") < effects.index(">All countries<")


def test_a_country_seen_once_has_levels_and_no_change(named):
    text = page.html(national.document(named, "Zambia"))
    assert "The country was seen in one wave" in text
    assert "Angola" not in text


def test_a_country_that_is_not_there_is_refused(named):
    with pytest.raises(IdentificationError, match="found no country 'Narnia'; expected one of"):
        of_country(named, "Narnia")


def test_labels_that_are_code_elsewhere_are_hidden_like_any_other(
    make_tables, make_assessment, monkeypatch
):
    monkeypatch.setattr(figures, "pictures", lambda *args, **kwargs: {})
    labels = list(ATTACKS.values())
    made = make_assessment(make_tables(countries=labels, factors=("Automation", "Transparency")))
    hidden = anonymised(made)
    for reader in READERS.values():
        text = html.unescape(page.html(reader.document(hidden)))
        found = [label for label in labels if label in text]
        assert set(found) <= {"null"}  # the annex's own word: "no null hypothesis"
    for label in labels:
        own = html.unescape(page.html(national.document(made, label)))
        assert label in own


def test_a_national_report_does_not_let_the_letters_be_drawn(named):
    """Letters follow from the fingerprint: a country that had it could name the others."""
    assert named.about["fingerprint"]
    text = page.html(national.document(named, "Guinea"))
    assert named.about["fingerprint"] not in text


def test_what_cannot_be_said_of_others_is_not_in_a_national_report(named):
    others = [each for each in named.about["countries"] if each != "Guinea"]
    row = {"claim": "Change from 2021 to 2023", "scales": "percent", "reason": "R", "remedy": "M"}
    where = [
        ", ".join(others),
        ", ".join([*others, "Guinea"]),
        "Guinea / Automation, Togo / Automation",
        "all factors",
    ]
    refusals = pd.DataFrame([row | {"where": each} for each in where])
    own = of_country(named.with_tables(refusals=refusals), "Guinea")["refusals"]
    assert list(own["where"]) == ["Guinea", "Guinea / Automation", "all factors"]


def test_a_withheld_count_is_in_no_sum_of_a_national_report(named):
    table = named["respondents"].copy()
    own = table["country"].astype(str) == "Guinea"
    table["respondents"] = table["respondents"].astype("Int64")
    table.loc[table.index[own][0], "respondents"] = pd.NA
    rest = int(table.loc[own, "respondents"].sum())
    text = page.html(national.document(named.with_tables(respondents=table), "Guinea"))
    assert f"More than {rest} people in Guinea" in bare(text).replace("\N{NO-BREAK SPACE}", " ")


def test_labels_with_commas_are_one_place_each():
    labels = ["Guinea", "Guinea, Equatorial", "Oz and Sons, Inc"]
    assert named_in("Guinea, Equatorial, Oz and Sons, Inc, Guinea", labels) == [
        "Guinea, Equatorial", "Oz and Sons, Inc", "Guinea",
    ]  # fmt: skip
    about = {"countries": labels, "factors": []}
    assert head._places(", ".join(labels * 2), about) == "in 6 countries or cells"
