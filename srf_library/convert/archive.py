"""An archive of a package, and what is read out of it."""

import hashlib
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from srf_library.convert.cures import Column

# Returns the bytes of a file of an archive, by its path there.
Read = Callable[[str], bytes]
# Wavelengths [nm] and responses of each band.
Responses = dict[str, tuple[Column, Column]]
# Centre and width [nm] of each band.
Centres = dict[str, tuple[float, float]]


def reader(path: Path, sha256: str) -> Read:
    """Return a function that reads a file of an archive, which must be the one that is named."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        sys.exit(f"{path} is not the archive that sensors.toml names: its sha256 differs")
    if path.suffix == ".whl":
        return zipfile.ZipFile(path).read
    archive = tarfile.open(path)  # noqa: SIM115  (open as long as the reader lives)
    return lambda name: archive.extractfile(name).read()  # type: ignore[union-attr]
