"""Steps at the same time: plumbing only, no model is fitted."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from cips_models.errors import FitError, InterruptedFitError, Problem, SurveyError
from cips_models.inference.chains import FORKS, first_interrupt
from cips_models.workflow import execution, processes
from cips_models.workflow.chain import Step
from cips_models.workflow.execution import execute
from cips_models.workflow.record import Record

pytestmark = pytest.mark.skipif(
    not FORKS, reason="this platform cannot fork processes, so that steps are never side by side"
)


@pytest.fixture(autouse=True)
def forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process may have set a PDF; these steps set none."""
    monkeypatch.setattr(execution, "can_fork", lambda: True)


type Work = Callable[[Any, Path, Callable[[float, str], None]], Mapping[str, Any]]

SECONDS = 20.0


def step(name: str, work: Work, *after: str, **more: Any) -> Step[Any]:
    def writes(space: Any, into: Path, tell: Callable[[float, str], None]) -> Mapping[str, Any]:
        details = work(space, into, tell)
        (into / f"{name}.txt").write_text(name)
        return details

    return Step(name, f"does {name}", (), after, (f"{name}.txt",), writes, **more)


def process(*_: object) -> Mapping[str, Any]:
    return {"process": os.getpid()}


def met(own: Path, other: Path) -> Work:
    """Work that is done only while the other's is being done."""

    def work(*_: object) -> Mapping[str, Any]:
        own.touch()
        end = time.monotonic() + SECONDS
        while not other.exists():
            assert time.monotonic() < end, "the other step is not running"
            time.sleep(0.01)
        return {}

    return work


def run(folder: Path, *steps: Step[Any], space: Any = None, **more: Any) -> Record:
    return execute(steps, space, {}, folder, processes=2, **more)


def details(record: Record, name: str) -> Any:
    return record.steps[name].details["process"]


def test_steps_that_do_not_wait_for_each_other_run_at_the_same_time(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    run(tmp_path / "found", step("a", met(one, other)), step("b", met(other, one)))
    assert (tmp_path / "found" / "a.txt").read_text() == "a"
    assert not list((tmp_path / "found").glob(".*"))


def test_a_step_finds_what_those_before_it_have_written(tmp_path: Path) -> None:
    def reads(*_: object) -> Mapping[str, Any]:
        return {"found": (tmp_path / "fit.txt").read_text()}

    record = run(tmp_path, step("fit", process), step("draw", reads, "fit"))
    assert record.steps["draw"].details == {"found": "fit"}
    assert Record.read(tmp_path).steps.keys() == {"fit", "draw"}


def test_steps_of_one_company_share_a_process_and_others_do_not(tmp_path: Path) -> None:
    record = run(
        tmp_path,
        step("pdf", process, company="report"),
        step("chart", process),
        step("html", process, company="report"),
    )
    assert details(record, "pdf") == details(record, "html") != details(record, "chart")
    assert os.getpid() not in {details(record, name) for name in record.steps}


def test_what_steps_share_is_made_once_and_here(tmp_path: Path) -> None:
    def prepare(space: dict[str, int]) -> None:
        space.setdefault("made by", os.getpid())

    def told(space: dict[str, int], *_: object) -> Mapping[str, Any]:
        return {"process": space["made by"]}

    steps = [step(name, told, prepare=prepare) for name in "ab"]
    record = run(tmp_path, *steps, space={})
    assert {details(record, name) for name in "ab"} == {os.getpid()}


def test_after_typst_has_been_at_work_here_steps_stay_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(execution, "can_fork", processes.can_fork)
    monkeypatch.setattr(processes, "typst_at_work", lambda: True)
    record = run(tmp_path, step("a", process), step("b", process))
    assert {details(record, name) for name in "ab"} == {os.getpid()}


def test_progress_of_every_step_is_told(tmp_path: Path) -> None:
    heard = []

    def halfway(_space: Any, _into: Path, tell: Callable[[float, str], None]) -> Mapping[str, Any]:
        tell(0.5, "sampling")
        return {}

    run(tmp_path, step("a", halfway), step("b", halfway), progress=lambda *told: heard.append(told))
    for name in "ab":
        own = [told for told in heard if told[0] == name]
        assert own == [
            (name, 0.0, f"does {name}"), (name, 0.5, "sampling"), (name, 1.0, f"does {name}"),
        ]  # fmt: skip


def test_a_failure_is_raised_as_it_was_and_what_runs_may_end(tmp_path: Path) -> None:
    failing = tmp_path / "failing"
    error = SurveyError([Problem("support.csv, row 2", "maybe", "0 or 1")])

    def fails(*_: object) -> Mapping[str, Any]:
        (tmp_path / "draft").write_text(str(os.getpid()))
        (tmp_path / "draft").rename(failing)
        raise error

    def outlasts(*_: object) -> Mapping[str, Any]:
        """Ends when the parent has heard of the failure, and so has collected the process."""
        met(tmp_path / "slow", failing)()
        end = time.monotonic() + SECONDS
        with suppress(ProcessLookupError):
            while time.monotonic() < end:
                os.kill(int(failing.read_text()), 0)
                time.sleep(0.01)
        return {}

    slow = step("slow", outlasts)
    with pytest.raises(SurveyError) as caught:
        run(tmp_path / "found", step("bad", fails), slow, step("late", process, "slow"))
    assert (str(caught.value), caught.value.problems) == (str(error), error.problems)
    assert Record.read(tmp_path / "found").steps.keys() == {"slow"}
    assert sorted(p.name for p in (tmp_path / "found").iterdir()) == ["run.json", "slow.txt"]


def test_an_error_of_ours_says_where_it_arose(tmp_path: Path) -> None:
    def broken(*_: object) -> Mapping[str, Any]:
        return {"x": "abc".index("d")}

    with pytest.raises(ValueError, match="substring") as caught:
        run(tmp_path, step("a", broken), step("b", process))
    assert "in broken" in "".join(caught.value.__notes__)


def test_a_process_that_is_killed_is_told_of(tmp_path: Path) -> None:
    def killed(*_: object) -> Mapping[str, Any]:
        os.kill(os.getpid(), signal.SIGKILL)
        return {}

    with pytest.raises(FitError, match="a: the process ended with code -9"):
        run(tmp_path, step("a", killed), step("b", process))


@contextmanager
def interrupting(sign: Path) -> Iterator[None]:
    """Interrupt this process, as a Ctrl-C does, once there is a file."""

    def interrupt() -> None:
        end = time.monotonic() + SECONDS
        while not sign.exists() and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_an_interrupted_fit_keeps_what_it_has_and_nothing_new_starts(tmp_path: Path) -> None:
    sign = tmp_path / "sampling"

    def fit(*_: object) -> Mapping[str, Any]:
        with first_interrupt() as asked:
            sign.touch()
            assert asked.wait(SECONDS)
        raise InterruptedFitError("fit: interrupted; 12 draws were kept")

    def sleeps(*_: object) -> Mapping[str, Any]:
        time.sleep(SECONDS)
        return {}

    steps = step("fit", fit), step("other", sleeps), step("late", process)
    with interrupting(sign), pytest.raises(InterruptedFitError, match="12 draws"):
        run(tmp_path / "found", *steps)
    assert list((tmp_path / "found").iterdir()) == []
