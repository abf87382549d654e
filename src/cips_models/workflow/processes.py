"""Steps at the same time, each in a process of its own.

A forked process has everything that the workspace holds here, as it is; it writes its step's
files and sends back progress and details.  What several steps share is therefore made here
before the first of them starts.
"""

import multiprocessing
import os
import pickle
import signal
import time
import traceback
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from cips_models.errors import CipsError, FitError, InterruptedFitError
from cips_models.inference.chains import FORKS, first_interrupt
from cips_models.report.pdf import typst_at_work
from cips_models.workflow.chain import Details, Progress, Step

_TOLD, _DONE, _FAILED = "told", "done", "failed"


def can_fork() -> bool:
    """Whether this process can be forked, and the fork do any step."""
    return FORKS and not typst_at_work()


@dataclass(frozen=True)
class _Running:
    """A process, and the steps that it carries out."""

    process: ForkProcess
    steps: tuple[str, ...]

    def send(self, number: signal.Signals, *, with_its_own: bool = False) -> None:
        """Send a signal to the process, and to those that it has started."""
        assert self.process.pid is not None
        with suppress(ProcessLookupError, PermissionError):
            (os.killpg if with_its_own else os.kill)(self.process.pid, number)


def side_by_side[W](
    steps: Sequence[Step[W]],
    workspace: W,
    into: Mapping[str, Path],
    tell: Progress,
    processes: int,
) -> Generator[tuple[str, Details, float]]:
    """Carry out steps as soon as those are done that they come after.

    The first Ctrl-C, or kill -INT of this process, is passed on: a fit then keeps what was drawn.
    After it, or when a step has failed, nothing new is started and what runs may end.  The second
    breaks off.

    Parameters
    ----------
    steps : sequence of Step
    workspace : object
    into : mapping of str to Path
        Where each writes, by its name.
    tell : callable
        Called with the step's name, the fraction done and a message.
    processes : int
        How many at a time.

    Yields
    ------
    tuple
        Name of a step that has finished, its details, and the seconds that it took.

    Raises
    ------
    Exception
        What the first step that failed has raised; an interrupted fit before others.
    FitError
        A process ended without a word, as when memory is short.
    KeyboardInterrupt
        Broken off, and no fit says what was kept.
    """
    waiting, undone = list(steps), {step.name for step in steps}
    running: dict[Connection, _Running] = {}
    failures: list[BaseException] = []
    with first_interrupt() as interrupted, _ended(running):
        while running or (waiting and not failures):
            while not failures and len(running) < processes and (found := _ready(waiting, undone)):
                connection, started = _start(found, workspace, into, tell)
                running[connection] = started
                waiting = [step for step in waiting if step not in found]
            for ready in wait(list(running), timeout=1.0):
                assert isinstance(ready, Connection)
                kind, *what = _received(ready, running)
                if kind == _TOLD:
                    tell(*what)
                elif kind == _FAILED:
                    failures.append(what[0])
                elif kind == _DONE:
                    undone.remove(what[0])
                    yield what[0], what[1], what[2]
            if interrupted.is_set() and not any(isinstance(f, KeyboardInterrupt) for f in failures):
                failures.append(KeyboardInterrupt())
                for each in running.values():
                    each.send(signal.SIGINT)
    if failures:
        raise min(failures, key=_urgency)


@contextmanager
def _ended(running: Mapping[Connection, _Running]) -> Iterator[None]:
    """See to it that no process outlives this one's interest in it."""
    try:
        yield
    finally:
        for each in running.values():
            each.send(signal.SIGTERM, with_its_own=True)


def _ready[W](waiting: Sequence[Step[W]], undone: set[str]) -> list[Step[W]]:
    """The first step that waits for none, and those that keep it company."""
    free = [step for step in waiting if not undone & {*step.after, *step.after_too}]
    return [s for s in free if s is free[0] or (s.company and s.company == free[0].company)]


def _start[W](
    steps: Sequence[Step[W]], workspace: W, into: Mapping[str, Path], tell: Progress
) -> tuple[Connection, _Running]:
    for step in steps:
        step.prepare(workspace)
    tell(steps[0].name, 0.0, steps[0].does)
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_carry_out, args=(there, steps, workspace, into)
    )
    process.start()
    there.close()
    return here, _Running(process, tuple(step.name for step in steps))


def _carry_out[W](
    connection: Connection, steps: Sequence[Step[W]], workspace: W, into: Mapping[str, Path]
) -> None:
    """Carry out steps in a forked process."""
    os.setpgid(0, 0)  # a terminal's Ctrl-C goes to the parent alone, which passes it on
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for position, step in enumerate(steps):

            def told(fraction: float, message: str, name: str = step.name) -> None:
                connection.send((_TOLD, name, fraction, message))

            if position:
                told(0.0, step.does)
            start = time.perf_counter()
            details = step.work(workspace, into[step.name], told)
            connection.send((_DONE, step.name, details, time.perf_counter() - start))
    except BaseException as error:
        connection.send((_FAILED, _portable(error)))
    finally:
        connection.close()


def _portable(error: BaseException) -> BaseException:
    """The error, if it survives being sent, with where it arose unless a user is to read it."""
    if not isinstance(error, CipsError | KeyboardInterrupt):
        error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError("".join(traceback.format_exception(error)))
    return error


def _received(connection: Connection, running: dict[Connection, _Running]) -> tuple[Any, ...]:
    """The next message of a process; its end without one is a failure unless all was done."""
    try:
        message: tuple[Any, ...] = connection.recv()
        return message
    except EOFError:
        ended = running.pop(connection)
        connection.close()
        ended.process.join()
    if not ended.process.exitcode:
        return ("ended",)
    return _FAILED, FitError(
        f"{', '.join(ended.steps)}: the process ended with code {ended.process.exitcode} and "
        "without a word; expected a result. Memory may have been short: --cores 1 needs less."
    )


def _urgency(error: BaseException) -> int:
    """An interrupted fit says what was kept; an error says more than a Ctrl-C."""
    if isinstance(error, InterruptedFitError):
        return 0
    return 2 if isinstance(error, KeyboardInterrupt) else 1
