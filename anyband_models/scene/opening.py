"""A scene by its file or its name, of values that can be what they claim."""

from pathlib import Path
from typing import Any

from anyband_models.errors import UsageError
from anyband_models.scene.examples import EXAMPLES
from anyband_models.scene.formats import open_windows, read_scene
from anyband_models.scene.scale import check_reflectance
from anyband_models.scene.scene import Scene
from anyband_models.scene.windows import WindowedScene


def open_scene(path: Path, **options: Any) -> Scene:  # noqa: ANN401  (as `read_scene` has them)
    """Return a scene by its file; or by its name, if it comes with a package and no file has it.

    Args:
        path: of the file, or a name of `EXAMPLES`.
        options: what the file does not say of itself, as `read_scene` takes it; None where its own
            word counts.

    Raises:
        UsageError: if something is said of a scene that needs nothing said.
        ScaleError: if its values cannot be reflectance, and nobody has said what they are.
        InputError, ResourceError: as `read_scene` does.
    """
    if (name := str(path)) in EXAMPLES and not path.exists():
        if any(value is not None for value in options.values()):
            raise UsageError(f"{name} needs no scale and the like; leave these options out")
        return EXAMPLES[name]()
    scene = read_scene(path, **options)
    check_reflectance(scene)
    return scene


def open_windowed(
    path: Path,
    **options: Any,  # noqa: ANN401  (as above)
) -> Scene | WindowedScene:
    """Return a scene of which only some windows are read, to see that its values can be.

    One that comes with a package is there as a whole.

    Raises:
        ScaleError: as `open_scene` does, of these windows.
        UsageError, InputError: as `open_windows` does.
    """
    if str(path) in EXAMPLES and not path.exists():
        return open_scene(path, **options)
    scene = open_windows(path, **options)
    check_reflectance(scene.sample)
    return scene
