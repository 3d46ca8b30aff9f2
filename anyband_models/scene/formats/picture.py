"""PNG and JPEG: the pictures of a colour or a grey camera, by GDAL.

What a picture stores are display values, which are not proportional to light: a camera, or the
program that saved it, has bent them by a gamma curve, white-balanced them and clipped them, and
JPEG has lost detail. They are therefore counts (``dn``) of scale 1, never reflectance. They stand
as stored: a note in the file that a viewer should turn the picture is passed over.
"""

from functools import partial
from pathlib import Path

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.formats.gdal import Dataset, is_masked, opened
from anyband_models.scene.formats.header import SceneHeader, check_dtype, fitting_nodata
from anyband_models.scene.meta import Quantity, SceneMeta
from anyband_models.scene.wavelengths import StatedBands

# Nominal band centres [nm], for a picture does not say which camera took it, and no camera of
# srf_library stands for all. Red, green and blue are those that true-colour views of imaging
# spectrometers show by custom; the peaks of real cameras lie up to 40 nm away from them. A grey
# band is taken to see the whole of the visible, 400-700 nm, whose middle is 550 nm; the eye's
# sensitivity, after which colour is turned into grey, peaks close by at 555 nm.
CENTRES = {("red", "green", "blue"): (640.0, 550.0, 460.0), ("gray",): (550.0,)}
NAMES = {("red", "green", "blue"): ("red", "green", "blue"), ("gray",): ("grey",)}


def read_header_png(path: Path) -> SceneHeader:
    """Return what a PNG file says of itself.

    Raises:
        InputError: if it is broken, or no plain picture of red, green and blue, or of grey.
    """
    return _read_header(path, "PNG")


def read_header_jpeg(path: Path) -> SceneHeader:
    """Return what a JPEG file says of itself.

    Raises:
        InputError: if it is broken, or no plain picture of red, green and blue, or of grey.
    """
    return _read_header(path, "JPEG")


def _read_header(path: Path, driver: str) -> SceneHeader:
    with opened(path, driver, f"{driver} picture") as source:
        colours = _colours(source, path)
        meta = _meta(source, path, driver, NAMES[colours])
        shape = (source.count, source.height, source.width)
    stated = StatedBands(wavelength=CENTRES[colours], unit="nm")
    read = partial(_load, path, driver)
    return SceneHeader(shape, stated, meta, read, read)


def _load(
    path: Path, driver: str, rows: slice | None = None, cols: slice | None = None
) -> np.ndarray:
    import rasterio

    # GDAL's faster way for whole PNG files decodes a file that is cut off to noise, and says
    # nothing of it; the other way reports it, and reads no row below the last that is asked for.
    with (
        rasterio.Env(GDAL_PNG_WHOLE_IMAGE_OPTIM="NO"),
        opened(path, driver, f"{driver} picture") as source,
    ):
        if rows is None or cols is None:
            return source.read()
        return source.read(window=((rows.start, rows.stop), (cols.start, cols.stop)))


def _colours(source: Dataset, path: Path) -> tuple[str, ...]:
    """What each band shows: one of the keys of `CENTRES`."""
    colours = tuple(colour.name for colour in source.colorinterp)
    if "alpha" in colours or is_masked(source, path):
        raise InputError(
            f"{path} marks missing pixels with a mask or an alpha band; save it without "
            "transparency, or as a GeoTIFF with a no-data value"
        )
    if "palette" in colours:
        raise InputError(
            f"{path} stores the numbers of a palette's colours, not the colours; save it as RGB "
            "or as grey"
        )
    # GDAL turns these into red, green and blue by itself, by a formula that fits no ink.
    space = source.tags(ns="IMAGE_STRUCTURE").get("SOURCE_COLOR_SPACE", "")
    if space in ("CMYK", "YCbCrK"):
        raise InputError(
            f"{path} stores amounts of ink (CMYK), not of light; save it as RGB or as grey"
        )
    if colours not in CENTRES:
        raise InputError(
            f"{path} has the bands {', '.join(colours)}; pictures of red, green and blue, or of "
            "grey alone, are read; save it as one of these"
        )
    return colours


def _meta(source: Dataset, path: Path, driver: str, names: tuple[str, ...]) -> SceneMeta:
    dtype = np.dtype(source.dtypes[0])
    check_dtype(dtype, str(path))
    return SceneMeta(
        path=str(path),
        driver="Picture",
        dtype=dtype.str,
        scale=(1.0,) * source.count,
        offset=(0.0,) * source.count,
        nodata=fitting_nodata(source.nodata, dtype),
        quantity=Quantity.DN,
        band_names=names,
        crs=source.crs.to_wkt() if source.crs else "",
        transform=None if source.transform.is_identity else tuple(source.transform)[:6],
        layout={"format": driver},
    )
