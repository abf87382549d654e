"""Carry out the steps of a chain, one after the other or several at a time."""

import logging
import os
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from cips_models.errors import OutputError
from cips_models.files import made_folder
from cips_models.workflow.chain import Details, Planned, Progress, Step, plan
from cips_models.workflow.processes import can_fork, side_by_side
from cips_models.workflow.record import Record, StepRecord, digest

logger = logging.getLogger(__name__)


def execute[W](
    chain: Sequence[Step[W]],
    workspace: W,
    settings: Mapping[str, Any],
    folder: Path,
    *,
    processes: int = 1,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Record:
    """Run a chain into a folder, reusing the steps whose fingerprints match.

    Nothing half-written is left behind: a step writes elsewhere and its files are moved
    into place when it has finished; ``run.json`` is rewritten after each step, so that
    an interrupted run continues where it stopped.

    Parameters
    ----------
    chain : sequence of Step
    workspace : object
        What the steps work on; handed to each.
    settings : mapping
        JSON values by name; must hold every setting that a step declares.
    folder : Path
        The results folder; made if it does not exist.
    processes : int
        Steps at a time, in processes of their own where the platform can fork; one at a time is
        carried out here.
    overwrite : bool
        Replace results that were made from something else.
    progress : callable, optional
        Called with the step's name, the fraction done and a message.

    Returns
    -------
    Record
        What ``run.json`` now holds.

    Raises
    ------
    OutputError
        The folder holds other results and ``overwrite`` is not set, or cannot be made.
    """
    record = Record.read(folder)
    planned = plan(chain, settings, folder, record)
    conflicts = [f"  - {p.step.name}: {p.replaces}" for p in planned if p.replaces]
    if conflicts and not overwrite:
        head = f"{folder} holds results of something else:"
        advice = "Choose another folder with --out, or replace them with --overwrite."
        raise OutputError("\n".join([head, *conflicts, advice]))
    made_folder(folder)
    for item in planned:
        if item.reuse:
            logger.info("%s: reused", item.step.name)
    wanted = {item.step.name: item for item in planned if not item.reuse}
    steps = [item.step for item in wanted.values()]
    tell = progress or _in_silence
    with _scratch(steps, folder) as into:
        if processes > 1 and len(steps) > 1 and can_fork():
            finished = side_by_side(steps, workspace, into, tell, processes)
        else:
            finished = one_by_one(steps, workspace, into, tell)
        with closing(finished):
            for name, details, seconds in finished:
                done = _put_in_place(wanted[name], into[name], folder, details, seconds)
                former = record.steps.get(name)
                for old in set(former.outputs if former else ()) - set(done.outputs):
                    (folder / old).unlink(missing_ok=True)
                record = record.with_step(name, done)
                record.write(folder)
                tell(name, 1.0, wanted[name].step.does)
                logger.info("%s: done in %.1f s", name, seconds)
    return record


def one_by_one[W](
    steps: Sequence[Step[W]], workspace: W, into: Mapping[str, Path], tell: Progress
) -> Generator[tuple[str, Details, float]]:
    """Carry out steps in this process, in order.

    Yields
    ------
    tuple
        Name of a step that has finished, its details, and the seconds that it took.
    """
    for step in steps:

        def told(fraction: float, message: str, name: str = step.name) -> None:
            tell(name, fraction, message)

        told(0.0, step.does)
        start = time.perf_counter()
        details = step.work(workspace, into[step.name], told)
        yield step.name, details, time.perf_counter() - start


def _in_silence(_name: str, _fraction: float, _message: str) -> None:
    """Tell nobody."""


@contextmanager
def _scratch(steps: Sequence[Step[Any]], folder: Path) -> Iterator[Mapping[str, Path]]:
    """A folder for each step to write into, beside where its files will be."""
    with tempfile.TemporaryDirectory(prefix=".steps-", dir=folder) as scratch:
        into = {step.name: Path(scratch) / step.name for step in steps}
        for path in into.values():
            path.mkdir()
        yield into


def _put_in_place(
    item: Planned[Any], into: Path, folder: Path, details: Details, seconds: float
) -> StepRecord:
    """Move what a step has written to where it belongs, and record it.

    Raises
    ------
    RuntimeError
        The step does not write what it says it writes: its declaration is relied upon.
    """
    step = item.step
    written = sorted(p.relative_to(into).as_posix() for p in into.rglob("*") if p.is_file())
    surprising = [f for f in written if not any(fnmatch(f, pattern) for pattern in step.outputs)]
    missing = [p for p in step.outputs if not any(fnmatch(f, p) for f in written)]
    if (surprising or missing) and not (step.may_be_idle and not written):
        raise RuntimeError(
            f"step {step.name} wrote {surprising or 'nothing'} unannounced and left out "
            f"{missing or 'nothing'}: its declaration in workflow/steps is wrong"
        )
    for name in written:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(into / name, target)
    return StepRecord.now(
        fingerprint=item.fingerprint,
        inputs=item.inputs,
        outputs={name: digest(folder / name) for name in written},
        details=details,
        seconds=seconds,
    )
