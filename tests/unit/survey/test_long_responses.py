"""Responses with one row an answer become the survey that one row a respondent gives."""

import pandas as pd
import pytest

ITEMS = ["T1", "T2", "M1"]


@pytest.fixture
def long(tiny):
    """The tiny survey with a row an answer; row k of the frame is row k + 2 of the file."""
    wide = tiny.responses
    tiny.wide = wide
    who = ["respondent", "country", "group", "wave", "rank", "remark"]
    table = wide.melt(who, ITEMS, "question", "value")
    # a respondent has no row for what was not asked; rows stand together, items mixed
    table = table[table["value"] != ""]
    order = pd.Categorical(table["respondent"], categories=wide["respondent"], ordered=True)
    table = table.assign(order=order).sort_values(["order", "value"]).drop(columns="order")
    tiny.responses = table.reset_index(drop=True)
    tiny.edit("study", "[columns]", '[columns]\nitem = "question"\nanswer = "value"')
    return tiny


def test_the_same_survey_as_wide(tiny, long):
    survey = long.read()
    long.responses = tiny.wide
    long.edit("study", '\nitem = "question"\nanswer = "value"', "")
    wide = long.read()
    assert survey.fingerprint == wide.fingerprint
    assert survey.answers.identical(wide.answers)
    assert survey.reasons.identical(wide.reasons)
    pd.testing.assert_frame_equal(survey.respondents, wide.respondents)
    assert survey.notes == wide.notes


def test_rows_in_any_order(long):
    before = long.read()
    mixed = long.responses.sample(frac=1, random_state=1)
    firsts = long.responses.drop_duplicates("respondent")
    long.responses = pd.concat([firsts, mixed.drop(firsts.index)])
    assert long.read().fingerprint == before.fingerprint


def test_problems_have_the_rows_of_the_file(long):
    r = long.responses
    (unknown,) = r.index[(r["respondent"] == "r1") & (r["question"] == "T2")]
    (extra,) = r.index[(r["respondent"] == "r6") & (r["question"] == "T1")]
    firsts = ~r["respondent"].duplicated()
    assert not firsts[unknown]
    assert not firsts[extra]
    r.loc[unknown, "value"] = "7"
    r.loc[extra, ["question", "value"]] = ["T2", "3"]  # not asked
    first, second = long.problems()
    assert first.where == f"responses.csv, row {unknown + 2}, column value, item T2"
    assert first.found == '"7"'
    assert second.where == f"responses.csv, row {extra + 2}, column value, item T2"
    assert second.found == '1 answers by "private sector"'


def test_an_item_answered_twice(long):
    long.responses = pd.concat([long.responses, long.responses.iloc[[0]]])
    again = f"r0 / {long.responses['question'].iloc[0]}"
    problem = long.problem()
    assert problem.where == f"responses.csv, rows 2, {len(long.responses) + 1}, column question"
    assert problem.found == f'"{again}" in more than one row'


@pytest.mark.parametrize(
    ("column", "value", "old"),
    [("country", "تونس", "Bénin"), ("wave", "2", "1"), ("rank", "clerk", "chief")],
)
def test_a_respondent_whose_rows_disagree(long, column, value, old):
    long.responses.loc[1, column] = value
    problem = long.problem()
    assert problem.where == f"responses.csv, row 3, column {column}"
    assert problem.found == f'"r0" with "{old}", "{value}"'


def test_the_same_code_in_another_form_agrees(long):
    before = long.read().fingerprint
    long.responses.loc[1, "wave"] = "1.0"
    assert long.read().fingerprint == before


def test_unknown_and_missing_items(long):
    rows = long.responses["question"] == "T2"
    long.responses.loc[rows, "question"] = "t2"
    unknown, missing = long.problems()
    assert unknown.where.startswith(f"responses.csv, rows {rows.idxmax() + 2}, ")
    assert unknown.found == '"t2"'
    assert unknown.next_step == 'Did you mean "T2"?'
    assert missing.where == "responses.csv, column question"
    assert missing.found == 'no row with "T2"'


def test_items_may_be_ignored_or_background(long):
    before = long.read()
    firsts = long.responses.drop_duplicates("respondent")
    extra = [firsts.assign(question=name, value="a, b") for name in ("comment", "sex", "comment")]
    long.responses = pd.concat([long.responses, *extra])
    long.edit("study", '"rank"', '"rank", "sex"')
    long.edit("study", '"remark"', '"remark", "comment"')
    survey = long.read()
    assert survey.fingerprint == before.fingerprint
    assert set(survey.respondents["sex"]) == {"a, b"}


def test_an_item_with_the_name_of_a_column(long):
    long.edit("codebook", 'id = "M1"', 'id = "remark"')
    assert any('"remark", an item of the codebook' in p.found for p in long.problems())


def test_blanks(long):
    long.responses.loc[3, "respondent"] = ""
    long.responses.loc[5, "question"] = " "
    assert [(p.where, p.found) for p in long.problems()] == [
        ("responses.csv, row 5, column respondent", "1 blank"),
        ("responses.csv, row 7, column question", "1 blank"),
    ]


@pytest.mark.parametrize("column", ["question", "value", "respondent", "wave"])
def test_a_missing_column(long, column):
    long.responses = long.responses.rename(columns={column: f"{column}s"})
    first, second = long.problems()
    assert first.found.startswith(f'no column "{column}"')
    assert first.next_step == f'Did you mean "{column}s"?'
    assert second.found == f'column "{column}s"'


def test_a_wide_file_read_as_long(long, tiny):
    long.responses = tiny.wide
    assert long.problems()[-1].next_step.startswith("Remove `item` and `answer`")


def test_item_without_answer_column(tiny):
    tiny.edit("study", "[columns]", '[columns]\nitem = "question"')
    assert tiny.problems()[0].where == "study.toml [columns] answer"


def test_excluded_respondents_are_counted_and_not_checked(long):
    pilot = long.responses[long.responses["respondent"].isin(["r0", "r1"])].copy()
    pilot["group"], pilot["value"] = "trainee", "nonsense"
    before = long.read()
    long.responses = pd.concat([long.responses, pilot])  # the same ids once more
    survey = long.read()
    assert survey.fingerprint == before.fingerprint
    assert survey.exclusions["rows"].tolist() == [2]  # respondents, as in a wide file


def test_excluded_respondents_need_not_agree(long):
    rows = long.responses["respondent"] == "r23"
    long.responses.loc[rows, "group"] = "trainee"
    long.responses.loc[rows, "rank"] = [f"rank {k}" for k in range(rows.sum())]
    long.responses = pd.concat([long.responses, long.responses.tail(1)])  # answered twice
    assert long.read().exclusions["rows"].tolist() == [1]
