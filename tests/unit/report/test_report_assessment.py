"""An assessment is frozen, and knows its tables by name."""

import dataclasses

import pytest

from cips_models.report import Assessment


def test_it_cannot_be_changed(assessment):
    with pytest.raises(dataclasses.FrozenInstanceError):
        assessment.passed = False


def test_a_table_that_was_not_made_has_no_rows_but_its_columns():
    nothing = Assessment(about={}, tables={})
    assert nothing["effects"].empty
    assert "p_positive" in nothing["effects"]


def test_there_are_no_other_tables():
    with pytest.raises(KeyError, match="wishes"):
        Assessment(about={}, tables={})["wishes"]
