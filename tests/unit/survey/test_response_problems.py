"""Problems of the responses file: each is named with row, column, value and next step."""

import pytest

import cips_models as cips
from cips_models.errors import SurveyError


def test_unknown_level(tiny):
    tiny.responses.loc[5, "T1"] = "7"
    problem = tiny.problem()
    assert problem.where == "responses.csv, row 7, column T1"
    assert problem.found == '"7"'
    assert '"1", "2", "3", "4"' in problem.expected
    assert '"9", "8", "-1"' in problem.expected
    assert "codebook" in problem.next_step


def test_many_rows_with_the_same_unknown_level_are_one_problem(tiny):
    tiny.responses["M1"] = "5"
    problem = tiny.problems()[0]
    assert problem.where == "responses.csv, rows 2, 3, 4 and 21 more, column M1"
    assert problem.found == '"5" (24 rows)'


def test_several_unknown_levels(tiny):
    tiny.responses.loc[[0, 1], "T1"] = ["5", "6"]
    assert [p.found for p in tiny.problems()] == ['"5"', '"6"']


def test_a_column_full_of_unknown_values_is_one_problem(tiny):
    tiny.responses["M1"] = [str(k + 10) for k in range(len(tiny.responses))]
    first, *others = tiny.problems()
    assert '"10", "11"' in first.found
    assert "and 12 more" in first.found
    assert [other.found for other in others] == ["no substantive answer by anybody"]


def test_duplicate_respondent(tiny):
    tiny.responses.loc[3, "respondent"] = "r0"
    problem = tiny.problem()
    assert problem.where == "responses.csv, rows 2, 5, column respondent"
    assert '"r0"' in problem.found


def test_blank_respondent(tiny):
    tiny.responses.loc[[2, 3], "respondent"] = ["", "  "]
    problem = tiny.problem()
    assert problem.where == "responses.csv, rows 4, 5, column respondent"
    assert problem.found == "2 blank"


def test_item_missing_from_the_file(tiny):
    tiny.responses = tiny.responses.rename(columns={"T2": "T_2"})
    missing, extra = tiny.problems()
    assert missing.found == 'no column "T2"'
    assert missing.next_step == 'Did you mean "T_2"?'
    assert extra.found == 'column "T_2"'


def test_item_not_in_the_codebook(tiny):
    tiny.responses["T9"] = "1"
    problem = tiny.problem()
    assert problem.where == "responses.csv, header"
    assert problem.found == 'column "T9"'
    assert "`background` or `ignore`" in problem.next_step


@pytest.mark.parametrize("role", ["respondent", "country", "group", "wave"])
def test_a_role_without_its_column(tiny, role):
    tiny.responses = tiny.responses.rename(columns={role: f"{role}s"})
    first = tiny.problems()[0]
    assert f'no column "{role}"' in first.found
    assert first.next_step == f'Did you mean "{role}s"?'


def test_a_background_column_that_is_missing(tiny):
    tiny.responses = tiny.responses.drop(columns="rank")
    assert 'no column "rank"' in tiny.problem().found


def test_an_item_with_the_name_of_another_role(tiny):
    tiny.edit("codebook", 'id = "M1"', 'id = "rank"')
    assert any('"rank", an item of the codebook' in p.found for p in tiny.problems())


@pytest.mark.parametrize(
    ("column", "table"), [("group", "[groups]"), ("wave", "[waves]"), ("country", "[countries]")]
)
def test_unmapped_values_are_listed_with_counts(tiny, column, table):
    tiny.edit(
        "study",
        "[groups]",
        '[countries]\nlabels = { "Bénin" = "Bénin", "São Tomé" = "São Tomé", "تونس" = "تونس" }\n\n'
        "[groups]",
    )
    tiny.responses.loc[[0, 4, 6], column] = ["X", "X", ""]
    problem = tiny.problem()
    assert problem.where == f"responses.csv, rows 2, 6, 8, column {column}"
    assert problem.found == '"X" (2 rows), a blank cell (1 rows)'
    assert table in problem.expected
    assert "exclude" in problem.next_step


def test_a_blank_country_without_labels(tiny):
    tiny.responses.loc[0, "country"] = ""
    assert "a blank cell" in tiny.problem().found


def test_a_label_that_never_occurs(tiny):
    tiny.edit("study", '"2" = "2023"', '"2" = "2023", "3" = "2025"')
    problem = tiny.problem()
    assert problem.where == "study.toml [waves] labels"
    assert '"2025"' in problem.found


def test_a_group_that_never_answers_an_item_it_was_asked(tiny):
    tiny.edit("codebook", 'groups = ["officials"]\n', "")
    problem = tiny.problem()
    assert problem.where == "responses.csv, column T2"
    assert problem.found == 'no substantive answer by "private sector"'


def test_an_item_nobody_answers(tiny):
    tiny.responses["T1"] = "9"
    assert tiny.problem().found == "no substantive answer by anybody"


def test_an_item_answered_by_a_group_that_was_not_asked(tiny):
    row = tiny.responses.index[tiny.responses["group"] == "PS"][0]
    tiny.responses.loc[[row, row + 1], "T2"] = ["3", "9"]
    problem = tiny.problem()
    assert problem.where == f"responses.csv, rows {row + 2}, {row + 3}, column T2"
    assert problem.found == '2 answers by "private sector"'


