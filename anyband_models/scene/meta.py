"""How a source file stored a scene."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel


class Quantity(StrEnum):
    """What the values of a scene are. Only reflectance has a scale that can be checked."""

    REFLECTANCE = "reflectance"
    RADIANCE = "radiance"
    DN = "dn"


Driver = Literal["ENVI", "GTiff", "MAT", "NPZ", "Picture", "Zarr", "MEMORY"]


class SceneMeta(BaseModel, frozen=True, extra="forbid"):
    """How the source file stored the scene: what is needed to write it back as it was.

    Attributes:
        path: where the scene was read from; empty for one made in memory.
        driver: the format that it was read with.
        dtype: NumPy name of the stored type, byte order included (``"<i2"``).
        scale: value = stored x scale + offset, one number a band [quantity per stored unit].
        offset: see ``scale`` [quantity].
        scale_declared: whether the file or the user stated scale and offset.
        nodata: the stored value that stands for "no data", if there is one.
        quantity: what the values are.
        band_names: one a band; empty if the file has none.
        crs: coordinate reference system as WKT; empty if there is none.
        transform: affine coefficients (a, b, c, d, e, f) from pixel to map, if there are any.
        layout: how the format arranges the numbers (interleave, compression, tiling, ...).
        extra: the format's other metadata, untouched, for the writer of the same format.
    """

    path: str = ""
    driver: Driver = "MEMORY"
    dtype: str = "<f4"
    scale: tuple[float, ...]
    offset: tuple[float, ...]
    scale_declared: bool = False
    nodata: float | int | None = None
    quantity: Quantity = Quantity.REFLECTANCE
    band_names: tuple[str, ...] = ()
    crs: str = ""
    transform: tuple[float, float, float, float, float, float] | None = None
    layout: dict[str, Any] = {}
    extra: dict[str, Any] = {}
