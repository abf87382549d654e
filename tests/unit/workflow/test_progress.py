"""What a person who waits sees."""

import io
import re
from itertools import pairwise

import pytest

from cips_models.cli.progress import ProgressLine, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, *events: tuple[float, str, float], message: str = "") -> str:
    """What is shown of (seconds, step, fraction done), one after the other."""
    now = [0.0]
    line = ProgressLine(stream, clock=lambda: now[0])
    for seconds, step, fraction in events:
        now[0] = seconds
        line(step, fraction, message)
    return stream.getvalue()


def told(stream: io.StringIO, *fractions: float) -> str:
    """Progress of a step of which a hundredth takes a second."""
    return shown(stream, *((100 * f, "fit", f) for f in fractions), message="sampling")


def test_estimate_of_what_is_left() -> None:
    lines = told(io.StringIO(), 0.0, 0.25).splitlines()
    assert lines == ["fit: sampling", "fit  25%, about 1 min 15 s left: sampling"]


def test_away_from_a_terminal_a_line_a_tenth() -> None:
    lines = told(io.StringIO(), *(k / 1000 for k in range(1001))).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "fit: sampling - done in 1 min 40 s"


def test_on_a_terminal_one_line_is_rewritten_without_leftovers() -> None:
    text = told(Terminal(), 0.0, 0.001, 0.5, 1.0)
    assert text.count("\n") == 1
    lines = [part for part in text.rstrip("\n").split("\r") if part]
    for before, after in pairwise(lines):
        assert len(after) >= len(before.rstrip())


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_what_to_expect_stays_to_be_read(stream: type[io.StringIO]) -> None:
    terminal = stream()
    line = ProgressLine(terminal, clock=lambda: 0.0)
    for fraction, message in ((0.0, "fitting"), (0.0, "expect 2 min"), (0.5, "sampling")):
        line("fit", fraction, message)
    assert "fit: expect 2 min" in [
        text.rstrip() for text in re.split("[\r\n]", terminal.getvalue())
    ]
    assert re.search("expect 2 min *\n", terminal.getvalue())


def test_a_new_step_starts_its_own_clock() -> None:
    events = (0.0, "fit", 0.0), (1000.0, "fit", 1.0), (1000.0, "draw", 0.0), (1010.0, "draw", 0.5)
    lines = shown(io.StringIO(), *events).splitlines()
    assert lines[-1] == "draw  50%, about 10 s left"


def test_durations_in_words() -> None:
    assert [duration(s) for s in (8.4, 200, 3900)] == ["8 s", "3 min 20 s", "1 h 5 min"]


def test_steps_side_by_side_keep_their_own_clocks() -> None:
    events = (0.0, "fit", 0.0), (10.0, "cut", 0.0), (20.0, "fit", 0.5), (20.0, "cut", 1.0)
    lines = shown(io.StringIO(), *events).splitlines()
    assert lines[-2:] == ["fit  50%, about 20 s left", "cut - done in 10 s"]


def test_a_terminal_shows_every_step_that_runs() -> None:
    text = shown(Terminal(), (0.0, "fit", 0.0), (0.0, "cut", 0.0), (0.0, "fit", 0.5))
    assert text.endswith("\rfit  50%, about 0 s left; cut")
