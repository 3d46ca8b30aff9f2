"""Files that GDAL opens, each as the one format that its first bytes say.

GDAL speaks through Python's log and warnings; what it says is heard, not shown.
"""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anyband_models.errors import InputError

Dataset = Any  # rasterio ships no types

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


@contextmanager
def opened(path: Path, driver: str, name: str) -> Iterator[Dataset]:
    """Open a file; an error, and a warning that something in it could not be read, refuse it.

    Args:
        path: of the file.
        driver: GDAL's name of the format; the file is taken for nothing else.
        name: of the format, as the user knows it.

    Raises:
        InputError: if it cannot be read, or is damaged.
    """
    import rasterio

    with quietly() as complaints:
        try:
            with rasterio.open(str(path.resolve()), driver=driver, sharing=False) as source:
                yield source
        except (rasterio.errors.RasterioError, ValueError) as error:
            raise InputError(f"{path} cannot be read as a {name}: {_brief(error, path)}") from error
    if complaints:
        raise InputError(f"{path} is a damaged {name}: {_brief(complaints[0], path)}")


def is_masked(source: Dataset, path: Path) -> bool:
    """Tell whether missing pixels are marked by an alpha band, or by a mask in or beside a file."""
    from rasterio.enums import MaskFlags

    return path.with_name(path.name + ".msk").exists() or any(
        {MaskFlags.per_dataset, MaskFlags.alpha} & set(flags) for flags in source.mask_flag_enums
    )


def _brief(error: object, path: Path) -> str:
    cause = error.__cause__ if isinstance(error, BaseException) and error.__cause__ else error
    text = " ".join(str(cause).replace(str(path.resolve()), path.name).split())
    return text[:200].rstrip(".") or type(cause).__name__
