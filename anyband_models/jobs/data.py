"""Fetch a scene of the field, and see that it is the one that was meant."""

import logging
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.datasets import Dataset, dataset
from anyband_models.scene.formats import read_header

Progress = Callable[[int, int | None], None]
_PIECE = 1 << 20
_TIMEOUT_S = 60.0


class Fetched(NamedTuple):
    """A scene on disk.

    Attributes:
        scene: the file.
        wavelengths: the table of its band centres beside it; None where they are not known.
        dataset: what it is.
        new: whether it was not there before.
    """

    scene: Path
    wavelengths: Path | None
    dataset: Dataset
    new: bool


def fetch(name: str, folder: Path, progress: Progress = lambda done, whole: None) -> Fetched:
    """Fetch a dataset into a folder, or find it there; what came of it earlier is kept.

    Args:
        name: of the dataset.
        folder: made if it is not there.
        progress: told of bytes that came, and of how many there are, if the server says so.

    Raises:
        UnknownDatasetError: if there is none of that name.
        InputError: if it cannot be fetched, or is not what it should be.
    """
    import pooch

    wanted = dataset(name)
    folder.mkdir(parents=True, exist_ok=True)
    scene = folder / wanted.file
    new = not scene.exists()
    if new:
        given = wanted.url.rsplit("/", 1)[-1]
        try:
            with _quiet(pooch.get_logger()):
                downloader = Resuming(folder / f"{given}.part", progress)
                pooch.retrieve(wanted.url, None, given, folder, downloader=downloader)
        except (urllib.error.URLError, OSError) as error:
            raise InputError(
                f"{wanted.name} cannot be fetched from {wanted.url} ({error}); the same command "
                f"goes on where it stopped; or get the file by hand: {wanted.page}"
            ) from error
        if wanted.member:
            _unpack(folder / given, wanted, scene)
    _check(scene, wanted)
    table = _write_wavelengths(scene, wanted)
    return Fetched(scene, table, wanted, new)


class Resuming:
    """A downloader for pooch that goes on where an earlier one stopped.

    Args:
        part: where lies what has come so far; pooch gets it when it is whole.
        progress: told of bytes.
    """

    def __init__(self, part: Path, progress: Progress) -> None:
        self.part, self.progress = part, progress

    def __call__(self, url: str, output: str, pooch: Any) -> None:  # noqa: ANN401  (pooch's own)
        """Fetch a URL into a file."""
        part = self.part
        have = part.stat().st_size if part.exists() else 0
        request = urllib.request.Request(url, headers={"User-Agent": "anyband"})
        if have:
            request.add_header("Range", f"bytes={have}-")
        with self._opened(request, part, have) as answer:
            resumed = answer.status == 206
            have = have if resumed else 0
            length = answer.headers.get("Content-Length")
            whole = None if length is None else have + int(length)
            with part.open("ab" if resumed else "wb") as file:
                while piece := answer.read(_PIECE):
                    file.write(piece)
                    have += len(piece)
                    self.progress(have, whole)
        if whole is not None and have != whole:
            raise OSError(f"{have} of {whole} bytes came")
        part.replace(output)

    def _opened(self, request: urllib.request.Request, part: Path, have: int) -> Any:  # noqa: ANN401
        try:
            return urllib.request.urlopen(request, timeout=_TIMEOUT_S)
        except urllib.error.HTTPError as error:
            if error.code != 416 or not have:
                raise
            part.unlink()  # longer than the file is now: begin again
            request.remove_header("Range")
            return urllib.request.urlopen(request, timeout=_TIMEOUT_S)


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep a logger from saying what the commands say themselves."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _unpack(archive: Path, wanted: Dataset, scene: Path) -> None:
    partial = scene.with_name(f"{scene.name}.partial")
    try:
        with (
            zipfile.ZipFile(archive) as held,
            held.open(wanted.member) as member,
            partial.open("wb") as file,
        ):
            while piece := member.read(_PIECE):
                file.write(piece)
    except (KeyError, zipfile.BadZipFile) as error:
        archive.unlink()
        partial.unlink(missing_ok=True)
        raise InputError(
            f"{archive.name} holds no {wanted.member} ({error}); it was deleted; try again, or "
            f"get the file by hand: {wanted.page}"
        ) from error
    partial.replace(scene)
    archive.unlink()


def _check(scene: Path, wanted: Dataset) -> None:
    """Refuse a file with another shape or type, and leave it where it is."""
    header = read_header(scene)
    kind = np.dtype(header.dtype)
    if tuple(header.shape) != wanted.shape or kind.kind not in "iu" or kind.itemsize != 2:
        got = " x ".join(map(str, header.shape))
        should = " x ".join(map(str, wanted.shape))
        raise InputError(
            f"{scene} holds {got} values (band, row, column) of {kind}, and {wanted.name} has "
            f"{should} of 16-bit integers; delete it and fetch it again, or see {wanted.page}"
        )


def _write_wavelengths(scene: Path, wanted: Dataset) -> Path | None:
    centres = wanted.wavelengths
    if centres is None:
        return None
    table = scene.with_suffix(".wavelengths.txt")
    table.write_text("".join(f"{centre:.2f}\n" for centre in centres), encoding="utf-8")
    return table
