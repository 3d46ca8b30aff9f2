"""Interrupts that do not get lost.

What a signal's handler raises is dropped where Python happens to be in a finaliser, as when a file
that nobody holds is closed. So it is noted as well, and answered between two pieces of work.
"""

import signal
from types import FrameType

_heard = False


def listen() -> None:
    """Answer Ctrl-C and SIGTERM, a batch system's way to interrupt, by `KeyboardInterrupt`.

    Ctrl-C is not answered if whoever started this process wants it to be ignored.
    """
    global _heard
    _heard = False
    signal.signal(signal.SIGTERM, hear)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, hear)


def hear(number: int, frame: FrameType | None) -> None:
    """Note an interrupt, and raise it.

    Raises:
        KeyboardInterrupt: always.
    """
    global _heard
    _heard = True
    raise KeyboardInterrupt


def answer() -> None:
    """Raise an interrupt that was heard since `listen`, if it was dropped.

    Raises:
        KeyboardInterrupt: if there was one.
    """
    if _heard:
        raise KeyboardInterrupt
