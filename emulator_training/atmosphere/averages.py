"""How a band sees a spectrum of the atmosphere: the weights of its wavelengths."""

import numpy as np
from jaxtyping import Float

from physops import Bands
from srf_library import Band, Sensor, response_matrix
from srf_library.errors import CoverageError

Weights = Float[np.ndarray, "band wavelength"]
Wavelengths = Float[np.ndarray, " wavelength"]


def band_weights(bands: Bands, wavelength: Wavelengths) -> Weights:
    """Return the weights of a spectrum's wavelengths in each band; they sum to one.

    They are those of the sensor's own responses, if it is known whose bands they are; else of
    Gaussians, and of the centre alone where the width is not known. A row is zero if less than 98 %
    of the response lies within the wavelengths.

    Args:
        bands: where they lie, and how wide they are.
        wavelength: of the spectrum, evenly spaced [nm].

    >>> band_weights(Bands.at([505.0, 3000.0]), np.array([500.0, 510.0, 520.0]))
    array([[0.5, 0.5, 0. ],
           [0. , 0. , 0. ]])
    """
    if bands.sensor is not None:
        return _response_weights(bands.sensor, wavelength)
    weights = np.zeros((len(bands), len(wavelength)))
    inside = (bands.wavelength >= wavelength[0]) & (bands.wavelength <= wavelength[-1])
    for row in np.flatnonzero(inside & ~(bands.fwhm > 0)):
        weights[row] = _at(float(bands.wavelength[row]), wavelength)
    rows = np.flatnonzero(inside & (bands.fwhm > 0)).tolist()
    shapes = [Band.gaussian(str(k), bands.wavelength[k], bands.fwhm[k]) for k in rows]
    if shapes:
        weights[rows] = _response_weights(Sensor("image", "image", tuple(shapes)), wavelength)
    return weights


def _response_weights(sensor: Sensor, wavelength: Wavelengths) -> Weights:
    try:
        return response_matrix(sensor, wavelength, method="integral-linear").weights
    except CoverageError:  # none of them
        return np.zeros((len(sensor), len(wavelength)))


def _at(nm: float, wavelength: Wavelengths) -> Float[np.ndarray, " wavelength"]:
    """Return the weights of a straight line's point."""
    hats = 1 - np.abs(wavelength - nm) / (wavelength[1] - wavelength[0])
    return np.clip(hats, 0.0, None)
