"""Two releases of one survey: counts that follow from both are told, and no value is."""

from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner

from cips_models.cli.main import cli
from cips_models.disclosure import Rule
from cips_models.disclosure.releases import COUNTING, given_away
from cips_models.tables import empty_table, write_tables
from cips_models.workflow import releases


def release(*counts):
    rows = [("Narnia", "officials", "2021"), ("Narnia", "officials", "2023"),
            ("Oz", "officials", "2021"), ("", "officials", "2021")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["country", "group", "wave"])
    table["respondents"] = pd.array(counts, dtype="Int64")
    return {**{name: empty_table(name) for name in COUNTING}, "respondents": table}


FIRST = (100, None, None, 130)
HIDDEN, FEW = "withheld in the {} release alone", "differs by fewer than 10"


@pytest.mark.parametrize(
    ("later", "found"),
    [
        (FIRST, []),
        ((100, None, 30, 130), [("Oz / officials / 2021", HIDDEN.format("earlier"))]),
        ((None, None, None, 130), [("Narnia / officials / 2021", HIDDEN.format("later"))]),
        ((100, None, None, 131), [("officials / 2021", FEW)]),
        ((91, None, None, 130), [("Narnia / officials / 2021", FEW)]),
        ((110, None, None, 140), []),
    ],
)  # fmt: skip
def test_counts_that_follow_from_both_are_told(later, found):
    table = given_away(release(*FIRST), release(*later), Rule(10))
    assert list(zip(table["row"], table["found"], strict=True)) == found
    assert set(table["table"]) <= {"respondents"}


def test_the_same_rule_holds_of_what_people_did():
    item = {"item": "Q1", "factor": "Automation", "group": "officials", "wave": "2021"}
    both = []
    for dont_know in (40, 43):
        row = item | {"asked": 500, "dont_know": dont_know, "refused": 0, "rate": 8}
        counts = pd.DataFrame([row])
        both.append(release(*FIRST) | {"nonresponse_items": counts})
    table = given_away(*both, Rule(10))
    assert table[["table", "column"]].to_numpy().tolist() == [["nonresponse_items", "dont_know"]]
    assert given_away(*both, Rule(0)).empty


def test_the_command_exits_with_its_own_code_and_prints_no_count(tmp_path, monkeypatch):
    found = SimpleNamespace(about={"threshold": 10})
    monkeypatch.setattr(releases, "assessment", lambda folder, force: found)
    folders = [tmp_path / name for name in ("earlier", "later")]
    for folder, counts in zip(folders, (FIRST, (100, None, None, 131)), strict=True):
        folder.mkdir()
        write_tables(folder, release(*counts))
    told = CliRunner().invoke(cli, ["releases", *map(str, folders)])
    assert told.exit_code == 8
    assert "1 counts are told" in told.output
    assert "131" not in told.output
    alike = CliRunner().invoke(cli, ["releases", str(folders[0]), str(folders[0])])
    assert alike.exit_code == 0
    other = release(*FIRST)
    other["respondents"]["country"] = ["Utopia", "Utopia", "Ruritania", ""]
    write_tables(folders[1], other, overwrite=True)
    assert CliRunner().invoke(cli, ["releases", *map(str, folders)]).exit_code == 7
    assert "No count of fewer than 10 people follows" in alike.output
