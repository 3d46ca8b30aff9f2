"""The arrays of a Zarr store, version 2 or 3, in a folder on the local disk.

A store can come from anywhere: what its files say is doubted before a chunk is read. Nothing is
unpickled, no pipe is waited for, and no chunk is unpacked that would not fit into memory. A chunk
without a file is no damage in this format: it stands for a chunk of nothing but the fill value.
"""

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.formats.memory import check_memory
from anyband_models.scene.formats.zarr_chunks import check_whole, touched

# Codecs that turn bytes or numbers into others, and can do nothing else; Pickle runs code.
CODECS = {
    *("blosc", "bz2", "gzip", "lz4", "lzma", "pcodec", "zfpy", "zlib", "zstd"),
    *("bytes", "endian", "packbits", "sharding_indexed", "shuffle", "transpose"),
    *("adler32", "crc32", "crc32c", "fletcher32", "jenkins_lookup3"),
    *("astype", "bitround", "delta", "fixedscaleoffset", "quantize"),
}


@dataclass(frozen=True, eq=False)
class StoredArray:
    """An array of a store, of which nothing but its description has been read.

    Attributes:
        path: of the store.
        name: of the array.
        array: zarr's own object.
    """

    path: Path
    name: str
    array: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return tuple(self.array.shape)

    @property
    def dtype(self) -> np.dtype:
        """The type of its numbers."""
        return np.dtype(self.array.dtype)

    @cached_property
    def attributes(self) -> dict[str, Any]:
        """What is written to it, as JSON has it."""
        return dict(self.array.attrs)

    @property
    def version(self) -> int:
        """Of the format: 2 or 3."""
        return int(self.array.metadata.zarr_format)

    @property
    def dims(self) -> tuple[str, ...]:
        """The names of its axes; empty if they have none."""
        named = (
            self.attributes.get("_ARRAY_DIMENSIONS")  # xarray's custom, which version 3 took over
            if self.version == 2
            else self.array.metadata.dimension_names
        )
        if not isinstance(named, Sequence) or len(named) != len(self.shape):
            return ()
        return tuple(str(name or "") for name in named)

    @property
    def fill(self) -> Any:  # noqa: ANN401  (a number of the array's type)
        """What stands where no chunk was written; None if that is not said."""
        fill = self.array.fill_value
        return fill.item() if isinstance(fill, np.generic) else fill

    def check_readable(self) -> None:
        """Accept an array that is unpacked by known codecs, in chunks that fit into memory.

        Raises:
            InputError: if it has another codec.
            ResourceError: if a chunk does not fit.
        """
        with _guarded(self.path):
            unknown = [codec for codec in _codecs(self._described()) if codec not in CODECS]
            chunk = self._chunk()
        if unknown:
            raise InputError(
                f"{self.path}: the array {self.name!r} is packed by {unknown[0]!r}, which is not "
                "trusted; save it with another codec, such as blosc, zstd or zlib"
            )
        check_memory(chunk, self.dtype, f"a chunk of {self.path}")

    def read(self, *where: slice) -> np.ndarray:
        """Return the numbers of a part, in the order of the axes; only its chunks are read.

        Raises:
            InputError: if a chunk is damaged.
        """
        where = where or (slice(None),) * len(self.shape)
        with _guarded(self.path):
            check_whole(
                self.path / self.name,
                touched(where, self.shape, self._chunk()),
                self.array.metadata.encode_chunk_key,
                blosc=list(_codecs(self._described()[-1:])) == ["blosc"],
            )
            return np.asarray(self.array[where])

    def _chunk(self) -> tuple[int, ...]:
        """The shape of what lies in one file."""
        return tuple(self.array.shards or self.array.chunks)

    def _described(self) -> list[Any]:
        """The codecs as the store describes them."""
        described = self.array.metadata.to_dict()
        if self.version == 3:
            return list(described["codecs"])
        return [*(described["filters"] or ()), *filter(None, [described["compressor"]])]


def open_arrays(path: Path) -> dict[str, StoredArray]:
    """Return the arrays of a store's topmost group, by their names.

    Raises:
        InputError: if zarr is not installed, or the store cannot be read or is no group.
    """
    try:
        import zarr
        from zarr.storage import LocalStore
    except ImportError as error:
        raise InputError(
            f"{path} is a Zarr store, which needs the package zarr to be read; "
            "pip install 'anyband[scale]'"
        ) from error
    files(path)
    with _guarded(path):
        store = LocalStore(path, read_only=True)
        # A summary of all descriptions, where there is one, can be out of date.
        group = zarr.open(store, mode="r", use_consolidated=False)
        if not isinstance(group, zarr.Group):
            raise InputError(
                f"{path} is a single Zarr array; name the store that it lies in, or save it as "
                "one variable of a dataset"
            )
        found = {name: StoredArray(path, name, array) for name, array in group.arrays()}
    return dict(sorted(found.items()))


def files(path: Path) -> tuple[Path, ...]:
    """Return every file of a store.

    Raises:
        InputError: if something in it is no ordinary file or folder, or may not be looked into.
    """
    found: list[Path] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    found.extend(files(path / entry.name))
                elif entry.is_file():
                    found.append(path / entry.name)
                else:
                    raise InputError(
                        f"{path} holds {entry.name}, which is no ordinary file or folder; copy "
                        "the store without it"
                    )
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return tuple(sorted(found))


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """Turn whatever zarr raises into one sentence, and keep its warnings off the screen.

    It warns of files that belong to no array, and of parts of the format that may change.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except InputError:
            raise
        except Exception as error:  # zarr raises whatever the bytes lead it to
            text = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
            raise InputError(f"{path} cannot be read as a Zarr store: {text}") from error


def _codecs(described: Any) -> Iterator[str]:  # noqa: ANN401  (JSON)
    """The names of codecs, and of those that these have inside them."""
    if isinstance(described, dict):
        inner = described.get("configuration") or {}
        yield str(described.get("id", described.get("name"))).removeprefix("numcodecs.")
        yield from _codecs(inner.get("codecs", ()))
        yield from _codecs(inner.get("index_codecs", ()))
    else:
        for codec in described:
            yield from _codecs(codec)
