"""The report sets change of one composition beside change as composed, and raw."""

import dataclasses

import numpy as np
import pandas as pd

from cips_models.report.composition import compositions
from cips_models.report.figures import pictures
from cips_models.report.writing import write
from cips_models.tables.estimates import AS_COMPOSED, RAW_CHANGE

UNCERTAIN = ["sd", "lower", "upper", "p_positive", "inner_lower", "inner_upper", "mcse"]


def composed(assessment):
    """The assessment of a study that tells strata apart."""
    pooled = assessment["changes"].query("estimand == 'pooled change'")
    own = pooled.assign(estimand=f"pooled change{AS_COMPOSED}", mean=pooled["mean"] + 7.0)
    raw = pooled.assign(estimand=RAW_CHANGE, mean=pooled["mean"] + 9.0, interval="")
    raw = raw.assign(**dict.fromkeys(UNCERTAIN, np.nan))
    return assessment.with_tables(changes=pd.concat([assessment["changes"], own, raw]))


def test_each_group_has_three_rows_in_order(assessment):
    assessment = composed(assessment)
    table = compositions(assessment)
    groups = assessment.about["groups"]
    assert [row[0].lower() for row in table.rows] == [g for g in groups for _ in range(3)]
    assert [row[2] for row in table.rows[:3]] == [
        "of one composition at both waves",
        "as the waves were composed",
        "raw answers, no model",
    ]
    for three in (table.rows[:3], table.rows[3:]):
        one, as_composed, raw = (float(row[3].replace("−", "-").replace("+", "")) for row in three)
        assert round(as_composed - one, 1) == 7.0
        assert round(raw - one, 1) == 9.0
        assert three[2][4] == "–"


def test_the_page_shows_them_only_where_strata_are_told_apart(assessment, tmp_path):
    caption = "Change and who answered"
    assert not compositions(assessment).rows
    both = (assessment, composed(assessment))
    pages = [write(a, tmp_path / f"{k}.html").read_text() for k, a in enumerate(both)]
    assert [caption in page for page in pages] == [False, True]


def test_what_is_assumed_of_the_mode_stands_at_the_top(assessment, tmp_path):
    said = "The mode is taken to be of no consequence."
    told = dataclasses.replace(assessment, about={**assessment.about, "assumption": said})
    page = write(told, tmp_path / "told.html").read_text()
    assert "Assumed, not found." in page
    assert page.index(said) < page.index('id="changes"')
    assert "Assumed, not found." not in write(assessment, tmp_path / "plain.html").read_text()


def test_every_chart_says_what_is_assumed_of_the_mode(assessment):
    said = "The mode is taken to be of no consequence."
    told = dataclasses.replace(assessment, about={**assessment.about, "assumption": said})
    drawn, plain = pictures(told), pictures(assessment)
    assert {name for name, each in drawn.items() if said in each.alt} == set(plain)
    assert not any("Assumed" in each.alt for each in plain.values())


def test_the_chart_stands_beside_them_and_paths_where_there_are_more_waves(assessment, tmp_path):
    text = write(composed(assessment), tmp_path / "two.html").read_text(encoding="utf-8")
    assert "composition-finding-1" in text
    assert "paths-finding-1" not in text
    more = dataclasses.replace(assessment, about={**assessment.about, "waves": ["1", "2", "3"]})
    text = write(more, tmp_path / "three.html").read_text(encoding="utf-8")
    assert "composition-finding-1" not in text
    assert "paths-finding-1" in text
