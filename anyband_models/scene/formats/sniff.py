"""The format of a file, told by its first bytes: a name can say anything.

A folder is a Zarr store if it holds the description of one.
"""

import re
from pathlib import Path
from typing import Literal

from anyband_models.errors import InputError
from anyband_models.scene.formats.envi_files import header_beside

Kind = Literal["ENVI", "GTiff", "MAT5", "MAT73", "NPZ", "PNG", "JPEG", "Zarr"]

READ = "GeoTIFF, ENVI, MATLAB, .npz, PNG and JPEG files and Zarr stores are read"
BEGINNINGS: dict[bytes, Kind] = {
    b"II*\0": "GTiff",
    b"MM\0*": "GTiff",
    b"II+\0": "GTiff",
    b"MM\0+": "GTiff",
    b"MATLAB 5.0 MAT-file": "MAT5",
    b"MATLAB 7.3 MAT-file": "MAT73",
    b"PK\x03\x04": "NPZ",
    b"ENVI": "ENVI",
}
# Looked for only where no ENVI header lies beside the file: raw numbers begin with any bytes.
PICTURES: dict[bytes, Kind] = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
NOT_READ = {
    b"\x89HDF\r\n\x1a\n": "a plain HDF5 or NetCDF-4 file",
    b"CDF": "a NetCDF file",
    b"\x00\x00\x00\x0cjP": "a JPEG 2000 file",
    b"\x1f\x8b": "a gzip archive",
    b"\x93NUMPY": "a single NumPy array (.npy)",
    b"SIMPLE  =": "a FITS file",
    b"<!DOCTYPE": "a web page",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"<": "an XML file, such as a VRT",
}
STORE = ("zarr.json", ".zgroup", ".zattrs", ".zarray")  # version 3, then version 2
LONGEST = 64


def sniff(path: Path) -> Kind:
    """Return the format of a local file, or of a folder that is a Zarr store.

    Raises:
        InputError: if there is no such file, or it is of no format that is read.
    """
    _check_is_local(path)
    if _is_store(path):
        return "Zarr"
    beginning = _beginning(path)
    for magic, kind in BEGINNINGS.items():
        if beginning.startswith(magic):
            return kind
    if header_beside(path) is not None:
        return "ENVI"
    for magic, kind in PICTURES.items():
        if beginning.startswith(magic):
            return kind
    bare = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, name in NOT_READ.items():
        if beginning.startswith(magic) or bare.startswith(magic):
            raise InputError(f"{path} looks like {name}; {READ}")
    raise InputError(f"{path} is of no known format, or its ENVI header is missing; {READ}")


def _beginning(path: Path) -> bytes:
    try:
        _check_is_file(path)
        with path.open("rb") as file:
            beginning = file.read(LONGEST)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if not beginning:
        raise InputError(f"{path} is empty")
    return beginning


def _is_store(path: Path) -> bool:
    try:
        return any((path / name).is_file() for name in STORE)
    except OSError:  # its name is too long, say: `_beginning` meets that as well
        return False


def _check_is_local(path: Path) -> None:
    if re.match(r"[A-Za-z][\w+.-]+:/", str(path)) or str(path).startswith("/vsi"):
        raise InputError(f"{path} is not a local file; download it first")


def _check_is_file(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file in it")
    if not path.exists():
        raise InputError(f"there is no file {path}")
    if not path.is_file():
        raise InputError(f"{path} is not an ordinary file")
