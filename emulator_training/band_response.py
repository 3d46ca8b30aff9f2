"""What the bands of an image see of a spectrum that is known at every nanometre."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from emulator_training.errors import NoBandInRangeError, NoGoodBandError
from physops import Bands
from srf_library import response_matrix
from srf_library.sensor import Sensor

# Where PROSAIL's spectra lie [nm].
GRID = np.arange(400.0, 2501.0)
# What a band without a known width is taken for [nm]: about a value of the spectrum.
_NARROW = 1.0


@dataclass(frozen=True, eq=False)
class BandResponse:
    """The means of a spectrum over bands.

    Attributes:
        weights: a row of weights a band [1]; zero where the band cannot be seen.
        seen: which bands lie in 400-2500 nm and are good.
    """

    weights: Float[np.ndarray, "band wavelength"]
    seen: Bool[np.ndarray, " band"]


def band_response(bands: Bands) -> BandResponse:
    """Return what bands see: those of a sensor by its responses, others as Gaussians.

    One of unknown width sees its centre. A band that reaches beyond 400-2500 nm sees what is
    inside.

    Args:
        bands: the bands; those that are not good, or centred outside, see nothing.

    Raises:
        NoBandInRangeError: if there is none left; NoGoodBandError, if only for being not good.

    >>> band_response(Bands.at([660.0, 11000.0])).seen.tolist()
    [True, False]
    """
    inside = (bands.wavelength >= GRID[0]) & (bands.wavelength <= GRID[-1])
    seen = inside & bands.good
    if inside.any() and not seen.any():
        raise NoGoodBandError(GRID[0], GRID[-1], int(inside.sum()))
    if not seen.any():
        raise NoBandInRangeError(GRID[0], GRID[-1], bands.wavelength)
    if bands.sensor is not None:
        return BandResponse(sensor_response(bands.sensor) * seen[:, np.newaxis], seen)
    weights = np.zeros((len(bands), len(GRID)))
    for number in np.flatnonzero(seen):
        weights[number] = _row(float(bands.wavelength[number]), float(bands.fwhm[number]))
    return BandResponse(weights, seen)


def sensor_response(sensor: Sensor) -> Float[np.ndarray, "band wavelength"]:
    """Return the weights of a sensor's own responses."""
    matrix = response_matrix(sensor, GRID, method="integral-linear", on_partial="renormalise")
    return matrix.weights


def _row(centre: float, fwhm: float) -> Float[np.ndarray, " wavelength"]:
    if not fwhm > _NARROW:
        return np.maximum(1 - np.abs(GRID - centre), 0.0)
    std = fwhm / np.sqrt(8 * np.log(2))
    response = np.exp(-0.5 * ((GRID - centre) / std) ** 2)
    return response / response.sum()
