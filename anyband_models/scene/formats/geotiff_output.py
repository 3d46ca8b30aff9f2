"""A GeoTIFF to be written: laid out as the source was, if that was one."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from anyband_models.errors import ResourceError, UsageError
from anyband_models.files import Stage
from anyband_models.scene.formats.gdal import Dataset, quietly
from anyband_models.scene.formats.geotiff import EXACT_IN_FLOAT64
from anyband_models.scene.formats.geotiff_tags import Tags, own_tags
from anyband_models.scene.scene import Scene

# Compressions that give back the numbers as they were.
LOSSLESS = {"deflate", "lzw", "zstd", "packbits", "lzma"}
TILE = 256  # pixels; viewers read windows


def check_writable(scene: Scene) -> None:
    """Accept a scene that a GeoTIFF can hold.

    Raises:
        UsageError: if GDAL would not write the no-data value exactly.
    """
    nodata, dtype = scene.meta.nodata, scene.stored.dtype
    if nodata is not None and dtype.kind in "iu" and abs(nodata) > EXACT_IN_FLOAT64:
        raise UsageError(
            f"the no-data value {nodata} is too large for a GeoTIFF to hold exactly; "
            "write an ENVI file (.hdr)"
        )


def write(scene: Scene, final: Path, stage: Stage) -> None:
    """Write one file; tags come before pixels, so that its directory stands at the front.

    Raises:
        UsageError: if a GeoTIFF cannot hold the scene.
        ResourceError: if the file could not be written.
    """
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.io import MemoryFile

    check_writable(scene)
    try:
        # Made in memory, for GDAL does not say so when a disk is full at the end of a file.
        # Without PAM everything goes into the file itself, and no sidecar is left.
        with quietly(), rasterio.Env(GDAL_PAM_ENABLED="NO"), MemoryFile() as memory:
            with memory.open(**_profile(scene)) as sink:
                _describe(sink, scene)
                sink.write(scene.stored.astype(scene.stored.dtype.newbyteorder("="), copy=False))
            stage(final).write_bytes(memory.getbuffer())
    except RasterioError as error:
        raise ResourceError(f"{final} could not be written ({error})") from error


def _profile(scene: Scene) -> dict[str, Any]:
    bands, height, width = scene.stored.shape
    return {
        "count": bands,
        "height": height,
        "width": width,
        "dtype": scene.stored.dtype.name,
        "nodata": scene.meta.nodata,
        **_place(scene),
        **(_kept_layout(scene) if scene.meta.driver == "GTiff" else _new_layout(height, width)),
        "BIGTIFF": "IF_SAFER",
    }


def _place(scene: Scene) -> dict[str, Any]:
    from affine import Affine

    place: dict[str, Any] = {}
    if scene.meta.crs:
        place["crs"] = scene.meta.crs
    if scene.meta.transform:
        place["transform"] = Affine(*scene.meta.transform)
    return place


def _new_layout(height: int, width: int) -> dict[str, Any]:
    tiles = {"tiled": True, "blockxsize": TILE, "blockysize": TILE}
    return {
        "driver": "GTiff",
        "interleave": "band",
        "compress": "deflate",
        "zlevel": 1,
        "photometric": "minisblack",
        **(tiles if min(height, width) >= TILE else {}),
    }


def _kept_layout(scene: Scene) -> dict[str, Any]:
    layout = scene.meta.layout
    compress, (rows, columns) = layout["compress"], layout["block"]
    kept = compress if compress in LOSSLESS | {"none"} else "deflate"
    options: dict[str, Any] = {"compress": kept}
    if kept == "deflate":
        options["level" if layout["cog"] else "zlevel"] = 1
    if kept == compress and kept in {"deflate", "lzw", "zstd"}:
        options["predictor"] = layout["predictor"]
    if layout["cog"]:
        return {"driver": "COG", "blocksize": columns, **options}
    blocks = {"tiled": True, "blockxsize": columns} if layout["tiled"] else {}
    return {
        "driver": "GTiff",
        "interleave": layout["interleave"],
        "blockysize": rows,
        "endianness": "BIG" if layout["big_endian"] else "LITTLE",
        "photometric": "rgb" if layout["rgb"] else "minisblack",
        "alpha": "no",
        **blocks,
        **options,
    }


def _describe(sink: Dataset, scene: Scene) -> None:
    meta = scene.meta
    for band, tags in enumerate(_all_tags(scene)):
        for space, named in tags.items():
            sink.update_tags(band, ns=space or None, **named)
    if set(meta.scale) != {1} or set(meta.offset) != {0}:
        sink.scales, sink.offsets = meta.scale, meta.offset
    if any(meta.band_names):
        sink.descriptions = meta.band_names
    if meta.driver == "GTiff":
        _describe_source(sink, meta.extra)


def _describe_source(sink: Dataset, extra: dict[str, Any]) -> None:
    from rasterio.control import GroundControlPoint
    from rasterio.crs import CRS

    if any(extra["units"]):
        sink.units = extra["units"]
    if extra["gcps"]:
        names = ("row", "col", "x", "y", "z", "id", "info")
        points = [GroundControlPoint(**dict(zip(names, p, strict=True))) for p in extra["gcps"]]
        sink.gcps = points, CRS.from_wkt(extra["gcps_crs"]) if extra["gcps_crs"] else CRS()


def _all_tags(scene: Scene) -> list[Tags]:
    """The tags of the file, then those of each band: the source's, and ours over them."""
    kept: list[Tags] = [{} for _ in range(len(scene.stored) + 1)]
    if scene.meta.driver == "GTiff":
        kept = [scene.meta.extra["tags"], *scene.meta.extra["band_tags"]]
    return [_merged(old, new) for old, new in zip(kept, own_tags(scene), strict=True)]


def _merged(old: Tags, new: Tags) -> Tags:
    merged: Tags = defaultdict(dict)
    for tags in (old, new):
        for space, named in tags.items():
            merged[space] = merged[space] | named
    return {space: named for space, named in merged.items() if named}
