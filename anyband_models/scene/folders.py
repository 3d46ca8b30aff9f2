"""The scenes of a folder."""

from pathlib import Path

from anyband_models.errors import InputError
from anyband_models.scene.formats.envi_files import pair
from anyband_models.scene.formats.sniff import sniff


def scenes_of(path: Path) -> list[Path]:
    """Return what a path names: itself; or, of a folder, every scene in it, by name.

    A Zarr store is a scene, of an ENVI pair the header stands for both, and what is hidden or lies
    in further folders is left out.

    Raises:
        InputError: if a folder holds no scene.
    """
    if not path.is_dir() or _kind(path) is not None:
        return [path]
    found: dict[Path, None] = {}
    for file in sorted(path.iterdir()):
        if not file.name.startswith(".") and (kind := _kind(file)):
            found[pair(file)[0] if kind == "ENVI" else file] = None
    if not found:
        raise InputError(f"the folder {path} holds no scene; name a file, or another folder")
    return list(found)


def _kind(path: Path) -> str | None:
    try:
        return sniff(path)
    except InputError:
        return None
