"""The scenes of a folder, those that cannot be read among them, and how each is opened."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml
from pydantic import BaseModel, ValidationError

from anyband_models.errors import InputError, ScaleError
from anyband_models.scene.folders import scenes_of
from anyband_models.scene.formats import read_header
from anyband_models.scene.opening import open_scene
from anyband_models.scene.scene import Scene
from anyband_models.scene.wavelengths import ADVICE

# A file of this name that cannot be read is told of; any other is taken for something else.
SUFFIXES = (".npz", ".tif", ".tiff", ".mat", ".hdr", ".zarr")
# In the folder of scenes, what their files do not say.
READINGS = "readings.yaml"
AS_COUNTS = "no scale is stated and the values cannot be reflectance: taken as counts"
# What `open_scene` advises is an option for a single scene.
OWN_ADVICE = "the arena goes by what files say themselves, so write them into the file"


class Reading(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """What is said of one scene, where its file does not; see `open_scene`.

    Attributes:
        without: from where to where bands lie that are not to be looked at [nm].
    """

    scale: float | None = None
    offset: float | None = None
    quantity: Literal["reflectance", "radiance", "dn"] | None = None
    nodata: float | None = None
    without: tuple[tuple[float, float], ...] | None = None


def readings(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what `readings.yaml` in a folder says of its scenes, by their files' names.

    Raises:
        InputError: if the file is there and does not name scenes and how to read them.
    """
    path = folder / READINGS
    if not path.is_file():
        return {}
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        checked = {str(name): Reading.model_validate(each) for name, each in said.items()}
    except (yaml.YAMLError, ValidationError, AttributeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{READINGS} does not say how to read scenes; write a line a scene, such as "
            "`scene.npz: {scale: 0.0001, quantity: reflectance}`"
        ) from error
    return {name: each.model_dump(exclude_none=True) for name, each in checked.items()}


def listed(folder: Path) -> list[Path]:
    """Return what `scenes_of` finds in a folder, and what looks like a scene and is broken; sorted.

    Raises:
        InputError: if there is neither, or no such folder.
    """
    if not folder.exists():
        raise InputError(f"there is no folder {folder}; name one that holds scenes")
    broken = _broken(folder) if folder.is_dir() else []
    try:
        scenes = scenes_of(folder)
    except InputError:
        if not broken:
            raise
        scenes = []
    return sorted({*scenes, *broken})


def _broken(folder: Path) -> list[Path]:
    named = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES]
    return [path for path in named if not path.name.startswith(".") and not _has_header(path)]


def _has_header(path: Path) -> bool:
    try:
        read_header(path)
    except InputError:
        return False
    return True


def opened(path: Path, reading: Mapping[str, Any]) -> tuple[Scene, str]:
    """Open a scene as `_opened` does, and mark the bands as bad that are not to be looked at."""
    reading = dict(reading)
    ranges = reading.pop("without", None) or ()
    scene, note = _opened(path, reading)
    if not ranges:
        return scene, note
    inside = [(scene.wavelength >= low) & (scene.wavelength <= high) for low, high in ranges]
    named = ", ".join(f"{low:g} to {high:g}" for low, high in ranges)
    said = f"without the bands from {named} nm"
    left = replace(scene, good=scene.good & ~np.any(inside, axis=0))
    return left, "; ".join(filter(None, [note, said]))


def _opened(path: Path, reading: Mapping[str, Any]) -> tuple[Scene, str]:
    """Open a scene; return it, and what a reader of its scores should know.

    What cannot be reflectance, and is not said to be something else, is taken as counts: every
    score but RMSE and CRPS is the same in any unit, and a folder has no scale for all its scenes.

    Args:
        path: of the scene.
        reading: what is said of all scenes, as `open_scene` takes it; None where nothing is.

    Raises:
        InputError, ResourceError: as `open_scene` does; the arena's own advice stands where that
            of a single scene would.
    """
    try:
        try:
            return open_scene(path, **reading), ""
        except ScaleError:
            if any(reading.get(name) is not None for name in ("scale", "offset", "quantity")):
                raise
            return open_scene(path, **{**reading, "quantity": "dn"}), AS_COUNTS
    except InputError as error:
        said = str(error).replace(str(path), path.name)  # whose folder it was is nobody's concern
        raise InputError(said.replace(ADVICE, OWN_ADVICE)) from error
