"""The in-memory contract of a scene."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float, Float32, Shaped

from anyband_models.scene.encoding import decode
from anyband_models.scene.meta import SceneMeta

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class Scene:
    """An image, its bands and its source.

    Attributes:
        stored: (band, y, x), the file's own numbers in the file's own type.
        meta: how they are stored.
        wavelength: band centres [nm], in the file's order, which need not be sorted; NaN in all
            bands of an image that is written and has none, as one of indices.
        fwhm: full widths at half maximum [nm]; NaN where not known.
        good: the file's bad-band list: True = usable.
    """

    stored: Shaped[np.ndarray, "band y x"]
    meta: SceneMeta
    wavelength: Float[np.ndarray, " band"]
    fwhm: Float[np.ndarray, " band"]
    good: Bool[np.ndarray, " band"]

    @cached_property
    def values(self) -> Float32[np.ndarray, "band y x"]:
        """The physical values; NaN = no data. Decoded when first asked for."""
        return decode(self.stored, self.meta)

    @cached_property
    def cube(self) -> "xr.DataArray":
        """The physical values (band, y, x) with their coordinates.

        Along ``band`` lie ``wavelength`` [nm], ``fwhm`` [nm] and ``good``; ``spatial_ref`` holds
        the CRS.
        """
        import xarray as xr

        along_band = {"wavelength": self.wavelength, "fwhm": self.fwhm, "good": self.good}
        coords = {name: ("band", values) for name, values in along_band.items()}
        cube = xr.DataArray(self.values, dims=("band", "y", "x"), coords=coords)
        if not self.meta.crs:
            return cube
        return cube.assign_coords(spatial_ref=((), 0, {"crs_wkt": self.meta.crs}))

    def with_stored(self, stored: Shaped[np.ndarray, "band y x"]) -> "Scene":
        """Return the same scene with other stored numbers of the same type and shape."""
        if stored.dtype != self.stored.dtype:
            raise TypeError(f"stored numbers are {self.stored.dtype}, not {stored.dtype}")
        return replace(self, stored=stored)


def make_scene(
    stored: Shaped[np.ndarray, "band y x"],
    meta: SceneMeta,
    wavelength: Float[np.ndarray, " band"],
    fwhm: Float[np.ndarray, " band"] | None = None,
    good: Bool[np.ndarray, " band"] | None = None,
) -> Scene:
    """Build a scene from stored numbers: the one way in, for readers and for tests.

    Args:
        stored: (band, y, x), the file's own numbers.
        meta: how they are stored.
        wavelength: band centres [nm], in the file's order.
        fwhm: full widths at half maximum [nm]; not known if left out.
        good: True = usable; all are if left out.
    """
    bands = len(wavelength)
    return Scene(
        stored,
        meta,
        np.asarray(wavelength, dtype=np.float64),
        np.full(bands, np.nan) if fwhm is None else np.asarray(fwhm, dtype=np.float64),
        np.ones(bands, dtype=bool) if good is None else np.asarray(good, dtype=bool),
    )
