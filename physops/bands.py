"""The bands of an image: where they lie, how wide they are, which can be used."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from physops.errors import MissingBandError
from srf_library import Sensor, UnknownNameError

# Where the common names lie [nm]: centres of Sentinel-2 B2, B3, B4 and B8, rounded to 5 nm.
COMMON_NAMES = {"blue": 490.0, "green": 560.0, "red": 665.0, "nir": 835.0}
TOLERANCE_NM = 30.0


@dataclass(frozen=True, eq=False)
class Bands:
    """The band axis of an image, in the image's own order, which need not be sorted.

    Attributes:
        wavelength: band centres [nm].
        fwhm: full widths at half maximum [nm], NaN where not known.
        good: False where the provider or the user declares a band unusable.
    """

    wavelength: Float[np.ndarray, " band"]
    fwhm: Float[np.ndarray, " band"]
    good: Bool[np.ndarray, " band"]

    @classmethod
    def at(cls, wavelengths: Sequence[float] | np.ndarray) -> "Bands":
        """Return good bands at these wavelengths [nm], of unknown width.

        Raises:
            ValueError: if there are none.
        """
        centres = np.asarray(wavelengths, dtype=np.float64)
        if centres.ndim != 1 or not centres.size:
            raise ValueError(f"bands need a list of wavelengths, one or more, not {wavelengths!r}")
        return cls(centres, np.full(centres.shape, np.nan), np.ones(centres.shape, dtype=bool))

    @classmethod
    def of(cls, sensor: Sensor) -> "Bands":
        """Return the bands of a sensor of the library."""
        centres = np.array([band.centre_nm for band in sensor])
        widths = np.array([band.fwhm_nm for band in sensor])
        return cls(centres, widths, np.ones(centres.shape, dtype=bool))

    def __len__(self) -> int:
        return len(self.wavelength)

    def channel(self, name: str, tolerance: float = TOLERANCE_NM) -> int:
        """Return the index of the good band nearest to a common name such as ``"red"``.

        Args:
            name: one of blue, green, red, nir.
            tolerance: the farthest that the band may lie from the name's place [nm].

        Raises:
            UnknownNameError: if the name is none of these.
            MissingBandError: if no good band lies within the tolerance.

        >>> Bands.at([450.0, 560.0, 670.0]).channel("red")
        2
        """
        if name not in COMMON_NAMES:
            raise UnknownNameError("a band", name, COMMON_NAMES)
        distance = np.where(self.good, np.abs(self.wavelength - COMMON_NAMES[name]), np.inf)
        nearest = int(np.argmin(distance))
        if not distance[nearest] <= tolerance:
            place = float(self.wavelength[nearest])
            raise MissingBandError(name, COMMON_NAMES[name], place, tolerance)
        return nearest
