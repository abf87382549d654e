"""Progress on stderr: one line that is rewritten on a terminal, else lines now and then."""

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

_PARTS = 10  # away from a terminal, say something about every tenth


@dataclass
class _Step:
    """A step that runs: since when, how far it is, and the last part that was said of it."""

    start: float
    fraction: float = 0.0
    said: int = -1


class ProgressLine:
    """Shows how far each step is and about how long it will still take; several may run.

    Parameters
    ----------
    stream : text stream, optional
        Default stderr.
    clock : callable, optional
        Seconds; replaced by tests.
    """

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._clock = clock
        self._running: dict[str, _Step] = {}
        self._width = 0

    def __call__(self, step: str, fraction: float, message: str = "") -> None:
        """Show that a step is done to a fraction between 0 and 1."""
        told_first = step in self._running and fraction <= 0  # what to expect: it stays
        own = self._running.setdefault(step, _Step(self._clock()))
        own.fraction = fraction
        if self._stream.isatty():
            stays = fraction >= 1 or told_first
            line = self._line(step, message)
            if not stays and len(self._running) > 1:
                line = "; ".join(self._line(name, "") for name in self._running)
            self._rewrite(line, finished=stays)
        elif told_first:
            self._stream.write(self._line(step, message) + "\n")
        elif (part := int(fraction * _PARTS)) > own.said:
            own.said = part
            self._stream.write(self._line(step, message) + "\n")
            self._stream.flush()
        if fraction >= 1:
            del self._running[step]

    def _line(self, step: str, message: str) -> str:
        own = self._running[step]
        elapsed = self._clock() - own.start
        said = f": {message}" if message else ""
        if own.fraction >= 1:
            return f"{step}{said} - done in {duration(elapsed)}"
        if own.fraction <= 0:
            return f"{step}{said}"
        left = elapsed * (1 - own.fraction) / own.fraction
        return f"{step} {own.fraction:4.0%}, about {duration(left)} left{said}"

    def _rewrite(self, line: str, *, finished: bool) -> None:
        line = line[: shutil.get_terminal_size().columns - 1]
        self._stream.write("\r" + line.ljust(self._width) + ("\n" if finished else ""))
        self._stream.flush()
        self._width = 0 if finished else len(line)


def duration(seconds: float) -> str:
    """Seconds in words that suit an estimate: "8 s", "3 min 20 s", "1 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
