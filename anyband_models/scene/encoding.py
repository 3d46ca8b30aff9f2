"""Stored numbers to physical values and back: the one place where the zoo applies a scale."""

import math

import numpy as np
from jaxtyping import Bool, Float, Float32, Shaped

from anyband_models.scene.meta import SceneMeta


def decode(
    stored: Shaped[np.ndarray, "band y x"], meta: SceneMeta
) -> Float32[np.ndarray, "band y x"]:
    """Return ``stored x scale + offset`` with NaN where there are no data, or not a finite value.

    Computed in float64 and rounded once, so that the result is the nearest float32.
    """
    values = np.empty(stored.shape, dtype=np.float32)
    for band, (scale, offset) in enumerate(zip(meta.scale, meta.offset, strict=True)):
        plane = stored[band]
        plain = (scale, offset) == (1, 0)
        with np.errstate(over="ignore", invalid="ignore"):  # float64 reaches beyond float32
            values[band] = plane if plain else plane * np.float64(scale) + offset
        values[band][is_nodata(plane, meta.nodata) | ~np.isfinite(values[band])] = np.nan
    return values


def is_nodata(
    stored: Shaped[np.ndarray, "*shape"], nodata: float | int | None
) -> Bool[np.ndarray, "*shape"]:
    """Return where a stored number is the no-data value, or is NaN or infinite."""
    empty = np.zeros(stored.shape, dtype=bool)
    if np.issubdtype(stored.dtype, np.floating):
        empty |= ~np.isfinite(stored)
    if nodata is not None and np.isfinite(nodata):
        # The value as the file's own type has it: -9999.9 is not -9999.9 in float32.
        limits = np.iinfo(stored.dtype) if stored.dtype.kind in "iu" else None
        if limits is None or (limits.min <= nodata <= limits.max and nodata == int(nodata)):
            with np.errstate(over="ignore"):
                empty |= stored == np.asarray(nodata).astype(stored.dtype)
    return empty


def encode(
    values: Float[np.ndarray, "band y x"],
    where: Bool[np.ndarray, "band y x"],
    stored: Shaped[np.ndarray, "band y x"],
    meta: SceneMeta,
) -> Shaped[np.ndarray, "band y x"]:
    """Return ``stored`` with physical ``values`` put in ``where``, and nothing else changed.

    Integers are rounded, and all are held inside their type. A value that would come out as the
    no-data value is moved to its neighbour, for it does hold data.
    """
    result = stored.copy()
    for band, (scale, offset) in enumerate(zip(meta.scale, meta.offset, strict=True)):
        here = where[band]
        if not here.any():
            continue
        numbers = (values[band][here].astype(np.float64) - offset) / scale
        result[band][here] = _to_dtype(numbers, stored.dtype, meta.nodata)
    return result


def _to_dtype(
    numbers: Float[np.ndarray, " n"], dtype: np.dtype, nodata: float | int | None
) -> Shaped[np.ndarray, " n"]:
    if dtype.kind not in "iu":
        largest = float(np.finfo(dtype).max)
        result = np.clip(numbers, -largest, largest).astype(dtype)
        if nodata is not None:
            taken = result == np.asarray(nodata).astype(dtype)
            result[taken] = np.nextafter(result[taken], np.asarray(np.inf, dtype))
        return result
    limits = np.iinfo(dtype)
    largest = float(limits.max)
    if largest > limits.max:  # 2**63 - 1 and 2**64 - 1 are no float64
        largest = math.nextafter(largest, 0)
    result = np.clip(np.rint(numbers), limits.min, largest).astype(dtype)
    if nodata is not None:
        step = 1 if nodata < limits.max else -1
        taken = result == nodata
        result[taken] = (result[taken].astype(np.int64) + step).astype(dtype)
    return result
