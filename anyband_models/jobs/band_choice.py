"""What a list of bands, or a name for some of them, means to an image."""

import re
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

import srf_library
from anyband_models.damage.band_list import parse_bands
from anyband_models.errors import UsageError
from physops.bands import Bands
from srf_library import Sensor, UnknownNameError

RGB = ("red", "green", "blue")
# A panchromatic band to see a spectrum with: 500 to 680 nm.
PANCHROMATIC = ("landsat8_oli", "B8")
_NUMBERS = re.compile(r"[\d\s,.-]+(nm[\d\s,.-]*)*")


@dataclass(frozen=True, eq=False)
class BandChoice:
    """Some of an image's bands, or those of a sensor that looks at it.

    Attributes:
        channels: the image's bands, from 0, in the order asked for.
        sensor: what looks at it; None if the bands are the image's own.
    """

    channels: tuple[int, ...]
    sensor: Sensor | None = None


def choose_bands(text: str, bands: Bands, names: tuple[str, ...] = ()) -> BandChoice:
    """Return what is meant by ``3,17,42``, ``660-680nm``, ``rgb``, ``pan`` or a sensor's name.

    Args:
        text: what was asked for; all good bands, if empty.
        bands: of the image.
        names: of its bands, if there are any.

    Raises:
        UsageError: if it cannot be understood, or names no band.
        MissingBandError: if the image lacks red, green or blue.
        UnknownNameError, AmbiguousNameError, NotShippedError: as `srf_library.get` does.
    """
    if not text.strip():
        return BandChoice(tuple(np.flatnonzero(bands.good).tolist()))
    if text.strip().lower() == "rgb":
        return BandChoice(tuple(bands.channel(name) for name in RGB))
    if text.strip().lower() == "pan":
        id_, band = PANCHROMATIC
        return _seen(srf_library.get(id_).select([band]), bands)
    if _NUMBERS.fullmatch(text) or any(part.strip() in names for part in text.split(",")):
        return BandChoice(parse_bands(text, bands.wavelength, names))
    try:
        sensor = srf_library.get(text.strip())
    except UnknownNameError as error:
        raise UsageError(
            f"--bands {text!r} is neither a list of bands (12,30-33,760nm), nor rgb or pan, nor a "
            f"sensor: {error}"
        ) from error
    return _seen(sensor, bands)


def _seen(sensor: Sensor, bands: Bands) -> BandChoice:
    low, high = np.array([band.profile.half_maxima for band in sensor]).T
    inside = _within(bands.wavelength, low, high).any(axis=1) & bands.good
    if not inside.any():
        ends = f"{bands.wavelength.min():g} and {bands.wavelength.max():g} nm"
        raise UsageError(
            f"no band between {ends} lies within a band of {sensor.id}; choose another sensor"
        )
    return BandChoice(tuple(np.flatnonzero(inside).tolist()), sensor)


def _within(
    at: Float[np.ndarray, " band"],
    low: Float[np.ndarray, " row"],
    high: Float[np.ndarray, " row"],
) -> np.ndarray:
    return (at[:, np.newaxis] >= low) & (at[:, np.newaxis] <= high)
