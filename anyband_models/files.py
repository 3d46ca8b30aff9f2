"""Files appear whole or not at all: written beside their place, then renamed into it."""

import errno
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from anyband_models.errors import InputError, ResourceError, UsageError

# A disk, a quota or a limit on a file's size is used up.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
        self.check([*self.pending, final])
        self.pending[final] = _beside(final)
        return self.pending[final]

    def check(self, finals: Sequence[Path], inputs: Sequence[Path] = ()) -> None:
        """See that the files may appear: better before a long job than after it.

        Args:
            finals: where they are to appear.
            inputs: the files that the job reads, which it never replaces.

        Raises:
            UsageError: if two of them have one name, or something stands there already and must
                not be overwritten.
            InputError: if a folder does not exist.
        """
        for number, final in enumerate(finals):
            if not final.parent.is_dir():
                raise InputError(f"the folder {final.parent} does not exist; make it first")
            if not os.access(final.parent, os.W_OK):
                raise InputError(f"the folder {final.parent} may not be written to; choose another")
            if final.is_dir():
                raise UsageError(f"{final} is a folder; choose another name")
            if final.resolve() in [other.resolve() for other in finals[:number]]:
                raise UsageError(f"{final} would be written twice; choose two names")
            if any(final.exists() and given.exists() and final.samefile(given) for given in inputs):
                raise UsageError(
                    f"{final} is read by this command and is not replaced, even with --overwrite; "
                    "choose another name"
                )
            if final.exists() and not self.overwrite:
                raise UsageError(
                    f"{final} exists already; choose another name, or pass --overwrite"
                )

    def publish(self) -> None:
        """Rename every file into its place; if one cannot be, put back all that stood there."""
        kept: dict[Path, Path] = {}
        placed: list[Path] = []
        try:
            for final, partial in self.pending.items():
                if final.exists():
                    kept[final] = _set_aside(final)
                partial.replace(final)
                placed.append(final)
        except BaseException:
            for final in placed:
                final.unlink()
            for final, old in kept.items():
                old.replace(final)
            raise
        for old in kept.values():
            old.unlink()

    def discard(self) -> None:
        """Remove whatever was not published."""
        for partial in self.pending.values():
            partial.unlink(missing_ok=True)


def _beside(final: Path) -> Path:
    """Return a name beside ``final`` that nobody else has."""
    return final.with_name(f"{final.name}.{secrets.token_hex(4)}.partial")


def _set_aside(final: Path) -> Path:
    """Give what stands at ``final`` a second name; it stands there until it is replaced."""
    aside = _beside(final)
    try:
        aside.hardlink_to(final)
    except OSError:  # a file system without links
        final.replace(aside)
    return aside


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
        if error.errno in FULL:
            raise ResourceError(
                f"the disk is full ({os.strerror(error.errno)}); nothing was written; "
                "free some space, or choose another folder with -o"
            ) from error
        raise
    finally:
        stage.discard()
