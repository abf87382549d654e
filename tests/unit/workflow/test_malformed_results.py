"""Results folders with spoilt files: a refusal that names the file, and nothing removed."""

import json
import shutil
from pathlib import Path

import pytest

from cips_models.errors import OutputError
from cips_models.report.plan import Plan
from cips_models.tables import TABLES
from cips_models.workflow.record import RECORD
from hostile import DAMAGES, command, listing

TABLE = "levels.csv"


@pytest.fixture
def results(results):
    """Results whose report and charts are yet to be made, so that everything is read."""
    (results / "report.html").unlink()
    shutil.rmtree(results / "charts")
    return results


def refused(folder: Path, *words: str) -> None:
    """By both commands that read a results folder, which stays as it is."""
    before = listing(folder.parent)
    for name in ("report", "chart"):
        command("-q", name, folder, "--overwrite").is_refusal(7, *words)
    assert listing(folder.parent) == before


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", [RECORD, TABLE])
def test_a_damaged_file_is_refused(results, file, damage):
    DAMAGES[damage](results / file)
    # Without a record there is no run; a folder in its place is none either.
    refused(results, str(results / file))


@pytest.fixture
def record(results):
    return json.loads((results / RECORD).read_text(encoding="utf-8"))


def write(folder: Path, record: object) -> None:
    (folder / RECORD).write_text(json.dumps(record), encoding="utf-8")


KINDS = {
    "nothing": None,
    "a number": 17,
    "a text": "text",
    "a list": [1],
    "a table": {"a": 1},
    "true": True,
}

#: Entries, and the kinds that are theirs.
ENTRIES = {
    ("format",): set(),
    ("steps",): set(),
    ("versions",): {"a table"},
    ("steps", "validate"): set(),
    ("steps", "validate", "fingerprint"): {"a text"},
    ("steps", "validate", "inputs"): {"a table"},
    ("steps", "validate", "outputs"): set(),
    ("steps", "validate", "details"): set(),
    ("steps", "validate", "seconds"): {"a number", "true"},
    ("steps", "validate", "finished"): {"a text"},
    ("steps", "validate", "details", "name"): {"a text"},
    ("steps", "validate", "details", "synthetic"): {"true"},
    ("steps", "validate", "details", "countries"): set(),
    ("steps", "validate", "details", "notes"): set(),
    ("steps", "validate", "details", "respondents"): {"a number", "nothing"},  # withheld
    ("steps", "validate", "details", "assumption"): {"a text"},
    ("steps", "fit", "details", "seed"): {"a number"},
    ("steps", "fit", "details", "identification"): set(),
    ("steps", "diagnose", "details", "passed"): {"true"},
    ("steps", "did", "details", "statements"): set(),
    ("steps", "plan", "details", "plan"): set(),
}


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        pytest.param(place, kind, id=f"{'.'.join(place)}-{kind}")
        for place, own in ENTRIES.items()
        for kind in KINDS
        if kind not in own
    ],
)
def test_an_entry_of_another_kind_is_refused(results, record, place, kind):
    node = record
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = KINDS[kind]
    write(results, record)
    refused(results, RECORD)


@pytest.mark.parametrize("place", ["../outside", "/outside", "charts/../../outside", "a\0b"])
def test_a_record_cannot_have_files_elsewhere_removed(results, record, place):
    """What a step no longer makes is removed: of a folder from elsewhere that is no errand."""
    outside = results.parent / "outside"
    outside.write_text("mine")
    if place == "/outside":
        place = str(outside)
    record["steps"]["report"]["outputs"][place] = "0" * 64
    write(results, record)
    refused(results, RECORD, "output")
    assert outside.read_text() == "mine"


def test_steps_that_are_missing_are_named(results, record):
    del record["steps"]["did"]
    write(results, record)
    refused(results, "found no did")


CELLS = {"number": "=1+1", "count": "2.5", "flag": "yes"}


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (name, kind)
        for name, columns in TABLES.items()
        for kind in CELLS
        # The multiverse is a command of its own, which these results were made without.
        if name != "multiverse" and any(column.kind == kind for column in columns)
    ],
)
def test_a_cell_of_another_kind_is_refused_with_its_place(results, table, kind):
    column = next(c.name for c in TABLES[table] if c.kind == kind)
    row = ",".join(CELLS[kind] if c.name == column else "" for c in TABLES[table])
    header = ",".join(c.name for c in TABLES[table])
    (results / f"{table}.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    refused(results, f"{table}.csv, row 2, column {column}", repr(CELLS[kind]), f"a {kind}")


@pytest.mark.parametrize("row", ["a", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t", '"open'])
def test_a_row_of_another_width_is_refused(results, row):
    path = results / TABLE
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + f"\n{row}\n")
    refused(results, TABLE)


#: The prose of a plan is not read again, and is in its middle.
@pytest.mark.parametrize("damage", [d for d in DAMAGES if d != "a zero byte inside"])
def test_a_damaged_plan_is_refused(tmp_path, damage):
    path = tmp_path / "plan.md"
    path.write_text(Plan("2026-01-02", {"Survey": {"study": "Tiny"}}).document({}))
    assert Plan.read(path).created == "2026-01-02"
    DAMAGES[damage](path)
    with pytest.raises(OutputError, match=r"plan\.md") as caught:
        Plan.read(path)
    assert len(str(caught.value)) < 2_000
