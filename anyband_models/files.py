"""Files appear whole or not at all: written beside their place, then renamed into it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anyband_models.errors import InputError, ResourceError, UsageError


class Stage:
    """The files of one job, each written under a name of its own until all are done."""

    def __init__(self, overwrite: bool) -> None:
        self.overwrite = overwrite
        self.pending: dict[Path, Path] = {}

    def __call__(self, final: Path) -> Path:
        """Return where to write what shall stand at ``final`` once the job is done.

        Raises:
            UsageError, InputError: as `check` does.
        """
        self.check(final)
        self.pending[final] = final.with_name(final.name + ".partial")
        return self.pending[final]

    def check(self, final: Path) -> None:
        """See that a file may appear at ``final``: better before a long job than after it.

        Raises:
            UsageError: if something stands there already and must not be overwritten.
            InputError: if the folder does not exist.
        """
        if final.exists() and not self.overwrite:
            raise UsageError(f"{final} exists already; choose another name, or pass --overwrite")
        if not final.parent.is_dir():
            raise InputError(f"the folder {final.parent} does not exist; make it first")

    def publish(self) -> None:
        """Rename every file into its place."""
        for final, partial in self.pending.items():
            partial.replace(final)

    def discard(self) -> None:
        """Remove whatever was not published."""
        for partial in self.pending.values():
            partial.unlink(missing_ok=True)


@contextmanager
def staged(overwrite: bool = False) -> Iterator[Stage]:
    """Write several files so that either all of them appear, or none does.

    Raises:
        ResourceError: if the disk is full; the old files, if any, stand as they were.
    """
    stage = Stage(overwrite)
    try:
        yield stage
        stage.publish()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ResourceError(
                f"the disk is full ({os.strerror(error.errno)}); nothing was written; "
                "free some space, or choose another folder with -o"
            ) from error
        raise
    finally:
        stage.discard()
