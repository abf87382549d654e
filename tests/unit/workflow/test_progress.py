"""What a person who waits sees."""

import io
import re
from itertools import pairwise

import pytest

from cips_models.cli.progress import ProgressLine, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(stream: io.StringIO, *fractions: float) -> str:
    """Progress of a step of which a hundredth takes a second."""
    now = [0.0]
    line = ProgressLine(stream, clock=lambda: now[0])
    for fraction in fractions:
        now[0] = 100 * fraction
        line("fit", fraction, "sampling")
    return stream.getvalue()


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
    shown = [part for part in text.rstrip("\n").split("\r") if part]
    for before, after in pairwise(shown):
        assert len(after) >= len(before.rstrip())


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_what_to_expect_stays_to_be_read(stream: type[io.StringIO]) -> None:
    shown = stream()
    line = ProgressLine(shown, clock=lambda: 0.0)
    for fraction, message in ((0.0, "fitting"), (0.0, "expect 2 min"), (0.5, "sampling")):
        line("fit", fraction, message)
    assert "fit: expect 2 min" in [text.rstrip() for text in re.split("[\r\n]", shown.getvalue())]
    assert re.search("expect 2 min *\n", shown.getvalue())


def test_a_new_step_starts_its_own_clock() -> None:
    now = [0.0]
    stream = io.StringIO()
    line = ProgressLine(stream, clock=lambda: now[0])
    line("fit", 0.0, "")
    now[0] = 1000.0
    line("fit", 1.0, "")
    line("draw", 0.0, "")
    now[0] = 1010.0
    line("draw", 0.5, "")
    assert stream.getvalue().splitlines()[-1] == "draw  50%, about 10 s left"


def test_durations_in_words() -> None:
    assert [duration(s) for s in (8.4, 200, 3900)] == ["8 s", "3 min 20 s", "1 h 5 min"]


def test_steps_side_by_side_keep_their_own_clocks() -> None:
    now = [0.0]
    stream = io.StringIO()
    line = ProgressLine(stream, clock=lambda: now[0])
    line("fit", 0.0, "")
    now[0] = 10.0
    line("cut", 0.0, "")
    now[0] = 20.0
    line("fit", 0.5, "")
    line("cut", 1.0, "")
    assert stream.getvalue().splitlines()[-2:] == [
        "fit  50%, about 20 s left",
        "cut - done in 10 s",
    ]


def test_a_terminal_shows_every_step_that_runs() -> None:
    stream = Terminal()
    line = ProgressLine(stream, clock=lambda: 0.0)
    line("fit", 0.0, "")
    line("cut", 0.0, "")
    line("fit", 0.5, "sampling")
    assert stream.getvalue().endswith("\rfit  50%, about 0 s left; cut")
