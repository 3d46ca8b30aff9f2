"""The in-memory contract of a scene."""

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from jaxtyping import Bool, Float, Shaped

from anyband_models.scene.encoding import decode
from anyband_models.scene.meta import SceneMeta


@dataclass(frozen=True, eq=False)
class Scene:
    """An image, its bands and its source.

    Attributes:
        cube: float32 (band, y, x), physical values, NaN = no data; coordinates ``wavelength``
            [nm], ``fwhm`` [nm] and ``good`` (True = usable) along ``band``, in the file's order.
        stored: (band, y, x), the file's own numbers in the file's own type.
        meta: how they were stored.
    """

    cube: xr.DataArray
    stored: Shaped[np.ndarray, "band y x"]
    meta: SceneMeta

    @property
    def values(self) -> Float[np.ndarray, "band y x"]:
        """The physical values; NaN = no data."""
        return self.cube.values

    @property
    def wavelength(self) -> Float[np.ndarray, " band"]:
        """Band centres [nm], in the file's order, which need not be sorted."""
        return self.cube["wavelength"].values

    @property
    def fwhm(self) -> Float[np.ndarray, " band"]:
        """Full widths at half maximum [nm]; NaN where not known."""
        return self.cube["fwhm"].values

    @property
    def good(self) -> Bool[np.ndarray, " band"]:
        """The file's bad-band list: True = usable."""
        return self.cube["good"].values

    def with_stored(self, stored: Shaped[np.ndarray, "band y x"]) -> "Scene":
        """Return the same scene with other stored numbers of the same type and shape."""
        if stored.dtype != self.stored.dtype:
            raise TypeError(f"stored numbers are {self.stored.dtype}, not {stored.dtype}")
        cube = self.cube.copy(data=decode(stored, self.meta))
        return replace(self, cube=cube, stored=stored)


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
    coords = {
        "wavelength": ("band", np.asarray(wavelength, dtype=np.float64)),
        "fwhm": ("band", np.full(bands, np.nan) if fwhm is None else np.asarray(fwhm, np.float64)),
        "good": ("band", np.ones(bands, dtype=bool) if good is None else np.asarray(good, bool)),
    }
    cube = xr.DataArray(decode(stored, meta), dims=("band", "y", "x"), coords=coords)
    if meta.crs:
        cube = cube.assign_coords(spatial_ref=((), 0, {"crs_wkt": meta.crs}))
    return Scene(cube, stored, meta)
