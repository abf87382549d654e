"""Every entry of the study's files replaced by what it must not be: refused with its place."""

import copy
import datetime
import json
import tomllib
from typing import Any

import pytest
import tomlkit

from cips_models.survey.labels import unfit
from hostile import ATTACKS, UNFIT, command

type Place = tuple[str | int, ...]

#: Values of every kind; each entry of a file is given all those that are not of its kind.
KINDS: dict[str, object] = {
    "a whole number": 17,
    "a number below zero": -3,
    "a number of 400 digits": 10**400,
    "a fraction": 2.5,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "true": True,
    "no text": "",
    "a list of nothing": [],
    "lists in lists": [[["a"]]],
    "numbers": [1, 2],
    "a table": {"a": {"b": 1}},
    "a date": datetime.date(2023, 1, 1),
    "a time": datetime.time(1, 2),
}

LISTS = {"a list of nothing"}

#: Entries by file, and the kinds of :data:`KINDS` that are theirs.
ENTRIES: dict[str, dict[Place, set[str]]] = {
    "study.toml": {
        ("format",): set(),
        ("name",): set(),
        ("files",): set(),
        ("files", "responses"): set(),
        ("files", "codebook"): set(),
        ("files", "support"): set(),
        ("files", "population"): set(),
        ("files", "exposure"): set(),
        ("columns",): set(),
        ("columns", "weight"): set(),
        ("columns", "background"): set(),
        ("columns", "ignore"): set(),
        ("columns", "mode"): set(),
        ("composition",): set(),
        ("composition", "strata"): set(),
        ("composition", "standard"): set(),
        ("mode",): set(),
        ("mode", "effect"): set(),
        ("mode", "effect", "sd"): {"a fraction"},
        ("mode", "standard"): set(),
        ("groups",): set(),
        ("groups", "labels"): set(),
        ("groups", "labels", "CO"): set(),
        ("groups", "exclude"): LISTS | {"numbers"},
        ("waves",): set(),
        ("waves", "labels", "1"): set(),
        ("waves", "times"): set(),
        ("waves", "times", "2023"): set(),
        ("countries", "labels"): set(),
        ("countries", "labels", "BJ"): set(),
        ("model",): set(),
        ("model", "specification"): set(),
        ("decision",): set(),
        ("decision", "margin"): {"a whole number", "a fraction"},
        ("decision", "equivalent"): {"a whole number", "a fraction"},
    },
    "codebook.toml": {
        ("format",): set(),
        ("factors",): set(),
        ("scales",): set(),
        ("scales", "agreement"): set(),
        ("scales", "agreement", "levels"): set(),
        ("scales", "agreement", "labels"): LISTS,
        ("scales", "agreement", "positive"): set(),
        ("scales", "agreement", "points"): set(),
        ("scales", "agreement", "dont_know"): LISTS,
        ("scales", "agreement", "refused"): LISTS,
        ("scales", "agreement", "not_asked"): LISTS,
        ("items",): set(),
        ("items", 0, "id"): set(),
        ("items", 0, "factor"): set(),
        ("items", 0, "scale"): set(),
        ("items", 0, "groups"): LISTS,
        ("items", 0, "reversed"): {"true"},
        ("items", 0, "versions_differ"): {"true"},
        ("items", 0, "text"): set(),
        ("items", 0, "text", "en"): {"no text"},
    },
}


WRONG = [
    pytest.param(file, place, KINDS[name], id=f"{file}-{'.'.join(map(str, place))}-{name}")
    for file, places in ENTRIES.items()
    for place, own in places.items()
    for name in KINDS
    if name not in own
]


def put(document: dict[str, Any], place: Place, value: object) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    node: Any = changed
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    return changed


def edit(path, place: Place, value: object) -> None:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    path.write_text(tomlkit.dumps(put(document, place, value)), encoding="utf-8")


@pytest.mark.parametrize(("file", "place", "value"), WRONG)
def test_an_entry_of_another_kind_is_refused(folder, file, place, value):
    path = folder() / file
    edit(path, place, value)
    command("validate", path.parent / "study.toml").is_refusal(3, file)


#: Entries that are labels.
LABELS = {
    "name": ("study.toml", ("name",)),
    "group": ("study.toml", ("groups", "labels", "CO")),
    "wave": ("study.toml", ("waves", "labels", "1")),
    "country": ("study.toml", ("countries", "labels", "BJ")),
    "factor": ("codebook.toml", ("factors", 0)),
}


@pytest.mark.parametrize("text", UNFIT)
@pytest.mark.parametrize("label", LABELS)
def test_what_cannot_stand_in_a_heading_is_no_label(folder, label, text):
    file, place = LABELS[label]
    path = folder() / file
    edit(path, place, UNFIT[text])
    command("validate", path.parent / "study.toml").is_refusal(3, file, "expected a label")


