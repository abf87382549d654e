"""The chain proves plumbing only: its steps here are toys, no model is fitted."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cips_models.errors import OutputError
from cips_models.workflow.chain import Step
from cips_models.workflow.execution import execute

type Log = list[str]


def copying(name: str, after: tuple[str, ...] = (), settings: tuple[str, ...] = ()) -> Step[Log]:
    def work(log: Log, into: Path, _: Callable[[float, str], None]) -> Mapping[str, Any]:
        log.append(name)
        (into / f"{name}.txt").write_text(name)
        return {"ran": len(log)}

    return Step(name, f"does {name}", settings, after, (f"{name}.txt",), work)


CHAIN = (
    copying("read", settings=("data",)),
    copying("fit", after=("read",), settings=("seed",)),
    copying("draw", after=("fit",)),
    copying("count", after=("read",)),
)
SETTINGS = {"data": "a" * 64, "seed": 1}


def run(folder: Path, *, overwrite: bool = False, **changed: object) -> Log:
    log: Log = []
    execute(CHAIN, log, {**SETTINGS, **changed}, folder, overwrite=overwrite)
    return log


def test_second_run_reuses_every_step(tmp_path: Path) -> None:
    assert run(tmp_path) == ["read", "fit", "draw", "count"]
    assert run(tmp_path) == []


def test_changed_setting_repeats_its_step_and_what_follows(tmp_path: Path) -> None:
    run(tmp_path)
    assert run(tmp_path, overwrite=True, seed=2) == ["fit", "draw"]


def test_changed_setting_is_refused_unless_overwriting(tmp_path: Path) -> None:
    run(tmp_path)
    before = {p.name: p.read_text() for p in tmp_path.iterdir()}
    with pytest.raises(OutputError, match="seed was 1, now 2") as caught:
        run(tmp_path, seed=2)
    assert "--overwrite" in str(caught.value)
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == before


def test_changed_data_is_told_without_its_hash(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(OutputError, match="read: data changed\n"):
        run(tmp_path, data="b" * 64)


def test_output_edited_by_hand_is_not_overwritten_silently(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / "count.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"count.txt changed since it was written"):
        run(tmp_path)
    assert run(tmp_path, overwrite=True) == ["count"]


def test_deleted_output_is_made_again(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / "draw.txt").unlink()
    assert run(tmp_path) == ["draw"]


def test_file_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "fit.txt").write_text("precious")
    with pytest.raises(OutputError, match=r"fit.txt came from elsewhere"):
        run(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["fit.txt"]


def test_interrupted_run_continues_where_it_stopped(tmp_path: Path) -> None:
    def fail(log: Log, into: Path, _: Callable[[float, str], None]) -> Mapping[str, Any]:
        (into / "draw.txt").write_text("half")
        raise KeyboardInterrupt

    broken = Step[Log]("draw", "fails", (), ("fit",), ("draw.txt",), fail)
    log: Log = []
    with pytest.raises(KeyboardInterrupt):
        execute((*CHAIN[:2], broken, CHAIN[3]), log, SETTINGS, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fit.txt", "read.txt", "run.json"]
    assert run(tmp_path) == ["draw", "count"]


@pytest.mark.parametrize("may_be_idle", [True, False])
def test_only_a_step_that_says_so_may_write_nothing(tmp_path: Path, may_be_idle: bool) -> None:
    step = Step[Log]("fit", "rests", (), (), ("*.nc",), lambda *_: {}, may_be_idle)
    if may_be_idle:
        assert execute((step,), [], {}, tmp_path).steps["fit"].outputs == {}
    else:
        with pytest.raises(RuntimeError, match="step fit wrote nothing"):
            execute((step,), [], {}, tmp_path)


def test_record_says_what_was_done(tmp_path: Path) -> None:
    run(tmp_path)
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["format"] == 1
    assert list(record["steps"]) == ["read", "fit", "draw", "count"]
    fit = record["steps"]["fit"]
    assert fit["inputs"]["seed"] == 1
    assert fit["inputs"]["step read"] == record["steps"]["read"]["fingerprint"]
    assert list(fit["outputs"]) == ["fit.txt"]
    assert fit["details"] == {"ran": 2}
    assert record["versions"]["pymc"]


@pytest.mark.parametrize(
    ("content", "found"),
    [('{"format": 99, "steps": {}, "versions": {}}', "found format 99; expected 1"),
     ("[1, 2]", "is not a record"), ("{", "is not a record")],
)  # fmt: skip
def test_foreign_record_is_refused_with_the_reason(
    tmp_path: Path, content: str, found: str
) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(OutputError, match=found):
        run(tmp_path, overwrite=True)


def test_outputs_that_are_no_longer_made_are_removed(tmp_path: Path) -> None:
    def two(names: tuple[str, ...]) -> Step[None]:
        def work(_: None, into: Path, __: Callable[[float, str], None]) -> Mapping[str, Any]:
            for name in names:
                (into / "charts").mkdir(exist_ok=True)
                (into / "charts" / name).write_text(name)
            return {}

        return Step("chart", "draws", ("names",), (), ("charts/*",), work)

    for names in (("a.svg", "b.svg"), ("b.svg",)):
        settings = {"names": list(names)}
        execute((two(names),), None, settings, tmp_path, overwrite=True)
    assert [p.name for p in (tmp_path / "charts").iterdir()] == ["b.svg"]


def test_undeclared_output_is_a_fault(tmp_path: Path) -> None:
    def work(_: None, into: Path, __: Callable[[float, str], None]) -> Mapping[str, Any]:
        (into / "surprise.txt").write_text("")
        return {}

    step = Step[None]("odd", "surprises", (), (), ("declared.txt",), work)
    with pytest.raises(RuntimeError, match=r"surprise.txt.*declared.txt"):
        execute((step,), None, {}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_step_by_step(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    execute(CHAIN[:1], [], SETTINGS, tmp_path, progress=lambda s, f, _: told.append((s, f)))
    assert told == [("read", 0.0), ("read", 1.0)]
