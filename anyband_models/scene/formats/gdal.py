"""GDAL speaks through Python's log and warnings; what it says is heard, not shown."""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# What GDAL says when it passes over a part of a file that it could not read.
PASSED_OVER = ("IO error", "incorrect count", "Cannot read", "AppDefined in Line")


class Listener(logging.Filter):
    """Lets nothing through to the screen, and keeps what was said of unreadable parts."""

    def __init__(self) -> None:
        super().__init__()
        self.complaints: list[str] = []

    def filter(self, record: logging.LogRecord) -> bool:
        """Hear one message: every error counts, and a warning that a part was passed over."""
        text = record.getMessage()
        if record.levelno >= logging.ERROR or any(words in text for words in PASSED_OVER):
            self.complaints.append(text)
        return False

    def hear_lost(self, *_: object) -> None:
        """Hear that rasterio lost a message: it quoted bytes of the file that are no text."""
        self.complaints.append("a text in it cannot be decoded")


@contextmanager
def quietly() -> Iterator[list[str]]:
    """Keep GDAL's warnings off the screen; those of unreadable parts are collected."""
    from rasterio.errors import NotGeoreferencedWarning

    listener, log = Listener(), logging.getLogger("rasterio._env")
    hooks = sys.excepthook, sys.unraisablehook  # Cython reports a lost message to both
    log.addFilter(listener)
    sys.excepthook = sys.unraisablehook = listener.hear_lost
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            yield listener.complaints
    finally:
        sys.excepthook, sys.unraisablehook = hooks
        log.removeFilter(listener)
