"""Outcomes side by side in the report: the flag follows from the numbers by the rules."""

import pytest

from cips_models.charts.labels import capital
from cips_models.report.document import tables as tables_of
from cips_models.report.in_language import in_language
from cips_models.report.outcome_words import SIDE_BY_SIDE, sentences, together, warnings
from cips_models.report.outcomes import sections
from cips_models.tables import empty_table
from cips_models.wording import _, speaking


def effects(tables, **p):
    """Outcomes of officials with these probabilities; the sign of the mean goes with them."""
    table = tables["outcomes"].query("estimand == 'ATT' and group == 'officials'").head(len(p))
    ways = list(p.values())
    return table.assign(p_positive=ways, mean=[1.0 if each > 0.5 else -1.0 for each in ways])


@pytest.mark.parametrize(
    ("p", "words", "differs"),
    [
        ({"a": 0.99, "b": 0.01}, "The sign depends on the outcome", True),
        ({"a": 0.99, "b": 0.3}, "Sign and conclusion depend", True),
        ({"a": 0.99, "b": 0.7}, "the sign does not", True),
        ({"a": 0.6, "b": 0.4}, "their signs differ", True),
        ({"a": 0.6, "b": 0.7}, "all have the same sign", False),
        ({"a": 0.99, "b": 0.95}, "agree in sign and in conclusion", False),
        ({"a": 0.01, "b": 0.02}, "agree in sign and in conclusion", False),
    ],
)
def test_a_difference_between_outcomes_is_flagged(tables, p, words, differs):
    said, found = together(effects(tables, **p))
    assert words in said
    assert found == differs


@pytest.mark.parametrize("code", ["en", "ar"])
def test_groups_stand_in_the_order_of_the_survey_in_every_language(assessment, code):
    with speaking(code):
        told = in_language(assessment)
        order = [capital(group) for group in told.about["groups"]]
        found = [
            list(dict.fromkeys(row[0] for row in table.rows))
            for table in tables_of(sections(told, {}))
            if table.head[0] == _("Group")
        ]
    assert len(found) > 2
    assert all(groups == order for groups in found)


def test_outcomes_are_named(tables):
    said, _differs = together(effects(tables, a=0.99, b=0.3))
    assert "by: Latent level: parallel in logits. It is not by: Positive answers" in said


def test_every_rule_can_hold(tables):
    cases = ({"a": 0.99, "b": 0.01}, {"a": 0.99, "b": 0.3}, {"a": 0.99, "b": 0.7})
    cases += ({"a": 0.6, "b": 0.4}, {"a": 0.6, "b": 0.7}, {"a": 0.99, "b": 0.95})
    assert len({together(effects(tables, **p))[0] for p in cases}) == len(SIDE_BY_SIDE)


def test_the_brief_warns_only_where_outcomes_differ(assessment):
    assert warnings(assessment, "officials") == []
    table = assessment["outcomes"].copy()
    chosen = (table["group"] == "officials") & (table["parallel_trends"] == "distribution")
    table.loc[chosen, ["mean", "p_positive"]] = [-3.0, 0.001]
    other = assessment.with_tables(outcomes=table)
    (said,) = warnings(other, "officials")
    assert "between countries, distributional" in said
    assert warnings(other, "private sector") == []


def test_that_nothing_is_compared_between_countries_is_said(assessment):
    table = assessment["outcomes"]
    within = table[table["parallel_trends"].isin(["latent", "points"])]
    assert (
        "Nothing is compared between countries"
        in sentences(assessment.with_tables(outcomes=within))[-1]
    )
    assert sentences(assessment.with_tables(outcomes=empty_table("outcomes"))) == ()


def test_the_section_holds_every_row(assessment):
    side_by_side, levels, _rules, weightings, cells, by_time = tables_of(sections(assessment, {}))
    assert len(side_by_side.rows) == 18
    assert len(levels.rows) == 6
    assert len(weightings.rows) == 10
    assert len(by_time.rows) == 4
    assert len(cells.rows) == len(assessment["cell_effects"])
