"""An ENVI image is two files: the header, and the data beside it."""

from pathlib import Path

from anyband_models.errors import InputError

HEADER_SUFFIXES = (".hdr", ".HDR")
DATA_SUFFIXES = (".img", ".dat", ".bsq", ".bil", ".bip", ".raw")


def is_header(path: Path) -> bool:
    """Return whether a file begins as an ENVI header does.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(4) == b"ENVI"
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def header_beside(data: Path) -> Path | None:
    """Return the ENVI header of a data file: ``x.img.hdr``, or else ``x.hdr``, for ``x.img``."""
    candidates = [data.with_suffix(suffix) for suffix in HEADER_SUFFIXES]
    found = [path for path in candidates if path != data and path.is_file() and is_header(path)]
    return own_header(data) or (found[0] if found else None)


def own_header(data: Path) -> Path | None:
    """Return the header that can be no other file's: ``x.img.hdr`` for ``x.img``."""
    candidates = [data.with_name(data.name + suffix) for suffix in HEADER_SUFFIXES]
    found = [path for path in candidates if path.is_file() and is_header(path)]
    return found[0] if found else None


def claimed(header: Path) -> list[Path]:
    """Return the data files that a header ``x.hdr`` speaks for: those without one of their own."""
    stem = header.with_suffix("")
    suffixes = DATA_SUFFIXES + tuple(suffix.upper() for suffix in DATA_SUFFIXES)
    candidates = [stem, *(stem.with_name(stem.name + suffix) for suffix in suffixes)]
    found = [path for path in candidates if path.is_file() and own_header(path) in (None, header)]
    return [p for i, p in enumerate(found) if not any(p.samefile(q) for q in found[:i])]


def data_beside(header: Path) -> Path:
    """Return the data file of an ENVI header: ``x``, ``x.img``, ``x.dat``, ... for ``x.hdr``.

    Raises:
        InputError: if there is none, or more than one.
    """
    stem = header.with_suffix("")
    distinct = claimed(header)
    if not distinct:
        raise InputError(
            f"{header} is an ENVI header, but there is no data file beside it; "
            f"it must be called {stem.name}, or {stem.name} with {', '.join(DATA_SUFFIXES)}"
        )
    if len(distinct) > 1:
        names = ", ".join(path.name for path in distinct)
        raise InputError(
            f"{header} has several data files beside it: {names}; name the one to read"
        )
    return distinct[0]


def pair(path: Path) -> tuple[Path, Path]:
    """Return the header and the data file, whichever of them ``path`` is.

    Raises:
        InputError: if the other one is missing.
    """
    if is_header(path):
        return path, data_beside(path)
    header = header_beside(path)
    if header is None:
        raise InputError(f"{path} has no ENVI header beside it, such as {path.stem}.hdr")
    return header, path


def output_pair(final: Path) -> tuple[Path, Path]:
    """Return the header and the data file to write for an output's name."""
    if final.suffix.lower() == ".hdr":
        return final, final.with_suffix(".img")
    return final.with_suffix(".hdr"), final
