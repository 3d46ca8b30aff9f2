"""A scene in the bands of another sensor."""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool

from anyband_models.errors import InputError, UsageError
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import Scene, make_scene
from srf_library import ResponseMatrix, Sensor, response_matrix
from srf_library.resampling import Method, OnPartial

# Pixels at a time: their spectra, a copy and a mask stay within some 100 MB for 200 bands.
CHUNK = 50_000


def with_width(scene: Scene, fwhm: float | None) -> Scene:
    """Return a scene with a width [nm] for the bands of which the file gives none.

    Raises:
        UsageError: if it is not positive.
    """
    if fwhm is None:
        return scene
    if not 0 < fwhm < np.inf:
        raise UsageError(f"--fwhm {fwhm:g} is impossible; give the width of the bands in nm")
    return replace(scene, fwhm=np.where(np.isnan(scene.fwhm), fwhm, scene.fwhm))


def resample_scene(
    scene: Scene,
    missing: Bool[np.ndarray, "band y x"],
    sensor: Sensor,
    method: Method = "integral-cubic",
    on_partial: OnPartial = "nan",
) -> tuple[Scene, ResponseMatrix]:
    """Return a scene in a sensor's bands, and the matrix from its bands that are not all missing.

    The result holds float32 values, NaN = no data, on the scene's grid; CRS, transform and
    quantity are the scene's. Bands that the scene does not cover hold no data and are not good.
    The scene's own wavelengths and widths count, whatever the library says of its sensor.

    Args:
        scene: as it was read.
        missing: True = not there, or not to be trusted.
        sensor: whose bands are to come out.
        method: how a spectrum runs between the scene's bands.
        on_partial: what to do with bands that the scene does not cover.

    Raises:
        InputError: if the scene holds no data.
        CoverageError: if no band is covered, or, with ``on_partial="raise"``, one is not.
    """
    used = np.flatnonzero(~missing.all(axis=(1, 2)))
    if not used.size:
        raise InputError(f"{scene.meta.path or 'the scene'} holds no data in any band")
    wavelength, fwhm = scene.wavelength[used], scene.fwhm[used]
    matrix = response_matrix(sensor, wavelength, fwhm, method, on_partial)
    _, rows, columns = scene.stored.shape
    pixels, gone = (cube.reshape(len(cube), -1) for cube in (scene.values, missing))
    result = np.empty((len(sensor), rows * columns), dtype=np.float32)
    for start in range(0, rows * columns, CHUNK):
        part = slice(start, start + CHUNK)
        spectra = np.where(gone[used, part], np.nan, pixels[used, part])
        result[:, part] = matrix(spectra.T).T
    stored = result.reshape(len(sensor), rows, columns)
    centroids, widths = np.array([(band.centroid, band.fwhm) for band in sensor]).T
    return make_scene(stored, _meta(scene, sensor), centroids, widths, matrix.usable), matrix


def _meta(scene: Scene, sensor: Sensor) -> SceneMeta:
    return SceneMeta(
        scale=(1.0,) * len(sensor),
        offset=(0.0,) * len(sensor),
        scale_declared=True,
        nodata=float("nan"),
        quantity=scene.meta.quantity,
        band_names=sensor.names,
        crs=scene.meta.crs,
        transform=scene.meta.transform,
    )
