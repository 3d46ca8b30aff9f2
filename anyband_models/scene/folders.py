"""The scenes of a folder."""

from collections.abc import Iterator
from pathlib import Path

from anyband_models.errors import InputError
from anyband_models.scene.formats.envi_files import pair
from anyband_models.scene.formats.sniff import sniff

LAYERS = ("provenance", "caution", "std")
"""What a repair writes beside a cube, each in its own file: `full.std.tif` beside `full.tif`."""
PICTURES = {"PNG", "JPEG"}


def scenes_of(path: Path) -> list[Path]:
    """Return what a path names: itself; or, of a folder, every scene in it, by name.

    A Zarr store is a scene, and of an ENVI pair the header stands for both. Left out is what is
    hidden, lies in further folders, or was written beside a repaired cube; and pictures, where
    there are other scenes, for then they are quick looks at these.

    Raises:
        InputError: if a folder holds no scene.
    """
    if not path.is_dir() or _kind(path) is not None:
        return [path]
    found = dict(_found(path))
    if not set(found.values()) <= PICTURES:
        found = {file: kind for file, kind in found.items() if kind not in PICTURES}
    if not found:
        raise InputError(f"the folder {path} holds no scene; name a file, or another folder")
    return list(found)


def _found(folder: Path) -> Iterator[tuple[Path, str]]:
    for file in sorted(folder.iterdir()):
        kind = _kind(file)
        if kind is None or file.name.startswith(".") or _is_layer(file):
            continue
        if kind == "NPZ" and file.suffix.lower() != ".npz":  # another archive
            continue
        yield (pair(file)[0] if kind == "ENVI" else file), kind


def _is_layer(file: Path) -> bool:
    stem, _, layer = file.stem.rpartition(".")
    return layer in LAYERS and file.with_name(f"{stem}{file.suffix}").exists()


def _kind(path: Path) -> str | None:
    """Return the format of a scene; None of what is none, as half of an ENVI pair."""
    try:
        kind = sniff(path)
        if kind == "ENVI":
            pair(path)
    except InputError:
        return None
    return kind
