"""Questions, blocks and patterns of surveys made by hand."""

import numpy as np
import pytest

from cips_models.errors import SpecificationError
from cips_models.model.layout import layout, questions
from cips_models.survey.survey import NO_ANSWER

A, B, C = "officials", "private sector", "citizens"


def test_shared_items_have_one_set_and_differing_versions_two(make_survey):
    book = questions(make_survey())
    assert book.labels == (
        "Q1", "Q2", "Q3 [officials]", "Q3 [private sector]", "Q4", "Q5", "Q6", "Q7",
    )  # fmt: skip
    assert book.groups[0] == (A, B)
    assert book.groups[2:4] == ((A,), (B,))
    np.testing.assert_array_equal(book.levels, [2, 5, 4, 4, 5, 4, 5, 2])
    np.testing.assert_array_equal(book.start, [0, 1, 5, 8, 11, 15, 18, 22, 23])
    assert len(book.threshold_labels) == 23
    assert book.threshold_labels[1:3] == ["Q2 > 1", "Q2 > 2"]


@pytest.mark.parametrize(
    ("asked", "blocks"),
    [
        ([(A, B), (A,), (B,)], [0, 0, 0]),  # one shared item links the groups
        ([(A,), (B,), (A,)], [0, 1, 0]),  # nothing shared: one block a group
        ([(A,), (B,), (C,), (A, B)], [0, 0, 1, 0]),  # linked later on
        ([(A, B), (C,), (B, C)], [0, 0, 0]),  # a chain
    ],
)
def test_blocks_are_groups_linked_by_shared_items(make_survey, asked, blocks):
    rows = [(f"Q{k}", "F", 5, groups, False) for k, groups in enumerate(asked)]
    book = questions(make_survey(questions=rows, groups=(A, B, C)))
    same = book.block[:, None] == book.block
    expected = np.array(blocks)[:, None] == np.array(blocks)
    np.testing.assert_array_equal(same, expected)


def test_blocks_do_not_reach_across_factors(make_survey):
    rows = [("Q1", "F", 5, (A, B), False), ("Q2", "G", 5, (A, B), False)]
    block = questions(make_survey(questions=rows)).block
    assert block[0] != block[1]


def test_differing_versions_do_not_link(make_survey):
    block = questions(make_survey(questions=[("Q1", "F", 5, (A, B), True)])).block
    assert block[0] != block[1]


def test_categories_spell_the_answers(make_survey):
    survey = make_survey(respondents=6)
    lay = layout(survey)
    book = lay.questions
    for i in range(len(lay.order)):
        for f in range(len(survey.factors)):
            members = np.flatnonzero(book.factor == f)
            given = [j for j in members if lay.answers[i, j] != NO_ANSWER]
            rows = lay.answer_category[lay.answer_start[i, f] : lay.answer_start[i, f + 1]]
            assert rows.tolist() == [book.start[j] + j + lay.answers[i, j] for j in given]
    assert len(lay.answer_category) == (lay.answers != NO_ANSWER).sum()


def test_cells_share_thresholds_unless_told_otherwise(make_survey):
    lay = layout(make_survey())
    assert lay.cell_set.tolist() == [0] * len(lay.cells)
    assert lay.sets.shape == (1, 0)


@pytest.mark.parametrize("dims", [("country", "wave"), ("wave",), ("country", "group", "wave")])
def test_sets_are_the_cells_that_share_thresholds(make_survey, dims):
    lay = layout(make_survey(once=("Avalon",)), thresholds_by=dims)
    np.testing.assert_array_equal(lay.sets.iloc[lay.cell_set], lay.cells[[*dims]])
    assert not lay.sets.duplicated().any()


def test_survey_without_answers_is_refused(make_survey):
    survey = make_survey()
    empty = np.full(survey.answers.shape, NO_ANSWER)
    with pytest.raises(SpecificationError, match="no substantive answer"):
        layout(make_survey(answers=empty))
