"""`anyband-zoo inspect`: what a file holds, even where that does not suffice for a repair."""

from pathlib import Path
from typing import Any

from anyband_models.errors import InputError, ScaleError
from anyband_models.repair.inspection import describe_header, describe_scene
from anyband_models.scene.formats import read_header, read_scene
from anyband_models.scene.scale import check_reflectance


def look(path: Path, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the facts of a file, and what keeps it from being repaired, a sentence each.

    Args:
        path: the file.
        options: as `read_scene` takes them.

    Raises:
        InputError: if the file cannot be read at all.
        ResourceError: if it does not fit into memory.
    """
    header = read_header(path)
    try:
        scene = read_scene(path, **options)
    except InputError as error:
        return describe_header(header), [str(error)]
    try:
        check_reflectance(scene)
    except ScaleError as error:
        return describe_scene(scene), [str(error)]
    return describe_scene(scene), []
