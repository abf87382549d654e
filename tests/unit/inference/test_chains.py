"""Chains side by side, and what a Ctrl-C leaves of them."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from cips_models.inference.chains import Schedule, first_interrupt, most_draws, side_by_side


def counting(position, tell):
    """One number a step, until told to stop: the first two chains are done at once."""
    drawn = []
    for k in range(20 if position < 2 else 2000):
        drawn.append(100 * position + k)
        if not tell(k / 2000, 0):
            break
        time.sleep(0.0 if position < 2 else 0.005)
    return np.array(drawn)


def interrupting(when):
    """Progress that presses Ctrl-C, once, when the work has come so far."""
    pressed = []

    def progress(done, _):
        if done > when and not pressed:
            pressed.append(done)
            os.kill(os.getpid(), signal.SIGINT)

    return progress


@pytest.mark.parametrize("cores", [1, 2])
def test_chains_return_in_order(cores):
    found = side_by_side(lambda c, _: 10 * c, Schedule(1, 1, 0, 3, cores))
    assert found == [0, 10, 20]


@pytest.mark.parametrize("cores", [1, 2])
def test_an_interrupt_keeps_what_was_drawn(cores):
    handler = signal.getsignal(signal.SIGINT)
    schedule = Schedule(1, 2000, 0, 4, cores, interrupting(0.55 if cores == 1 else 0.05))
    found = side_by_side(counting, schedule)
    assert [len(own) for own in found[:2]] == [20, 20]
    assert 0 < len(found[2]) < 2000
    assert all(own[0] == 100 * c for c, own in enumerate(found))
    assert signal.getsignal(signal.SIGINT) is handler


def test_the_second_interrupt_breaks_off():
    def press() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1.0)

    with first_interrupt() as asked:
        os.kill(os.getpid(), signal.SIGINT)
        assert asked.wait(1.0)
        with pytest.raises(KeyboardInterrupt):
            press()


def test_threads_leave_signals_alone():
    handler, seen = signal.getsignal(signal.SIGINT), []

    def work():
        with first_interrupt() as asked:
            seen.append((asked.is_set(), signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(False, handler)]


@pytest.mark.parametrize(
    ("lengths", "chains", "length"),
    [
        ([8, 8, 8], [0, 1, 2], 8),
        ([8, 8, 0], [0, 1], 8),
        ([8, 3, 3], [0, 1, 2], 3),
        ([2, 9], [1], 9),
    ],
)
def test_as_many_draws_are_kept_as_can_be(lengths, chains, length):
    assert most_draws([np.zeros(n) for n in lengths]) == (chains, length)


def test_nothing_drawn_is_nothing_kept():
    with pytest.raises(KeyboardInterrupt):
        most_draws([np.zeros(0), np.zeros(0)])
