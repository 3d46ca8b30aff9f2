"""Where the scene of a Zarr store lies: the ``spatial_ref`` that rioxarray and GDAL write."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.formats.gdal import quietly
from anyband_models.scene.formats.zarr_arrays import StoredArray

Transform = tuple[float, float, float, float, float, float]


def read_map(arrays: Mapping[str, StoredArray], cube: StoredArray) -> tuple[str, Transform | None]:
    """Return the coordinate system as WKT, empty if there is none, and the pixels' place in it.

    Raises:
        InputError: if one of them is there and cannot be meant.
    """
    name = cube.attributes.get("grid_mapping", "spatial_ref")
    mapping = arrays.get(name) if isinstance(name, str) else None
    if mapping is None:
        return "", None
    told = mapping.attributes
    return _crs(told.get("crs_wkt") or told.get("spatial_ref"), mapping), _transform(
        told.get("GeoTransform"), mapping
    )


def _crs(wkt: Any, mapping: StoredArray) -> str:  # noqa: ANN401  (JSON)
    """Accept what GDAL can write again, and leave it as it stands."""
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    if wkt is None:
        return ""
    try:
        with quietly():
            CRS.from_wkt(wkt)
    except (CRSError, TypeError, ValueError) as error:
        raise InputError(
            f"{mapping.path}: crs_wkt of {mapping.name} is no coordinate system in WKT; correct "
            "or remove it"
        ) from error
    return str(wkt)


def _transform(numbers: Any, mapping: StoredArray) -> Transform | None:  # noqa: ANN401  (JSON)
    """GDAL's order, c a b f d e, to that of affine coefficients."""
    if numbers is None:
        return None
    try:
        c, a, b, f, d, e = map(float, numbers.split() if isinstance(numbers, str) else numbers)
    except (TypeError, ValueError) as error:
        raise _misplaced(mapping) from error
    if not np.isfinite([a, b, c, d, e, f]).all() or a * e == b * d:
        raise _misplaced(mapping)
    return None if (a, b, c, d, e, f) == (1, 0, 0, 0, 1, 0) else (a, b, c, d, e, f)


def _misplaced(mapping: StoredArray) -> InputError:
    return InputError(
        f"{mapping.path}: GeoTransform of {mapping.name} is not six finite numbers that place "
        "pixels; correct or remove it"
    )
