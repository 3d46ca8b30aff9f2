"""Where the bands of a scene lie: by its file, a user's table, or the name of its sensor."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.errors import InputError
from anyband_models.jobs.responses import find_sensor
from anyband_models.scene.formats import read_header
from anyband_models.scene.formats.header import SceneHeader
from anyband_models.scene.wavelengths import centres_in_nm, read_wavelength_table, widths_in_nm
from physops import Bands
from srf_library import NotShippedError, Sensor, UnknownNameError


def own_bands(header: SceneHeader, sensor: Sensor | None, path: Path) -> Sensor | None:
    """Return the bands of a sensor that a file holds, in the file's order; None without a sensor.

    Names of bands count first ("B08", "SR_B4"). Where they say nothing, as "Band 1", "Band 2" do,
    a file with as many bands as the sensor has them in the sensor's order.

    Raises:
        InputError: if it cannot be told which they are.
    """
    if sensor is None:
        return None
    names, count = header.meta.band_names, header.shape[0]
    if any(names) and not _numbered(names):
        found = [_band(name, sensor) for name in names]
        if None not in found and len(set(found)) == count:
            return sensor.select([name for name in found if name])
        unlike = ", ".join(
            repr(name) for name, band in zip(names, found, strict=True) if band is None
        )
        told = f"does not know {unlike}" if unlike else "has each band once"
    elif count == len(sensor):
        return sensor
    else:
        told = f"has {len(sensor)} bands, and no names tell which the {count} of the file are"
    raise InputError(
        f"{path}: {sensor.id} {told}; leave --sensor out if the file gives wavelengths, or pass "
        "--wavelengths FILE, a text file with one number a band"
    )


def stated_wavelengths(
    path: Path, sensor: Sensor | None, table: np.ndarray | None
) -> tuple[np.ndarray | None, Sensor | None]:
    """Return the wavelengths to read a scene with, and the sensor's bands that it holds.

    Args:
        path: the scene.
        sensor: whose bands these are; the file's own wavelengths win over the library's.
        table: the user's wavelengths, which win over both.

    Returns:
        The table, or the sensor's centroids [nm] where the file gives none; None where the file's
        own count.

    Raises:
        InputError: if nobody says where the bands lie, or what they are called.
    """
    header = read_header(path)
    bands = own_bands(header, sensor, path)
    if table is not None or header.bands.wavelength:
        return table, bands
    if bands is None:
        raise InputError(
            f"{path} gives no wavelengths for its {header.shape[0]} bands; pass --sensor NAME if "
            "they are a sensor's (`srf list`), or --wavelengths FILE, a text file with one number "
            "a band"
        )
    return np.array([band.centroid for band in bands]), bands


def image_bands(
    wavelength: Float[np.ndarray, " band"],
    fwhm: Float[np.ndarray, " band"],
    good: Bool[np.ndarray, " band"],
    sensor: Sensor | None,
) -> Bands:
    """Return the bands of a scene, with the sensor's widths where the scene's are not known.

    Warns:
        CentreShiftWarning: if a centre lies more than 2 nm from the sensor's.
    """
    if sensor is None:
        return Bands(wavelength, fwhm, good)
    widths = np.array([band.fwhm for band in sensor.at(wavelength, fwhm)])
    return Bands(wavelength, np.where(np.isnan(fwhm), widths, fwhm), good)


def header_bands(path: Path, sensor: Sensor | None, table: np.ndarray | None) -> Bands:
    """Return the bands that a scene's header names, without a look at the pixels.

    Raises:
        InputError: if nobody says where they lie, or they cannot be bands.
    """
    given, own = stated_wavelengths(path, sensor, table)
    header = read_header(path)
    count = header.shape[0]
    widths = np.full(count, np.nan)
    if given is None:
        given = centres_in_nm(header.bands, count, str(path))
        widths = widths_in_nm(header.bands, count, str(path))
    elif len(given) != count:
        raise InputError(f"{len(given)} wavelengths are given for the {count} bands of {path}")
    good = np.array(header.bands.good, dtype=bool) if header.bands.good else np.ones(count, bool)
    known = Bands.at(given, widths)
    return image_bands(known.wavelength, known.fwhm, good, own)


def named_bands(scene: Path | None, sensor: str | None, table: Path | None) -> Bands | None:
    """Return the bands of a scene, of a table of wavelengths, or of a sensor; None without any.

    Raises:
        InputError: as `header_bands` does.
        SrfError: as `find_sensor` does.
    """
    known = None if sensor is None else find_sensor(sensor)
    wavelengths = None if table is None else read_wavelength_table(table)
    if scene is not None:
        return header_bands(scene, known, wavelengths)
    if wavelengths is not None:
        return Bands.at(wavelengths) if known is None else Bands.of(known.at(wavelengths))
    return None if known is None else Bands.of(known)


def _numbered(names: Sequence[str]) -> bool:
    """Return whether the names only count: Band 9 of a file need not be B9 of its sensor."""
    counted = [re.fullmatch(r"(?:band|layer|channel)?[ _]*0*(\d+)", name.lower()) for name in names]
    return [match and int(match[1]) for match in counted] == list(range(1, len(names) + 1))


def _band(name: str, sensor: Sensor) -> str | None:
    """Return what a sensor calls a band of a file; None if it has none of that name."""
    for part in (name, *re.findall(r"\w+", name), *re.findall(r"[^\W_]+", name)):
        try:
            return sensor[part].name
        except (UnknownNameError, NotShippedError):
            continue
    return None