def test_a_group_without_any_item(tiny):
    for name in ('scale = "agreement"\n\n', 'scale = "degree"\n'):
        tiny.edit("codebook", name, name.rstrip() + '\ngroups = ["officials"]\n\n')
    tiny.responses.loc[tiny.responses["group"] == "PS", ["T1", "M1"]] = ""
    assert 'group "private sector", asked no item' in tiny.problem().found


def test_all_rows_excluded(tiny):
    tiny.responses["group"] = "trainee"
    assert tiny.problem().found == "no row that is not excluded"


@pytest.mark.parametrize("weight", ["-1", "heavy", "", "1,5", "inf"])
def test_a_weight_that_is_none(tiny, weight):
    tiny.edit("study", "[columns]", '[columns]\nweight = "w"')
    tiny.responses["w"] = "1.5"
    tiny.responses.loc[2, "w"] = weight
    problem = tiny.problem()
    assert problem.where == "responses.csv, row 4, column w"
    assert problem.found == f'"{weight}"'
    assert "decimal" in problem.next_step


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_empty_file(tiny, text):
    assert _problem_of_file(tiny, text.encode()).found == "an empty file"


def test_header_only(tiny):
    assert _problem_of_file(tiny, b"respondent,country\n").found == "a header and no rows"


def test_wrong_encoding(tiny):
    raw = "respondent,country\n1,Togo\n2,Bénin\n".encode("cp1252")
    problem = _problem_of_file(tiny, raw)
    assert problem.where == "responses.csv, row 3"
    assert problem.found == "byte 0xe9"
    assert problem.expected == "text in utf-8"
    assert 'encoding = "cp1252"' in problem.next_step


def test_utf8_read_as_cp1252_would_be_garbled(tiny):
    tiny.study += '\n[csv]\nencoding = "cp1252"\n'
    problems = tiny.problems()
    assert [p.found for p in problems] == ["text in utf-8"] * 2  # responses and support
    assert 'encoding = "utf-8"' in problems[0].next_step


def test_utf16(tiny):
    problem = _problem_of_file(tiny, "a,b\n1,2\n".encode("utf-16"))
    assert 'encoding = "utf-16"' in problem.next_step


@pytest.mark.parametrize(
    ("delimiter", "words"), [(";", 'delimiter = ";"'), ("\t", r'delimiter = "\t"')]
)
def test_wrong_delimiter(tiny, delimiter, words):
    text = f"respondent{delimiter}country\n1{delimiter}Togo\n"
    problem = _problem_of_file(tiny, text.encode())
    assert problem.found.startswith("one column")
    assert words in problem.next_step


def test_rows_of_another_length(tiny):
    problem = _problem_of_file(tiny, b"a,b,c\n1,2,3\n1,2\n\n1,2,3,4\n")
    assert problem.where == "responses.csv, rows 3, 5"
    assert problem.found == "2, 4 cells"
    assert problem.expected == "3 cells, as in the header"


def test_a_quotation_mark_that_is_not_closed(tiny):
    problem = _problem_of_file(tiny, b'a,b\n1,"2\n')
    assert "closed quotation marks" in problem.expected


def test_a_column_twice(tiny):
    assert _problem_of_file(tiny, b"a,b,a\n1,2,3\n").found == 'column "a" 2 times'


@pytest.mark.parametrize("name", ["no.csv", "no.parquet", "no.xlsx", "no.sav", "no.dta"])
def test_missing_file(tiny, name):
    assert _problem_of_call(tiny, name).found == "no such file"


def test_a_file_of_another_kind(tiny):
    (tiny.folder / "table.xls").write_bytes(b"PK")
    problem = _problem_of_call(tiny, "table.xls")
    assert '".parquet", ".xlsx", ".sav", ".dta"' in problem.expected
    assert problem.next_step == "Save it as .xlsx."


@pytest.mark.parametrize(
    "name", [f"damaged.{end}" for end in ["csv.gz", "parquet", "xlsx", "sav", "dta"]]
)
def test_a_damaged_file(tiny, name):
    (tiny.folder / name).write_bytes(b"not what the name says")
    assert "cannot be read" in _problem_of_call(tiny, name).found


def test_parquet_columns_that_are_no_cells(tiny):
    path = tiny.folder / "nested.parquet"
    tiny.responses.assign(T1=[["1", "2"]] * len(tiny.responses)).to_parquet(path)
    with pytest.raises(SurveyError, match=r"nested.parquet, column T1: found values of type list"):
        cips.read(tiny.write(), responses=path)


def _problem_of_file(tiny, raw):
    """Write these bytes as responses.csv and return the one problem with them."""
    study = tiny.write()
    (tiny.folder / "responses.csv").write_bytes(raw)
    with pytest.raises(SurveyError) as caught:
        cips.read(study)
    (problem,) = caught.value.problems
    return problem


def _problem_of_call(tiny, name):
    with pytest.raises(SurveyError) as caught:
        cips.read(tiny.write(), responses=tiny.folder / name)
    (problem,) = caught.value.problems
    return problem
