"""A chain of steps: each knows what it depends on, so that a rerun repeats only what changed."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cips_models import __version__
from cips_models.workflow.record import Record, StepRecord, digest

#: Told which step runs, how much of it is done (0 to 1) and what it is doing.
Progress = Callable[[str, float, str], None]


#: What a step leaves in ``run.json`` beside its files, as JSON values.
type Details = Mapping[str, Any]


def _nothing(_: object) -> None:
    """Share nothing."""


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
    prepare : callable
        ``prepare(workspace)`` makes what steps share before one of them has a process of its own.
    company : str
        Steps of one company share a process, one after the other, and what it remembers.
    """

    name: str
    does: str
    settings: tuple[str, ...]
    after: tuple[str, ...]
    outputs: tuple[str, ...]
    work: Callable[[W, Path, Callable[[float, str], None]], Details]
    may_be_idle: bool = False
    after_too: tuple[str, ...] = ()
    prepare: Callable[[W], object] = _nothing
    company: str = ""


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
