"""NumPy archives: ``cube`` (line, column, band), ``wavelength_nm``; perhaps ``fwhm_nm``, ``bbl``.

Nothing pickled is ever loaded, and no array before its size is known to fit.
"""

import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.formats.header import SceneHeader, check_dtype
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.wavelengths import StatedBands

BROKEN = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    RuntimeError,  # encrypted, or compressed in an unknown way
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,
)


def read_header(path: Path) -> SceneHeader:
    """Return what the archive holds beside the pixels.

    Raises:
        InputError: if it is broken, has no three-dimensional ``cube`` of numbers, or a list
            that does not fit.
    """
    shape, dtype = _declared(path, "cube")
    if len(shape) != 3 or 0 in shape:
        raise InputError(f"{path}: cube has the shape {shape}, not (line, column, band)")
    check_dtype(dtype, str(path))
    lines, columns, bands = shape
    flags = _list(path, "bbl", bands)
    if not set(flags) <= {0, 1}:
        raise InputError(f"{path}: bbl must be 1 for a good band and 0 for a bad one")
    stated = StatedBands(
        wavelength=_list(path, "wavelength_nm", bands),
        fwhm=_list(path, "fwhm_nm", bands),
        unit="nm",
        good=tuple(flag == 1 for flag in flags),
    )
    meta = SceneMeta(
        path=str(path), driver="NPZ", dtype=dtype.str, scale=(1.0,) * bands, offset=(0.0,) * bands
    )
    return SceneHeader((bands, lines, columns), stated, meta, lambda: _load(path))


def _load(path: Path) -> np.ndarray:
    return np.ascontiguousarray(_array(path, "cube").transpose(2, 0, 1))


def _list(path: Path, name: str, bands: int) -> tuple[float, ...]:
    """One number a band; empty if there is no such array, or nothing in it."""
    if not _has(path, name):
        return ()
    shape, dtype = _declared(path, name)
    if shape == (0,):
        return ()
    if shape != (bands,) or dtype.kind not in "biuf":
        raise InputError(
            f"{path}: {name} has the shape {shape} and the type {dtype.name}; "
            f"it must hold {bands} numbers, one a band"
        )
    return tuple(float(number) for number in _array(path, name))


def _has(path: Path, name: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return f"{name}.npy" in archive.namelist()
    except BROKEN as error:
        raise InputError(f"{path} cannot be read as a NumPy archive: {error}") from error


def _declared(path: Path, name: str) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type of an array, from the first bytes of its entry."""
    if not _has(path, name):
        raise InputError(
            f"{path} has no array called {name!r}; it must hold cube and wavelength_nm"
        )
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as entry:
            version = np.lib.format.read_magic(entry)
            read = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }[version]
            shape, _, dtype = read(entry)
    except BROKEN as error:
        raise InputError(f"{path}: the array {name!r} is damaged ({error})") from error
    if dtype.hasobject:
        raise InputError(
            f"{path}: {name!r} holds pickled objects, which are not loaded; save numbers"
        )
    return shape, dtype


def _array(path: Path, name: str) -> np.ndarray:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as entry:
            array = np.lib.format.read_array(entry, allow_pickle=False)
            if entry.read(1):  # reading to the end also checks the entry's checksum
                raise ValueError("there is more data than the header declares")
            return array
    except BROKEN as error:
        raise InputError(f"{path}: the array {name!r} is damaged ({error})") from error
