"""The files of a repair: the cube, its three layers, and a manifest that vouches for them."""

import hashlib
import json
import math
import platform
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped

from anyband_models.files import Stage
from anyband_models.models.contract import Caution, Origin
from anyband_models.repair.outcome import Outcome
from anyband_models.repair.plan import describe
from anyband_models.scene.folders import LAYERS
from anyband_models.scene.formats import output_files, write_scene
from anyband_models.scene.meta import Quantity
from anyband_models.scene.scene import Scene, make_scene

LIBRARIES = ("anyband", "numpy", "scipy", "torch", "rasterio", "xarray")


def write_outcome(outcome: Outcome, path: Path, stage: Stage) -> list[Path]:
    """Write the repaired cube to ``path`` and, beside it, its layers and its manifest.

    They appear, under the names that `final_paths` gives, when the stage is published.

    Returns:
        The paths under which the files will appear.

    Raises:
        UsageError: if a file stands there already, or the suffix names no format.
    """
    cube, *beside, manifest = final_paths(path)
    write_scene(outcome.scene.with_stored(outcome.stored), cube, stage)
    for layer, final in zip(layers(outcome), beside, strict=True):
        write_scene(layer, final, stage)
    written = dict(stage.pending)
    text = json.dumps(summary(outcome) | {"sha256": hashes(written)}, indent=2, allow_nan=False)
    stage(manifest).write_text(text + "\n", encoding="utf-8")
    return [*written, manifest]


def final_paths(path: Path) -> list[Path]:
    """Return where the files of a repair appear: the cube, its layers, the manifest.

    >>> [path.name for path in final_paths(Path("full.tif"))]
    ['full.tif', 'full.provenance.tif', 'full.caution.tif', 'full.std.tif', 'full.tif.json']
    """
    beside = [path.with_name(f"{path.stem}.{layer}{path.suffix}") for layer in LAYERS]
    return [path, *beside, path.with_name(f"{path.name}.json")]


def every_file(path: Path) -> list[Path]:
    """Return every file that `write_outcome` makes; an ENVI image is two.

    Raises:
        UsageError: if the suffix names no format.
    """
    *images, manifest = final_paths(path)
    return [*(file for image in images for file in output_files(image)), manifest]


def layers(outcome: Outcome) -> list[Scene]:
    """Return the layers as scenes of their own, on the scene's grid, in the order of `LAYERS`."""
    scene, result = outcome.scene, outcome.reconstruction
    return [
        _layer(scene, result.provenance, int(Origin.NO_DATA)),
        _layer(scene, result.caution, None),
        _layer(scene, result.std, float("nan")),
    ]


def _layer(scene: Scene, values: Shaped[np.ndarray, "band y x"], nodata: float | None) -> Scene:
    bands = len(scene.wavelength)
    meta = scene.meta.model_copy(
        update={
            "driver": "MEMORY",
            "dtype": values.dtype.str,
            "scale": (1.0,) * bands,
            "offset": (0.0,) * bands,
            "scale_declared": True,
            "quantity": scene.meta.quantity if values.dtype.kind == "f" else Quantity.DN,
            "nodata": nodata,
            "layout": {},
            "extra": {},
        }
    )
    return make_scene(values, meta, scene.wavelength, scene.fwhm, scene.good)


def summary(outcome: Outcome) -> dict[str, Any]:
    """Return what was done, as numbers and words that JSON can hold."""
    return {
        "scene": outcome.scene.meta.path,
        "quantity": outcome.scene.meta.quantity.value,
        "scale": outcome.scene.meta.scale[0],
        "offset": outcome.scene.meta.offset[0],
        "no_data": _in_json(outcome.scene.meta.nodata),
        "config": outcome.config.model_dump(mode="json"),
        "damage": describe(outcome.damage),
        "entries": outcome.counts,
        "notes": list(outcome.reconstruction.notes),
        "seconds": round(outcome.seconds, 3),
        "versions": versions(),
        "codes": {
            "provenance": {str(int(code)): code.name.lower() for code in Origin},
            "caution": {str(int(code)): (code.name or "").lower() for code in Caution if code},
        },
    }


def _in_json(nodata: float | int | None) -> float | int | None:
    """JSON knows no NaN and no infinity; these are no data in every scene, declared or not."""
    return nodata if nodata is not None and math.isfinite(nodata) else None


def versions() -> dict[str, str]:
    """Return the versions that a result depends on."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def hashes(files: dict[Path, Path]) -> dict[str, str]:
    """Return the sha256 of each file, by its final name; by its path, where names are the same.

    Args:
        files: where each file will appear, and where it stands now.
    """
    count = Counter(final.name for final in files)  # the chunks of a Zarr store are all called 0
    names = [final.name if count[final.name] == 1 else final.as_posix() for final in files]
    with ThreadPoolExecutor() as pool:  # hashlib lets go of the interpreter while it reads
        return dict(zip(names, pool.map(_sha256, files.values()), strict=True))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
