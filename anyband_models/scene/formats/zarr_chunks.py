"""Chunks of a Zarr store that were cut off, and that the libraries below would not notice.

numcodecs does not tell Blosc how long a chunk is: Blosc believes the chunk's own first bytes, and
reads on in whatever memory follows. An empty shard passes for one that holds nothing.
"""

import itertools
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from anyband_models.errors import InputError

BLOSC_HEADER = 16  # bytes; the last four are the length of the chunk


def touched(
    where: Sequence[slice], shape: Sequence[int], chunk: Sequence[int]
) -> Iterator[tuple[int, ...]]:
    """Return the places, in the grid of chunks, of those that a part of an array lies in."""
    ranges = []
    for part, length, size in zip(where, shape, chunk, strict=True):
        start, stop, _ = part.indices(length)
        ranges.append(range(start // size, -(-stop // size)) if stop > start else range(0))
    return itertools.product(*ranges)


def check_whole(
    folder: Path,
    places: Iterator[tuple[int, ...]],
    key: Callable[[tuple[int, ...]], str],
    blosc: bool,
) -> None:
    """Accept chunks that are not there, or are as long as they say.

    Args:
        folder: of the array.
        places: of the chunks, in their grid.
        key: turns a place into the name of a file in the folder.
        blosc: whether the files are what Blosc has written.

    Raises:
        InputError: if one is cut off.
    """
    for place in places:
        path = folder / key(place)
        try:
            with path.open("rb") as file:
                header, size = file.read(BLOSC_HEADER), path.stat().st_size
        except FileNotFoundError:
            continue
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from error
        if size < (_stated(header) if blosc else 1):
            raise InputError(f"{path} is a chunk that was cut off; copy the store again")


def _stated(header: bytes) -> int:
    """How long Blosc says that a chunk is [bytes]."""
    whole = len(header) == BLOSC_HEADER
    return max(BLOSC_HEADER, struct.unpack("<I", header[12:])[0]) if whole else BLOSC_HEADER
