"""GDAL speaks through Python's log and warnings; what it says is heard, not shown."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# What GDAL says when it passes over a part of a file that it could not read.
PASSED_OVER = ("IO error", "incorrect count", "Cannot read")


@contextmanager
def quietly() -> Iterator[list[str]]:
    """Keep GDAL's warnings off the screen; those of unreadable parts are collected."""
    from rasterio.errors import NotGeoreferencedWarning

    complaints: list[str] = []

    class Listener(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            text = record.getMessage()
            if any(words in text for words in PASSED_OVER):
                complaints.append(text)
            return False

    listener, log = Listener(), logging.getLogger("rasterio._env")
    log.addFilter(listener)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            yield complaints
    finally:
        log.removeFilter(listener)
