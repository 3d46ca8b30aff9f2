"""Interrupts that a finaliser swallows."""

import os
import signal

import pytest

from emulator_training import interrupts


@pytest.fixture(autouse=True)
def handlers():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    interrupts.listen()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    interrupts._heard = False


class Interrupted:
    """Hears a signal while it goes."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000):  # where Python looks for signals
            pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_dropped_is_answered_later():
    Interrupted()
    with pytest.raises(KeyboardInterrupt):
        interrupts.answer()


def test_without_an_interrupt_there_is_no_answer():
    assert interrupts.answer() is None


def test_an_interrupt_is_raised_where_it_is_heard():
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)


def test_listening_anew_forgets():
    with pytest.raises(KeyboardInterrupt):
        interrupts.hear(signal.SIGTERM, None)
    interrupts.listen()
    assert interrupts.answer() is None
