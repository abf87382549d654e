"""Specification files damaged in every way, and every entry replaced by what it must not be."""

import copy
import datetime
import tomllib

import pytest
import tomlkit

from cips_models.errors import SpecificationError
from cips_models.model.specification import TERMS
from cips_models.model.specification_file import available, locate, specification
from hostile import ATTACKS, DAMAGES, command

KINDS = {
    "a whole number": 17,
    "a number below zero": -3.0,
    "a number of 400 digits": 10**400,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "true": True,
    "text": "no such thing",
    "no text": "",
    "a list": [1],
    "a table": {"a": 1},
    "a date": datetime.date(2023, 1, 1),
}

#: Entries, and the kinds that are theirs.
ENTRIES = {
    ("format",): set(),
    ("name",): {"text"},
    ("title",): {"text"},
    ("extends",): set(),
    ("structure",): set(),
    ("structure", "loadings"): {"true"},
    ("structure", "measurement"): set(),
    ("quadrature",): set(),
    ("quadrature", "nodes"): {"a whole number"},
    ("quadrature", "reach"): {"a whole number"},
    ("quadrature", "step"): {"a whole number"},
    ("quadrature", "least_specific"): {"a whole number"},
    ("priors",): set(),
    ("priors", "effect"): set(),
    ("priors", "effect", "family"): set(),
    ("priors", "effect", "sd"): {"a whole number"},
    ("priors", "effect", "reason"): {"text"},
    ("priors", "outlook", "median"): {"a whole number"},
}


@pytest.fixture
def mine(tmp_path):
    """A file that states everything itself, but for its base."""
    content = tomllib.loads(locate("did").read_text(encoding="utf-8"))
    path = tmp_path / "mine.toml"
    path.write_text(tomlkit.dumps({**content, "name": "mine", "extends": "did"}), encoding="utf-8")
    assert specification(path).name == "mine"
    return path


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_specification_is_refused(mine, damage):
    DAMAGES[damage](mine)
    with pytest.raises(SpecificationError, match=r"mine\.toml") as caught:
        specification(mine)
    assert len(str(caught.value)) < 2_000
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        pytest.param(place, kind, id=f"{'.'.join(place)}-{kind}")
        for place, own in ENTRIES.items()
        for kind in KINDS
        if kind not in own
    ],
)
def test_an_entry_of_another_kind_is_refused(mine, place, kind):
    content = copy.deepcopy(tomllib.loads(mine.read_text(encoding="utf-8")))
    node = content
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = KINDS[kind]
    mine.write_text(tomlkit.dumps(content), encoding="utf-8")
    with pytest.raises(SpecificationError) as caught:
        specification(mine)
    assert len(str(caught.value)) < 2_000


@pytest.mark.parametrize("text", [*ATTACKS, "long", "zero"])
def test_a_name_that_is_none_is_refused_and_reads_nothing(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = {**ATTACKS, "long": "x" * 5_000, "zero": "a\0b"}[text]
    outcome = command("models", "show", "--", name)
    outcome.is_refusal(4, "expected one of", *available())
    assert list(tmp_path.iterdir()) == []


def test_files_that_extend_each_other_are_refused(tmp_path):
    for one, other in ("ab", "bc", "ca"):
        (tmp_path / f"{one}.toml").write_text(f'format = 1\nname = "{one}"\nextends = "{other}"\n')
    with pytest.raises(SpecificationError, match="extends itself"):
        specification(tmp_path / "a.toml")


def test_a_byte_order_mark_changes_nothing(mine):
    before = specification(mine)
    mine.write_bytes(b"\xef\xbb\xbf" + mine.read_bytes())
    assert specification(mine) == before


def test_every_prior_that_is_missing_is_named(mine):
    content = tomllib.loads(mine.read_text(encoding="utf-8"))
    del content["extends"], content["priors"]["effect"], content["priors"]["gap"]
    mine.write_text(tomlkit.dumps(content), encoding="utf-8")
    assert {"effect", "gap"} <= set(TERMS)
    with pytest.raises(SpecificationError, match="found none for effect, gap"):
        specification(mine)
