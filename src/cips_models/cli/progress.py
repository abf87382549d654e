"""Progress on stderr: one line that is rewritten on a terminal, else a line now and then."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

_PARTS = 10  # away from a terminal, say something about every tenth


class ProgressLine:
    """Shows how far each step is and about how long it will still take.

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
        self._step = ""
        self._start = 0.0
        self._said = -1
        self._width = 0

    def __call__(self, step: str, fraction: float, message: str = "") -> None:
        """Show that a step is done to a fraction between 0 and 1."""
        told_first = step == self._step and fraction <= 0  # what to expect: it stays
        if step != self._step:
            self._step, self._start, self._said = step, self._clock(), -1
        if self._stream.isatty():
            self._rewrite(self._line(fraction, message), finished=fraction >= 1 or told_first)
        elif told_first:
            self._stream.write(self._line(fraction, message) + "\n")
        elif (part := int(fraction * _PARTS)) > self._said:
            self._said = part
            self._stream.write(self._line(fraction, message) + "\n")
            self._stream.flush()
        if fraction >= 1:
            self._step = ""

    def _line(self, fraction: float, message: str) -> str:
        elapsed = self._clock() - self._start
        said = f": {message}" if message else ""
        if fraction >= 1:
            return f"{self._step}{said} - done in {duration(elapsed)}"
        if fraction <= 0:
            return f"{self._step}{said}"
        left = elapsed * (1 - fraction) / fraction
        return f"{self._step} {fraction:4.0%}, about {duration(left)} left{said}"

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
