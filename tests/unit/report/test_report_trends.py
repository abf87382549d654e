"""What the report says of trends, spillover and decisions, by declared rules."""

import numpy as np
import pandas as pd
import pytest

from cips_models.report import decision, spillover, trends
from cips_models.report.answers import answers
from cips_models.report.trends import BREAKDOWNS, breakdown_words


@pytest.mark.parametrize(
    ("least", "expected"),
    [(0.0, "without any bias"), (0.4, "0.40 times"), (1.0, "1.00 times"), (1.6, "It takes"),
     (np.nan, "twice that spread")],
)  # fmt: skip
def test_a_breakdown_gets_its_words(least, expected):
    assert expected in breakdown_words(least)


def test_rules_go_up_and_end_with_one_that_always_holds():
    most = [each.most for each in BREAKDOWNS]
    assert most == sorted(most)
    assert most[-1] == np.inf


def test_every_group_has_its_sentence_and_what_was_not_examined_one_for_all(assessment):
    said = trends.sentences(assessment)
    assert [each.split(":")[0] for each in said] == [
        "Officials", "Private sector", "Placebo in time",
    ]  # fmt: skip
    assert "about 1.0 points" in said[0]
    assert "0.80 times" in said[0]
    assert "none in common: more than 2." in said[0]
    assert said[2].endswith("not examined (officials, private sector). The survey has 2 waves.")


def placed(assessment, effect, p):
    row = {"group": "officials", "scale": "latent", "mean": effect, "lower": 0.1, "upper": 0.5,
           "interval": "95% ETI", "p_positive": p, "cells": 9}  # fmt: skip
    table = pd.DataFrame(
        [row | {"estimand": "placebo effect"}, row | {"estimand": "placebo effect over omega"}]
    )
    return assessment.with_tables(placebo=table)


def test_the_brief_warns_of_a_small_breakdown_and_first_of_a_placebo(assessment):
    found = trends.overturning(assessment)
    assert {group: len(each) for group, each in found.items()} == {
        "officials": 1, "private sector": 1,
    }  # fmt: skip
    assert "about 0.8 points" in found["officials"][0]
    parted = trends.overturning(placed(assessment, 0.3, 0.99))
    assert "parted from the others before" in parted["officials"][0]
    assert "no longer clear" in trends.overturning(placed(assessment, 0.3, 0.7))["officials"][0]
    assert all(found[each.group][0] in each.warnings for each in answers(assessment))


@pytest.mark.parametrize("least", [0.0, 1.2, np.nan])
def test_the_brief_is_silent_where_nothing_is_overturned(assessment, least):
    table = assessment["trends"]
    other = assessment.with_tables(trends=table.assign(breakdown=least))
    assert trends.overturning(other) == {}


def test_a_placebo_has_its_verdict(assessment):
    seen = trends.sentences(placed(assessment, 0.3, 0.99))
    assert any("Trends parted before there was any support" in each for each in seen)
    unseen = trends.sentences(placed(assessment, 0.3, 0.6))
    assert any("does not show that there was none" in each for each in unseen)


def test_the_table_of_breakdowns_has_every_fit(assessment):
    table = trends.breakdowns(assessment)
    assert len(table.rows) == 2 * 4
    assert {row[-2:] for row in table.rows} == {("0.80 ± 0.03", "more than 2")}


def test_spillover_is_said_with_what_it_would_be_worth_and_what_cannot_be_seen(assessment):
    said = spillover.sentences(assessment)
    assert "no clear link" in said[0]
    assert "+4.0 points" in said[0]
    assert "cannot see" in said[-1]
    assert "No <map>." in said[2]


def test_exposure_is_said_when_there_is_a_map(assessment):
    row = {"group": "officials", "scale": "latent", "mean": 0.21, "lower": -0.1, "upper": 0.5,
           "interval": "95% ETI", "p_positive": 0.9, "cells": 14, "set_aside": 3}  # fmt: skip
    table = pd.DataFrame(
        [row | {"estimand": "exposed, not supported"}, row | {"estimand": "supported"}]
    )
    said = spillover.sentences(assessment.with_tables(exposure=table))
    assert any("14 cells without support" in each and "+0.21" in each for each in said)
    assert any("3 cells exposed in part" in each for each in said)


def test_decisions_are_said_with_their_numbers(assessment):
    said = decision.sentences(assessment)
    assert "more than 2 points 0.80" in said[0]
    assert "24 of 30 in all" in said[1]
    assert "10 of 12 supported" in said[1]
    assert "proves nothing" in said[-1]
    stated = assessment.with_tables(decision=assessment["decision"].assign(stated="study"))
    assert not any("proves nothing" in each for each in decision.sentences(stated))


def test_a_rule_that_names_no_cell_has_no_risk(assessment):
    rows = [row for row in decision.naming(assessment).rows if row[0] == "Officials"]
    assert [row[1:3] for row in rows] == [("0.5", "30"), ("0.9", "15"), ("0.99", "0")]
    assert rows[2][4:6] == ("–", "–")
    assert rows[1][4] == "10.0"


def test_equivalence_shows_three_parts_of_every_fit(assessment):
    table = decision.equivalence(assessment)
    assert len(table.rows) == 8
    assert {row[3:] for row in table.rows} == {("0.02", "0.18", "0.80")}


def test_without_effects_nothing_is_said(make_tables, make_assessment):
    without = make_assessment(make_tables(support=False))
    assert trends.sentences(without) == ()
    assert trends.overturning(without) == {}
    assert decision.equivalence(without).rows == ()
