"""A chain of steps: each knows what it depends on, so that a rerun repeats only what changed."""

import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from cips_models import __version__
from cips_models.errors import OutputError
from cips_models.workflow.record import Record, StepRecord, digest

logger = logging.getLogger(__name__)

#: Told which step runs, how much of it is done (0 to 1) and what it is doing.
Progress = Callable[[str, float, str], None]


#: What a step leaves in ``run.json`` beside its files, as JSON values.
type Details = Mapping[str, Any]


@dataclass(frozen=True)
class Step[W]:
    """One link of a chain.

    Attributes
    ----------
    name : str
    does : str
        What it does, in words for the person who waits.
    settings : tuple of str
        Settings that its result depends on.
    after : tuple of str
        Earlier steps whose outputs it reads.
    outputs : tuple of str
        Files that it makes, relative to the results folder, as patterns ("charts/*").
    work : callable
        ``work(workspace, into, progress)`` writes the outputs below the folder ``into`` and
        returns what else is worth keeping, as JSON values.
    may_be_idle : bool
        It may have nothing to do, and then writes nothing.
    after_too : tuple of str
        Steps outside the chain whose outputs it reads where they were carried out.
    """

    name: str
    does: str
    settings: tuple[str, ...]
    after: tuple[str, ...]
    outputs: tuple[str, ...]
    work: Callable[[W, Path, Callable[[float, str], None]], Details]
    may_be_idle: bool = False
    after_too: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planned[W]:
    """A step and what is to become of it.

    Attributes
    ----------
    step : Step
    fingerprint : str
    inputs : mapping
        What the fingerprint is made of.
    reuse : bool
        Its outputs are there and were made from the same inputs.
    replaces : str
        Why results that are there would be overwritten; empty when none would be.
    """

    step: Step[W]
    fingerprint: str
    inputs: Mapping[str, Any]
    reuse: bool
    replaces: str


def plan[W](
    chain: Sequence[Step[W]], settings: Mapping[str, Any], folder: Path, record: Record
) -> list[Planned[W]]:
    """Say of each step whether it is reused, run, or would replace other results.

    A step's fingerprint is the SHA-256 of its name, the version of this package, its
    settings and the fingerprints of the steps before it, which are in the chain or, when
    only its last steps are carried out again, in the record.
    """
    planned: dict[str, Planned[W]] = {}
    for step in chain:
        inputs = {
            "package": __version__,
            **{name: settings[name] for name in step.settings},
            **{
                f"step {name}": (planned if name in planned else record.steps)[name].fingerprint
                for name in (*step.after, *(n for n in step.after_too if n in record.steps))
            },
        }
        text = json.dumps([step.name, inputs], sort_keys=True)
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        known = record.steps.get(step.name)
        changed = _changes(folder, known, fingerprint, inputs) if known else ""
        missing = known is not None and any(not (folder / f).exists() for f in known.outputs)
        foreign = "" if known else ", ".join(_present(step.outputs, folder))
        planned[step.name] = Planned(
            step,
            fingerprint,
            inputs,
            reuse=known is not None and not changed and not missing,
            replaces=changed or (foreign and f"{foreign} came from elsewhere"),
        )
    return list(planned.values())


def _changes(folder: Path, known: StepRecord, fingerprint: str, inputs: Mapping[str, Any]) -> str:
    """Say how a recorded step differs from what is wanted now; empty when it does not."""
    edited = [f for f, sha in known.outputs.items() if digest(folder / f) not in (sha, "")]
    if edited:
        return f"{', '.join(edited)} changed since it was written"
    if known.fingerprint == fingerprint:
        return ""
    names = sorted(known.inputs.keys() | inputs.keys())
    differing = [n for n in names if known.inputs.get(n) != inputs.get(n)]
    return "; ".join(_difference(n, known.inputs.get(n), inputs.get(n)) for n in differing)


def _difference(name: str, old: object, new: object) -> str:
    hashes = any(isinstance(value, str) and len(value) == 64 for value in (old, new))
    return f"{name} changed" if hashes else f"{name} was {old}, now {new}"


def _present(patterns: Sequence[str], folder: Path) -> Iterator[str]:
    for pattern in patterns:
        yield from sorted(str(p.relative_to(folder)) for p in folder.glob(pattern) if p.is_file())


def execute[W](
    chain: Sequence[Step[W]],
    workspace: W,
    settings: Mapping[str, Any],
    folder: Path,
    *,
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
        The folder holds other results and ``overwrite`` is not set.
    """
    record = Record.read(folder)
    planned = plan(chain, settings, folder, record)
    conflicts = [f"  - {p.step.name}: {p.replaces}" for p in planned if p.replaces]
    if conflicts and not overwrite:
        head = f"{folder} holds results of something else:"
        advice = "Choose another folder with --out, or replace them with --overwrite."
        raise OutputError("\n".join([head, *conflicts, advice]))
    folder.mkdir(parents=True, exist_ok=True)
    for item in planned:
        if item.reuse:
            logger.info("%s: reused", item.step.name)
            continue
        former = record.steps.get(item.step.name)
        done = _carry_out(item, workspace, folder, progress)
        for name in set(former.outputs if former else ()) - set(done.outputs):
            (folder / name).unlink(missing_ok=True)
        record = record.with_step(item.step.name, done)
        record.write(folder)
    return record


def _carry_out[W](
    item: Planned[W], workspace: W, folder: Path, progress: Progress | None
) -> StepRecord:
    step = item.step

    def report(fraction: float, message: str) -> None:
        if progress is not None:
            progress(step.name, fraction, message)

    report(0.0, step.does)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix=f".{step.name}-", dir=folder) as scratch:
        into = Path(scratch)
        details = step.work(workspace, into, report)
        written = sorted(p.relative_to(into).as_posix() for p in into.rglob("*") if p.is_file())
        _agree(step, written)
        for name in written:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(into / name, target)
    report(1.0, step.does)
    seconds = time.perf_counter() - start
    logger.info("%s: done in %.1f s", step.name, seconds)
    return StepRecord.now(
        fingerprint=item.fingerprint,
        inputs=item.inputs,
        outputs={name: digest(folder / name) for name in written},
        details=details,
        seconds=seconds,
    )


def _agree(step: Step[Any], written: Sequence[str]) -> None:
    """Check that a step wrote what it says it writes: the declaration is relied upon."""
    surprising = [f for f in written if not any(fnmatch(f, pattern) for pattern in step.outputs)]
    missing = [p for p in step.outputs if not any(fnmatch(f, p) for f in written)]
    if step.may_be_idle and not written:
        return
    if surprising or missing:
        raise RuntimeError(
            f"step {step.name} wrote {surprising or 'nothing'} unannounced and left out "
            f"{missing or 'nothing'}: its declaration in workflow/steps is wrong"
        )
