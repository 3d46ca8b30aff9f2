"""What a file holds, in words and numbers."""

from typing import Any

import numpy as np

from anyband_models.damage.detect import detect
from anyband_models.repair.plan import describe
from anyband_models.scene.formats.header import SceneHeader
from anyband_models.scene.scene import Scene


def describe_header(header: SceneHeader) -> dict[str, Any]:
    """Return the facts that stand before the pixels; damage is not known (None)."""
    meta = header.meta
    bands, rows, columns = header.shape
    return {
        "format": meta.driver,
        "bands": bands,
        "rows": rows,
        "columns": columns,
        "dtype": meta.dtype,
        "scale": _one_or_range(meta.scale),
        "offset": _one_or_range(meta.offset),
        "no_data": meta.nodata,
        "band_names": list(meta.band_names),
        "crs": _crs(meta.crs),
        "damage": None,
    }


def describe_scene(scene: Scene) -> dict[str, Any]:
    """Return the facts of a scene: its grid, its bands, its scale, its damage."""
    bands, rows, columns = scene.stored.shape
    meta, damage = scene.meta, detect(scene)
    sound = scene.values[~damage.missing]
    return {
        "format": meta.driver,
        "bands": bands,
        "rows": rows,
        "columns": columns,
        "dtype": meta.dtype,
        "quantity": meta.quantity.value,
        "scale": _one_or_range(meta.scale),
        "offset": _one_or_range(meta.offset),
        "no_data": meta.nodata,
        "values": [float(sound.min()), float(sound.max())] if sound.size else [],
        "wavelengths_nm": [float(scene.wavelength.min()), float(scene.wavelength.max())],
        "wavelengths_sorted": bool(np.all(np.diff(scene.wavelength) > 0)),
        "widths_known": int(np.isfinite(scene.fwhm).sum()),
        "marked_bad": int((~scene.good).sum()),
        "crs": _crs(meta.crs),
        "empty_bands": [band + 1 for band in damage.empty_bands],
        "empty_pixels": int(damage.empty_pixels.sum()),
        "damage": describe(damage),
    }


def _crs(wkt: str) -> str:
    return wkt.split('"')[1] if '"' in wkt else "none"


def _one_or_range(numbers: tuple[float, ...]) -> float | list[float]:
    low, high = min(numbers), max(numbers)
    return low if low == high else [low, high]