@pytest.mark.parametrize("text", UNFIT)
@pytest.mark.parametrize("column", ["country", "rank", "mode"])
def test_nor_is_it_one_in_the_responses(folder, cells_of, write_cells, column, text):
    path = folder() / "responses.csv"
    study = path.parent / "study.toml"
    edit(study, ("countries",), {})
    study.write_text(study.read_text().replace('population = "population.csv"\n', ""))
    rows = cells_of(path)
    rows[3][rows[0].index(column)] = UNFIT[text]
    write_cells(path, rows)
    command("validate", study).is_refusal(3, f"responses.csv, row 4, column {column}")


@pytest.mark.parametrize("text", ATTACKS)
def test_a_label_may_be_any_text_in_one_line(folder, cells_of, write_cells, text):
    """In every place at once; read back as it stands, and said as it stands."""
    label = ATTACKS[text]
    assert unfit(label) == ""
    study = folder() / "study.toml"
    place = study.parent
    for entry in ("name", "group", "wave", "country", "factor"):
        file, where = LABELS[entry]
        edit(place / file, where, label)
    edit(study, ("waves", "times"), {label: 2021.0, "2023": 2023.5})
    for where in (("id",), ("factor",), ("groups", 0), ("text", "en")):
        edit(place / "codebook.toml", ("items", 0, *where), label)
    for file in COLUMNS:
        known = {"Bénin": label, "Transparency": label, "T1": label, "chief": label}
        rows = [[known.get(cell, cell) for cell in row] for row in cells_of(place / file)]
        write_cells(place / file, rows)
    outcome = command("validate", study, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    facts = json.loads(outcome.out)
    assert facts["name"] == label
    assert label in facts["countries"]
    assert label in facts["groups"]
    assert label in facts["waves"]
    assert label in facts["factors"]
    assert label in {row["item"] for row in facts["tables"]["nonresponse_items"]}


#: Texts in a cell that is to hold a number, an answer, or a label of the study.
CELLS = {
    "word": "no such",
    "negative": "-17",
    "comma": "1,5",
    "too large": "1e308",
    "too many digits": "9" * 400,
    "infinite": "inf",
    "not a number": "nan",
    "hexadecimal": "0x10",
    "underscore": "1_0",
    "invisible": "1\u200b",
    **{name: ATTACKS[name] for name in ("formula", "script", "path up", "TeX", "shell")},
    **{name: UNFIT[name] for name in ("zero", "line break", "escape", "turning mark", "long")},
}

COLUMNS = {
    "responses.csv": ["country", "group", "wave", "weight", "T1"],
    "support.csv": ["country", "factor", "supported", "start", "intensity"],
    "population.csv": ["country", "rank", "count"],
    "exposure.csv": ["factor", "exposes", "weight"],
}


@pytest.mark.parametrize("text", CELLS)
@pytest.mark.parametrize(
    ("file", "column"), [(file, column) for file, columns in COLUMNS.items() for column in columns]
)
def test_a_cell_that_means_nothing_is_refused_with_its_place(
    folder, cells_of, write_cells, file, column, text
):
    path = folder() / file
    rows = cells_of(path)
    rows[1][rows[0].index(column)] = CELLS[text]
    write_cells(path, rows)
    command("validate", path.parent / "study.toml").is_refusal(3, f"{file}, row 2", column)


@pytest.mark.parametrize("text", [*ATTACKS, *UNFIT])
@pytest.mark.parametrize("file", COLUMNS)
def test_a_heading_that_nothing_names_is_refused(folder, cells_of, write_cells, file, text):
    path = folder() / file
    rows = cells_of(path)
    rows[0][0] = (ATTACKS | UNFIT)[text]
    write_cells(path, rows)
    command("validate", path.parent / "study.toml").is_refusal(3, f"{file}, header")


@pytest.mark.parametrize(
    ("count", "words"),
    [("1000000000", "respondents"), ("0", '"0"'), ("1.5", '"1.5"'), ("-1", '"-1"')],
)
def test_counts_of_patterns_are_sane(folder, cells_of, write_cells, count, words):
    path = folder() / "responses.csv"
    edit(path.parent / "study.toml", ("columns", "count"), "times")
    rows = cells_of(path)
    write_cells(path, [[*rows[0], "times"], *([*row, count] for row in rows[1:])])
    command("validate", path.parent / "study.toml").is_refusal(3, "column times", words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "Tiny"', 'name = "Tiny"\nname = "Twice"', "study.toml"),
        ("[files]", "[files]\n[files]", "study.toml"),
        ('"2021" = 2021.0', '"2021" = 1e300', "order of time"),
        ('"2023" = 2023.5', '"2023" = 1e300', "100 years"),
        ('"1" = "2021"', '"1" = "2021", "1.0" = "2021"', "raw values that differ"),
    ],
    ids=["a key twice", "a table twice", "a time too late", "waves too far apart", "a value twice"],
)
def test_what_contradicts_itself_is_refused(folder, old, new, words):
    path = folder() / "study.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    command("validate", path).is_refusal(3, words)
