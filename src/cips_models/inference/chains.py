"""Chains side by side, each in a process of its own.

Python runs one thread at a time, and the operations around the compiled likelihood are
Python's.  Forked processes inherit the compiled model and the geometry as they are; where
the platform cannot fork, the chains run one after the other.
"""

import multiprocessing
import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

#: Whether processes can be forked on this platform.
FORKS: Final = "fork" in multiprocessing.get_all_start_methods()

#: Told the fraction done, 0-1, and a message.
Progress = Callable[[float, str], None]

#: Told by a chain the fraction done and the number of divergences so far; answers whether to
#: go on.
Tell = Callable[[float, int], bool]


@dataclass(frozen=True)
class Schedule:
    """How much to draw, and with how many hands.

    Attributes
    ----------
    seed : int
    draws, tune : int
        Draws kept of each chain, and warm-up draws before them.
    chains, cores : int
        Chains, and how many run at a time.
    progress : callable, optional
    """

    seed: int
    draws: int
    tune: int
    chains: int
    cores: int
    progress: Progress | None = None

    def tell(self, done: float, message: str) -> None:
        """Say how far things are, if anybody listens."""
        if self.progress:
            self.progress(done, message)

    def within(self, start: float, stop: float) -> "Schedule":
        """The same for a part of the work, between two shares of all of it."""
        return replace(
            self, progress=lambda done, message: self.tell(start + (stop - start) * done, message)
        )

    def streams(self, purpose: int) -> list[np.random.Generator]:
        """One for each chain, independent of :attr:`generators` and of other purposes."""
        seeds = np.random.SeedSequence([self.seed, purpose]).spawn(self.chains)
        return [np.random.default_rng(seed) for seed in seeds]

    @property
    def generators(self) -> list[np.random.Generator]:
        """An independent one for each chain."""
        seeds = np.random.SeedSequence(self.seed).spawn(self.chains)
        return [np.random.default_rng(seed) for seed in seeds]


@contextmanager
def first_interrupt() -> Iterator[threading.Event]:
    """Let the first Ctrl-C ask for an end, so that what was drawn is kept; the second breaks off.

    Python looks at signals in its main thread only; elsewhere nothing changes.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def handle(*_: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    former = signal.signal(signal.SIGINT, handle)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, former)


#: The function that forked workers run, inherited rather than sent.
_INHERITED: dict[str, Callable[[int, Tell], Any]] = {}
_SHARED: dict[str, Any] = {}


def _run(position: int) -> Any:
    def tell(done: float, divergences: int) -> bool:
        _SHARED["done"][position] = done
        _SHARED["divergences"][position] = divergences
        return not _SHARED["stop"].value

    return _INHERITED["chain"](position, tell)


def leave_interrupts_to_the_parent() -> None:
    """Let a Ctrl-C, which every process of a terminal gets, be the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def side_by_side[T](chain: Callable[[int, Tell], T], schedule: Schedule) -> list[T]:
    """Run chains and return their results in order.

    Parameters
    ----------
    chain : callable
        Called with the chain's position and a function that takes the fraction done and
        the number of divergences so far, and answers whether to go on: after a Ctrl-C it
        does not, and the chain returns what it has.
    schedule : Schedule
        Its progress is told about once a second.
    """
    count, cores, progress = schedule.chains, schedule.cores, schedule.progress
    with first_interrupt() as interrupted:
        if cores < 2 or count < 2 or not FORKS:
            return [chain(c, _alone(c, count, progress, interrupted)) for c in range(count)]
        context = multiprocessing.get_context("fork")
        _INHERITED["chain"] = chain
        _SHARED["done"] = context.Array("d", count)
        _SHARED["divergences"] = context.Array("i", count)
        _SHARED["stop"] = context.Value("b", 0)
        pool = ProcessPoolExecutor(
            cores, mp_context=context, initializer=leave_interrupts_to_the_parent
        )
        try:
            with warnings.catch_warnings(), pool:
                # No thread of ours is running here; BLAS looks after its own at a fork.
                warnings.filterwarnings(
                    "ignore", message=".*multi-threaded", category=DeprecationWarning
                )
                jobs = [pool.submit(_run, c) for c in range(count)]
                while wait(jobs, timeout=1.0).not_done:
                    _SHARED["stop"].value = interrupted.is_set()
                    if progress:
                        _tell(progress, _SHARED["done"][:], sum(_SHARED["divergences"][:]))
                return [job.result() for job in jobs]
        finally:
            _INHERITED.clear()
            _SHARED.clear()


def _alone(
    position: int, count: int, progress: Progress | None, interrupted: threading.Event
) -> Tell:
    def tell(done: float, divergences: int) -> bool:
        if progress:
            _tell(progress, [1.0] * position + [done] + [0.0] * (count - position - 1), divergences)
        return not interrupted.is_set()

    return tell


def most_draws(parts: Sequence[np.ndarray]) -> tuple[list[int], int]:
    """Which chains to keep, and how many draws of each: as many in all as can be had.

    All of all, but for a Ctrl-C, after which some chains may have few or none.

    Raises
    ------
    KeyboardInterrupt
        No chain has any, so that there is nothing to keep.
    """
    lengths = [len(part) for part in parts]
    length = max(lengths, key=lambda least: least * sum(own >= least for own in lengths))
    if not length:
        raise KeyboardInterrupt
    return [c for c, own in enumerate(lengths) if own >= length], length


def _tell(progress: Progress, done: Sequence[float], divergences: int) -> None:
    found = f", {divergences} divergences" if divergences else ""
    progress(sum(done) / len(done), f"{len(done)} chains{found}")
