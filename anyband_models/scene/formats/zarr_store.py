"""Zarr stores as xarray writes them: one variable (band, y, x) and its coordinates.

``wavelength``, ``fwhm`` and ``good`` along the bands, scale and no-data value as the CF
conventions name them, the coordinate system in ``spatial_ref``. `Scene.cube`, written by
``to_dataset(name="cube").to_zarr(path)``, comes back.
"""

import base64
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.formats.header import SceneHeader, check_dtype, fitting_nodata
from anyband_models.scene.formats.memory import check_memory
from anyband_models.scene.formats.zarr_arrays import StoredArray, open_arrays
from anyband_models.scene.formats.zarr_map import read_map
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.wavelengths import StatedBands, power_to_nm, shift

AXES = (
    ("band", "bands", "wavelength", "wavelengths", "channel"),
    ("y", "lat", "latitude", "row", "rows"),
    ("x", "lon", "longitude", "col", "cols"),
)
SAVE = "save the one to read as the only variable of a store, with dimensions band, y and x"


@dataclass(frozen=True, eq=False)
class Cube:
    """The variable that holds the scene.

    Attributes:
        stored: the variable.
        order: where its axes band, y and x stand among its own.
    """

    stored: StoredArray
    order: tuple[int, int, int]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of bands, lines and columns."""
        bands, lines, columns = (self.stored.shape[axis] for axis in self.order)
        return bands, lines, columns

    @property
    def along_bands(self) -> tuple[str, ...]:
        """The axes of a list with one entry a band."""
        return (self.stored.dims[self.order[0]],)


def read_header(path: Path) -> SceneHeader:
    """Return what the store says beside the pixels.

    Raises:
        InputError: if it cannot be read, holds no or several cubes, or a list that does not fit.
        ResourceError: if a chunk of it does not fit into memory.
    """
    arrays = open_arrays(path)
    cube = _cube(arrays, path)
    check_dtype(cube.stored.dtype, str(path))
    if 0 in cube.shape:
        raise InputError(f"{path}: {cube.stored.name} has the shape {cube.stored.shape}")
    cube.stored.check_readable()
    check_memory(cube.shape[:1], np.dtype("f8"), f"the list of bands in {path}")
    read = partial(_load, cube)
    return SceneHeader(cube.shape, _bands(arrays, cube), _meta(arrays, cube), read, read)


def _load(cube: Cube, rows: slice | None = None, cols: slice | None = None) -> np.ndarray:
    wanted = (slice(None), rows or slice(None), cols or slice(None))
    where = [wanted[cube.order.index(axis)] for axis in range(3)]
    return np.ascontiguousarray(cube.stored.read(*where).transpose(cube.order))


def _cube(arrays: Mapping[str, StoredArray], path: Path) -> Cube:
    """The only variable of three dimensions; numbers go before what else there may be."""
    deep = [array for array in arrays.values() if len(array.shape) == 3]
    deep = [array for array in deep if array.dtype.kind in "iufc"] or deep
    if not deep:
        raise InputError(f"{path} holds no variable of three dimensions; {SAVE}")
    if len(deep) > 1:
        names = ", ".join(array.name for array in deep)
        raise InputError(f"{path} holds several cubes ({names}); {SAVE}")
    (stored,) = deep
    dims = [name.casefold() for name in stored.dims]
    found = [[place for place, name in enumerate(dims) if name in names] for names in AXES]
    if [len(places) for places in found] != [1, 1, 1]:
        dims_text = ", ".join(name or "(no name)" for name in stored.dims) or "no names"
        raise InputError(
            f"{path}: the dimensions of {stored.name} are {dims_text}; name them band, y and x, "
            "in any order"
        )
    band, y, x = (places[0] for places in found)
    return Cube(stored, (band, y, x))


def _meta(arrays: Mapping[str, StoredArray], cube: Cube) -> SceneMeta:
    stored, bands = cube.stored, cube.shape[0]
    scale, offset = _scaling(stored)
    crs, transform = read_map(arrays, stored)
    return SceneMeta(
        path=str(stored.path),
        driver="Zarr",
        dtype=stored.dtype.str,
        scale=(scale,) * bands,
        offset=(offset,) * bands,
        scale_declared={"scale_factor", "add_offset"} & set(stored.attributes) != set(),
        nodata=fitting_nodata(_nodata(stored), stored.dtype),
        crs=crs,
        transform=transform,
        layout={"zarr_format": stored.version},
    )


def _bands(arrays: Mapping[str, StoredArray], cube: Cube) -> StatedBands:
    names = ("wavelength", "wavelengths", *cube.along_bands)  # the dimension's own, if that is one
    named = [name for name in names if name.casefold().startswith("wavelength") and name in arrays]
    centres, unit = _list(arrays, cube, named[0]) if named else ((), "")
    widths, unit_of_widths = _list(arrays, cube, "fwhm")
    if unit_of_widths and unit_of_widths != unit and centres:
        source = str(cube.stored.path)
        power = power_to_nm(StatedBands(widths, (), unit_of_widths), source)
        power -= power_to_nm(StatedBands(centres, (), unit), source)
        widths = tuple(shift(width, power) for width in widths)
    flags, _ = _list(arrays, cube, "good")
    if not set(flags) <= {0, 1}:
        raise InputError(
            f"{cube.stored.path}: good must be 1 (true) for a good band and 0 (false) for a bad one"
        )
    return StatedBands(centres, widths, unit or unit_of_widths, tuple(flag == 1 for flag in flags))


def _list(
    arrays: Mapping[str, StoredArray], cube: Cube, name: str
) -> tuple[tuple[float, ...], str]:
    """One number a band, and their unit; empty if no such list lies along the bands."""
    listed, bands = arrays.get(name), cube.shape[0]
    if listed is None or listed.dims != cube.along_bands:
        return (), ""
    if listed.shape != (bands,) or listed.dtype.kind not in "biuf":
        raise InputError(
            f"{listed.path}: {name} has the shape {listed.shape} and the type "
            f"{listed.dtype.name}; it must hold {bands} numbers, one a band"
        )
    listed.check_readable()
    scale, offset = _scaling(listed)
    numbers = listed.read()
    if (scale, offset) != (1, 0):
        numbers = numbers * np.float64(scale) + offset
    unit = listed.attributes.get("units", "")
    return tuple(float(number) for number in numbers), unit if isinstance(unit, str) else ""


def _scaling(stored: StoredArray) -> tuple[float, float]:
    """Scale and offset: value = stored x scale + offset."""
    scale = float(_number(stored, "scale_factor", 1))
    offset = float(_number(stored, "add_offset", 0))
    if scale == 0 or not np.isfinite([scale, offset]).all():
        raise InputError(
            f"{stored.path}: {stored.name} has the scale {scale:g} and the offset {offset:g}; "
            "a scale is a finite number other than 0; correct the store"
        )
    return scale, offset


def _nodata(stored: StoredArray) -> float | int | None:
    """The no-data value, where xarray puts it and looks for it.

    In version 2 that is the fill value. 0, which zarr writes where nobody has chosen one, does
    not count: it is a measured number more often than not.
    """
    fill = stored.fill if stored.version == 2 else None
    if isinstance(fill, bool) or not isinstance(fill, int | float) or fill == 0:
        fill = None
    known = [
        _number(stored, key, 0)
        for key in ("_FillValue", "missing_value")
        if key in stored.attributes
    ]
    known = known or ([] if fill is None else [fill])
    different = {repr(value) for value in known}
    if len(different) > 1:
        raise InputError(
            f"{stored.path}: {stored.name} marks missing values with several numbers "
            f"({', '.join(sorted(different))}); keep one of them"
        )
    return known[0] if known else None


def _number(stored: StoredArray, key: str, default: float) -> float | int:
    """An attribute that is one number, which xarray may have put down in base 64."""
    value = stored.attributes.get(key, default)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        value = _decoded(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(
            f"{stored.path}: {key} of {stored.name} is not one number; correct the store"
        )
    return value


def _decoded(text: str) -> float | None:
    """A number that is written as text: in decimal, or its eight bytes in base 64."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return float(struct.unpack("<d", base64.b64decode(text, validate=True))[0])
    except (ValueError, struct.error):
        return None
