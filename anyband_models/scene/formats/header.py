"""What a file says of itself before its pixels are read."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.wavelengths import StatedBands


@dataclass(frozen=True, eq=False)
class SceneHeader:
    """A scene without its pixels.

    Attributes:
        shape: numbers of bands, lines and columns.
        bands: the bands as the file states them, unchecked.
        meta: how the pixels are stored.
        load: reads the stored numbers, (band, y, x).
        window: reads those of some rows and columns, and nothing else; None where the format
            does not allow that.
    """

    shape: tuple[int, int, int]
    bands: StatedBands
    meta: SceneMeta
    load: Callable[[], np.ndarray]
    window: Callable[[slice, slice], np.ndarray] | None = None

    @property
    def dtype(self) -> np.dtype:
        """The stored type, byte order included."""
        return np.dtype(self.meta.dtype)


def check_dtype(dtype: np.dtype, path: str) -> None:
    """Accept whole numbers and 32- or 64-bit fractions.

    Raises:
        InputError: if the numbers are of another kind, such as complex ones.
    """
    if dtype.kind in "iu" or (dtype.kind == "f" and dtype.itemsize in (4, 8)):
        return
    raise InputError(f"{path} stores {dtype.name} values; integers, float32 and float64 are read")


def fitting_nodata(value: float | int | None, dtype: np.dtype) -> float | int | None:
    """Return a no-data value as the stored type has it; None where the type cannot hold it.

    >>> fitting_nodata(-9999.0, np.dtype("int16")), fitting_nodata(-9999, np.dtype("uint16"))
    (-9999, None)
    """
    if value is None:
        return None
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            held = float(dtype.type(value))
        return None if np.isinf(held) and abs(value) < np.inf else held
    if isinstance(value, float) and not value.is_integer():
        return None
    limits = np.iinfo(dtype)
    return int(value) if limits.min <= value <= limits.max else None
