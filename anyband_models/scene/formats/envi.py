"""ENVI: raw numbers, and a header beside them."""

from functools import partial
from pathlib import Path

import numpy as np

from anyband_models.errors import InputError
from anyband_models.files import Stage
from anyband_models.scene.formats import envi_header
from anyband_models.scene.formats.envi_fields import STRUCTURE, check_writable, header_text
from anyband_models.scene.formats.envi_files import output_pair, pair
from anyband_models.scene.formats.envi_header import AXES, Fields, Geometry
from anyband_models.scene.formats.envi_map import read_map
from anyband_models.scene.formats.header import SceneHeader
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import Scene


def read_header(path: Path) -> SceneHeader:
    """Return what the header says, once the size of the data file agrees with it.

    Raises:
        InputError: if one of the two files is missing, or a field is not what it must be.
    """
    header, data = pair(path)
    fields = envi_header.read_fields(header)
    where = envi_header.geometry(fields, str(header))
    if data.stat().st_size != where.bytes:
        raise InputError(
            f"{data} has {data.stat().st_size} bytes, but {where.bytes} are expected from "
            f"{header.name}; the file is cut off, or the header belongs to another one"
        )
    bands = where.shape[0]
    stated = envi_header.stated_bands(fields, bands, str(header))
    meta = _meta(path, fields, where)
    return SceneHeader(
        where.shape, stated, meta, partial(_load, data, where), partial(_window, data, where)
    )


def _meta(path: Path, fields: Fields, where: Geometry) -> SceneMeta:
    source, bands = str(path), where.shape[0]
    scale, offset, declared = envi_header.scaling(fields, bands, source)
    crs, transform = read_map(fields, source)
    return SceneMeta(
        path=source,
        driver="ENVI",
        dtype=where.dtype.str,
        scale=scale,
        offset=offset,
        scale_declared=declared,
        nodata=envi_header.nodata(fields, where.dtype, source),
        quantity=envi_header.quantity(fields),
        band_names=envi_header.band_names(fields, bands, source),
        crs=crs,
        transform=transform,
        layout={"interleave": where.interleave},
        extra={"header": {key: text for key, text in fields.items() if key not in STRUCTURE}},
    )


def _load(data: Path, where: Geometry) -> np.ndarray:
    axes = AXES[where.interleave]
    try:
        numbers = np.fromfile(data, where.dtype, offset=where.offset)
    except OSError as error:
        raise InputError(f"{data} cannot be read: {error.strerror}") from error
    in_file = numbers.reshape([where.shape[axis] for axis in axes])
    return np.ascontiguousarray(in_file.transpose(np.argsort(axes)))


def _window(data: Path, where: Geometry, rows: slice, cols: slice) -> np.ndarray:
    axes = AXES[where.interleave]
    shape = tuple(where.shape[axis] for axis in axes)
    try:
        numbers = np.memmap(data, where.dtype, "r", where.offset, shape)
    except OSError as error:
        raise InputError(f"{data} cannot be read: {error.strerror}") from error
    return np.array(numbers.transpose(np.argsort(axes))[:, rows, cols])


def write(scene: Scene, final: Path, stage: Stage) -> None:
    """Write the data file, then the header.

    ENVI has no signed 8-bit type; such numbers are written as 16-bit ones, unchanged.

    Raises:
        UsageError: if the header cannot describe the scene.
    """
    check_writable(scene)
    header, data = output_pair(final)
    interleave = _interleave(scene, data)
    stored = scene.stored.astype(np.int16) if scene.stored.dtype == np.int8 else scene.stored
    with stage(data).open("wb") as file:
        file.write(np.ascontiguousarray(stored.transpose(AXES[interleave])).data)
    text = header_text(scene, stored.dtype, interleave)
    stage(header).write_text(text, encoding="utf-8", newline="\n")


def _interleave(scene: Scene, data: Path) -> str:
    named = data.suffix.lower().removeprefix(".")
    kept = scene.meta.layout.get("interleave") if scene.meta.driver == "ENVI" else None
    return named if named in AXES else kept or "bsq"
