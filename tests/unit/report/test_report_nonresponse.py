"""Don't know in the report: the largest changes, and plain words where they are large."""

import numpy as np
import pytest

from cips_models.report import nonresponse


def moved(assessment, **changes):
    """The assessment with the change of some items set, and of all others at 0.5 points."""
    table = assessment["dont_know"].assign(change=0.5)
    for item, change in changes.items():
        table.loc[table["item"] == item, "change"] = change
    return assessment.with_tables(dont_know=table)


def test_the_largest_changes_come_first(assessment):
    found = nonresponse.changed_most(moved(assessment, Q03=-7.25, Q05=2.0, Q07=np.nan))
    assert len(found.rows) == nonresponse.SHOWN
    assert [(row[0], row[6]) for row in found.rows[:5]] == [
        ("Q03", "\N{MINUS SIGN}7.2"), ("Q03", "\N{MINUS SIGN}7.2"),
        ("Q05", "+2.0"), ("Q05", "+2.0"), ("Q00", "+0.5"),
    ]  # fmt: skip
    assert all(len(row) == len(found.head) for row in found.rows)
    assert "Q07" not in {row[0] for row in found.rows}


def test_nothing_is_shown_where_nothing_moved(assessment):
    still = assessment.with_tables(dont_know=assessment["dont_know"].assign(change=0.0))
    assert not nonresponse.changed_most(still).rows


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Q01": 5.1, "Q02": 9.0}, "rose by more than 5 points in 2 of 10 items (Q01, Q02)"),
        ({"Q01": -5.1}, "fell by more than 5 points in 1 of 10 items (Q01)"),
        ({"Q01": 5.0, "Q02": -5.0}, "neither rose nor fell by more than 5 points"),
    ],
)
def test_a_large_change_is_said_plainly(assessment, changes, words):
    found = nonresponse.shifts(moved(assessment, **changes))
    assert len(found) == len(assessment.about["groups"])
    for sentence in found:
        assert words in sentence
        assert ("can look like a change of perception" in sentence) == ("neither" not in sentence)


def test_nothing_is_said_without_a_second_wave(assessment):
    empty = assessment.with_tables(dont_know=assessment["dont_know"].iloc[:0])
    assert nonresponse.shifts(empty) == ()
    assert not nonresponse.changed_most(empty).rows
