"""GeoTIFF, by GDAL, which is told to take the file for nothing else.

A sidecar ``x.tif.aux.xml`` is read: GDAL and QGIS keep the no-data value and tags of read-only
files there, and it can name no other file. A mask beside the file (``x.tif.msk``) is refused,
for GDAL would open it as whatever it looks like. Ground control points are carried along.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.formats.band_names import named_bands
from anyband_models.scene.formats.gdal import Dataset, is_masked, opened
from anyband_models.scene.formats.geotiff_tags import OWN, Tags, other_tags, stated_bands
from anyband_models.scene.formats.header import SceneHeader, check_dtype, fitting_nodata
from anyband_models.scene.meta import Quantity, SceneMeta

EXACT_IN_FLOAT64 = 2**53


def read_header(path: Path) -> SceneHeader:
    """Return what the file says of itself.

    Raises:
        InputError: if it is broken, or holds something else than one image of numbers.
    """
    with opened(path, "GTiff", "GeoTIFF") as source:
        _check_plain(source, path)
        tags = _all_tags(source)
        stated, meta = stated_bands(tags, str(path)), _meta(source, path, tags)
        shape = (source.count, source.height, source.width)
    stated = (
        stated if stated.wavelength else replace(named_bands(meta.band_names), good=stated.good)
    )
    return SceneHeader(shape, stated, meta, partial(_load, path), partial(_load, path))


def _load(path: Path, rows: slice | None = None, cols: slice | None = None) -> np.ndarray:
    with opened(path, "GTiff", "GeoTIFF") as source:
        if rows is None or cols is None:
            return source.read()
        return source.read(window=((rows.start, rows.stop), (cols.start, cols.stop)))


def _check_plain(source: Dataset, path: Path) -> None:
    if len(set(source.dtypes)) > 1:
        raise InputError(f"{path} stores its bands in different types; save them in one type")
    if source.dtypes[0].startswith("complex"):
        raise InputError(f"{path} stores complex values; integers, float32 and float64 are read")
    check_dtype(np.dtype(source.dtypes[0]), str(path))
    if source.subdatasets:
        raise InputError(f"{path} holds several images; save the one to read as a file of its own")
    if is_masked(source, path):
        raise InputError(
            f"{path} marks missing pixels with a mask or an alpha band; "
            "save it with a no-data value"
        )


def _all_tags(source: Dataset) -> list[Tags]:
    """The tags of the file, then those of each band, by namespace."""
    return [
        {space: source.tags(band, ns=space) for space in ("", *source.tag_namespaces(band))}
        for band in range(source.count + 1)
    ]


def _meta(source: Dataset, path: Path, tags: list[Tags]) -> SceneMeta:
    dtype = np.dtype(source.dtypes[0])
    own = tags[0].get(OWN, {})
    scale, offset = tuple(map(float, source.scales)), tuple(map(float, source.offsets))
    if not np.isfinite(scale + offset).all() or 0 in scale:
        raise InputError(f"{path}: the scale of a band is 0 or not finite; correct the file")
    names = tuple(name or "" for name in source.descriptions)
    return SceneMeta(
        path=str(path),
        driver="GTiff",
        dtype=dtype.str,
        scale=scale,
        offset=offset,
        scale_declared=set(scale) != {1} or set(offset) != {0} or "scale_declared" in own,
        nodata=_nodata(source.nodata, dtype, path),
        quantity=_quantity(own),
        band_names=names if any(names) else (),
        crs=source.crs.to_wkt() if source.crs else "",
        transform=None if source.transform.is_identity else tuple(source.transform)[:6],
        layout=_layout(source, tags[0], path),
        extra=_extra(source, tags),
    )


def _quantity(own: dict[str, str]) -> Quantity:
    text = own.get("quantity", "")
    return Quantity(text) if text in set(Quantity) else Quantity.REFLECTANCE


def _nodata(value: float | None, dtype: np.dtype, path: Path) -> float | int | None:
    """GDAL's Python side hands no-data values on as float64."""
    if value is not None and dtype.name in ("int64", "uint64") and abs(value) > EXACT_IN_FLOAT64:
        raise InputError(
            f"{path} has the no-data value {value:.17g}, too large for a GeoTIFF's 64-bit "
            "integers to be read exactly; save it with another one"
        )
    return fitting_nodata(value, dtype)


def _layout(source: Dataset, tags: Tags, path: Path) -> dict[str, Any]:
    structure = tags.get("IMAGE_STRUCTURE", {})
    with path.open("rb") as file:
        big_endian = file.read(2) == b"MM"
    rows, columns = source.block_shapes[0]
    colours = [colour.name for colour in source.colorinterp[:3]]
    return {
        "cog": structure.get("LAYOUT") == "COG",
        "interleave": structure.get("INTERLEAVE", "PIXEL").lower(),
        "compress": structure.get("COMPRESSION", "none").lower(),
        "predictor": structure.get("PREDICTOR", "1"),
        "tiled": bool(source.profile.get("tiled")),
        "block": [rows, columns],
        "big_endian": big_endian,
        "rgb": colours == ["red", "green", "blue"],
    }


def _extra(source: Dataset, tags: list[Tags]) -> dict[str, Any]:
    points, crs = source.gcps
    gcps = [[p.row, p.col, p.x, p.y, p.z, p.id, p.info] for p in points]
    return {
        "tags": other_tags(tags[0]),
        "band_tags": [other_tags(band) for band in tags[1:]],
        "units": [unit or "" for unit in source.units],
        "gcps": gcps,
        "gcps_crs": crs.to_wkt() if crs else "",
    }
