"""What a file holds, in words and numbers."""

from typing import Any

import numpy as np

from anyband_models.damage.detect import detect
from anyband_models.repair.plan import describe
from anyband_models.scene.formats.header import SceneHeader
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import Scene


def describe_header(header: SceneHeader) -> dict[str, Any]:
    """Return the facts that stand before the pixels; damage is not known (None)."""
    names = list(header.meta.band_names)
    return {**_stored(header.meta, header.shape), "band_names": names, "damage": None}


def describe_scene(scene: Scene) -> dict[str, Any]:
    """Return the facts of a scene: its grid, its bands, its scale, its damage."""
    bands, rows, columns = scene.stored.shape
    damage = detect(scene)
    sound = scene.values[~damage.missing]
    return {
        **_stored(scene.meta, (bands, rows, columns)),
        "quantity": scene.meta.quantity.value,
        "values": [float(sound.min()), float(sound.max())] if sound.size else [],
        "wavelengths_nm": [float(scene.wavelength.min()), float(scene.wavelength.max())],
        "wavelengths_sorted": bool(np.all(np.diff(scene.wavelength) > 0)),
        "widths_known": int(np.isfinite(scene.fwhm).sum()),
        "marked_bad": int((~scene.good).sum()),
        "empty_bands": [band + 1 for band in damage.empty_bands],
        "empty_pixels": int(damage.empty_pixels.sum()),
        "damage": describe(damage),
    }


def _stored(meta: SceneMeta, shape: tuple[int, int, int]) -> dict[str, Any]:
    return {
        "format": meta.driver,
        **dict(zip(("bands", "rows", "columns"), shape, strict=True)),
        "dtype": meta.dtype,
        "scale": _one_or_range(meta.scale),
        "offset": _one_or_range(meta.offset),
        "no_data": meta.nodata,
        "crs": _crs(meta.crs),
    }


def _crs(wkt: str) -> str:
    return wkt.split('"')[1] if '"' in wkt else "none"


def _one_or_range(numbers: tuple[float, ...]) -> float | list[float]:
    low, high = min(numbers), max(numbers)
    return low if low == high else [low, high]
