"""The certainty profile: every check by its rule, its number, and silence where none was made."""

import pytest

from cips_models.report import certainty
from cips_models.report.document import tables as tables_of
from cips_models.tables import empty_table


def found(assessment, claim, name):
    profile = getattr(certainty, f"{claim}_claim")(assessment, "officials")
    return next(each for check, each in profile.found if check.name == name)


def changed(assessment, table, query, **values):
    """The assessment with other values in the rows that a query chooses."""
    rows = assessment[table].copy()
    rows.loc[rows.query(query, engine="python").index, list(values)] = list(values.values())
    return assessment.with_tables(**{table: rows})


OFFICIALS = "group == 'officials' and scale == 'percent'"


@pytest.mark.parametrize(
    ("claim", "name", "table", "query", "holding", "failing"),
    [
        ("effect", "Sampling precision", "effects",
         f"{OFFICIALS} and estimand == 'ATT' and route == 'joint'",
         {"lower": 0.1, "upper": 4.0}, {"lower": -0.1, "upper": 4.0}),
        ("effect", "Three assumptions about starting points", "effects",
         f"{OFFICIALS} and estimand == 'ATT' and route == 'cut'",
         {"lower": 0.1, "upper": 4.0}, {"lower": -0.1, "upper": 4.0}),
        ("effect", "Parallel trends", "trends", "group == 'officials'",
         {"breakdown": 1.01}, {"breakdown": 1.0}),
        ("effect", "Parallel trends", "trends", "group == 'officials'",
         {"breakdown": float("nan")}, {"breakdown": 0.0}),
        ("effect", "Few countries: chance", "permutations", "group == 'officials'",
         {"p": 0.05}, {"p": 0.051}),
        ("effect", "Few countries: one left out", "leave_one_out", OFFICIALS,
         {"lower": 0.1, "upper": 4.0}, {"lower": -0.1, "upper": 4.0}),
        ("effect", "Drift of the questions", "drift",
         f"{OFFICIALS} and estimand == 'ATT' and drift == 2",
         {"lower": 0.1, "upper": 4.0}, {"lower": -0.1, "upper": 4.0}),
        ("change", "Drift of the questions", "drift",
         f"{OFFICIALS} and estimand == 'pooled change' and factor == '' and drift == 1",
         {"drift_alone": 4.9}, {"drift_alone": 5.1}),
        ("change", "Over factors", "changes",
         f"{OFFICIALS} and estimand == 'pooled change' and factor == 'Transparency'",
         {"mean": 0.1}, {"mean": -0.1}),
        ("change", "Don't know", "dont_know", "group == 'officials'",
         {"change": -5.0}, {"change": -5.1}),
    ],
)  # fmt: skip
def test_a_rule_holds_up_to_its_declared_limit(
    assessment, claim, name, table, query, holding, failing
):
    if name == "Over factors":
        whole = "group == 'officials' and estimand == 'pooled change'"
        assessment = changed(assessment, table, whole, mean=3.0)
    assert found(changed(assessment, table, query, **holding), claim, name).holds
    assert not found(changed(assessment, table, query, **failing), claim, name).holds


@pytest.mark.parametrize(
    ("claim", "name", "table"),
    [
        ("effect", "The scale", "outcomes"),
        ("effect", "Parallel trends", "trends"),
        ("effect", "Few countries: chance", "permutations"),
        ("effect", "Few countries: one left out", "leave_one_out"),
        ("effect", "Priors", "powered_priors"),
        ("effect", "Drift of the questions", "drift"),
        ("change", "Drift of the questions", "drift"),
        ("change", "Don't know", "dont_know"),
    ],
)
def test_what_was_not_examined_is_said_and_counts_as_neither(assessment, claim, name, table):
    without = assessment.with_tables(**{table: empty_table(table)})
    assert found(without, claim, name) is None
    shown = certainty.table(getattr(certainty, f"{claim}_claim")(without, "officials"))
    row = next(each for each in shown.rows if each[0] == name)
    assert (row[1], row[3]) == ("–", "not examined")


def test_an_assumption_about_the_mode_fails_its_check(make_assessment, tables):
    assumed = make_assessment(tables, assumption="The mode is of no consequence.")
    assert not found(assumed, "effect", "Mode").holds
    assert not found(assumed, "change", "Who answered, and the mode").holds
    assert found(make_assessment(tables), "effect", "Mode") is None


def test_every_claim_has_its_table_and_none_a_grade(assessment):
    shown = list(tables_of([certainty.section(assessment)]))
    assert [table.caption for table in shown] == [
        "Officials: perceptions changed",
        "Private sector: perceptions changed",
        "Officials: support had an effect",
        "Private sector: support had an effect",
    ]
    assert {row[3] for table in shown for row in table.rows} <= {"yes", "no", "not examined"}


def test_without_support_there_is_no_claim_of_an_effect(make_tables, make_assessment):
    without = make_assessment(make_tables(countries=("A", "B"), support=False))
    assert certainty.effect_claim(without, "officials") is None
    assert len(certainty.claims(without)) == 2
