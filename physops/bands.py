"""The bands of an image: where they lie, how wide they are, which can be used."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float

from physops.errors import BandsError, MissingBandError, NotBandsError, SensorBandsError
from srf_library import Sensor, UnknownNameError, get
from srf_library.wavelengths import in_nanometres, widths_in_nanometres

# Where the common names lie [nm]: centres of Sentinel-2 B2, B3, B4 and B8, rounded to 5 nm.
COMMON_NAMES = {"blue": 490.0, "green": 560.0, "red": 665.0, "nir": 835.0}
# How far a band may lie from its sensor's [nm], or in widths of it if that is more: centres are
# published rounded, and by several definitions.
OFF_NM, OFF_WIDTHS = 3.0, 0.25
TOLERANCE_NM = 35.0  # the near infrared of SLSTR lies 33 nm away, at 868 nm


@dataclass(frozen=True, eq=False)
class Bands:
    """The band axis of an image, in the image's own order, which need not be sorted.

    Attributes:
        wavelength: band centres [nm].
        fwhm: full widths at half maximum [nm], NaN where not known.
        good: False where the provider or the user declares a band unusable.
        sensor: whose bands they are, one by one, which knows their responses; None if nobody said
            so.

    Raises:
        BandsError: if the three are not of one length.
        SensorBandsError: if the sensor has more or fewer bands, or one of them elsewhere.
    """

    wavelength: Float[np.ndarray, " band"]
    fwhm: Float[np.ndarray, " band"]
    good: Bool[np.ndarray, " band"]
    sensor: Sensor | None = None

    def __post_init__(self) -> None:
        # Files have other types and byte orders; what reads the numbers' bytes must not.
        for name, dtype in (("wavelength", np.float64), ("fwhm", np.float64), ("good", np.bool_)):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype))
        counts = [array.shape for array in (self.wavelength, self.fwhm, self.good)]
        if counts != [(len(self.wavelength),)] * 3:
            raise BandsError(*counts)
        if self.sensor is not None:
            _check_places(self.wavelength, self.sensor)

    @classmethod
    def at(
        cls,
        wavelengths: Sequence[float] | np.ndarray,
        fwhm: float | Sequence[float] | np.ndarray | None = None,
    ) -> "Bands":
        """Return good bands at these wavelengths.

        Args:
            wavelengths: band centres [nm or µm, told by their size].
            fwhm: full widths at half maximum, one a band or one for all; NaN, or left out, if not
                known.

        Raises:
            GridError: if there are none, or these cannot be bands.
        """
        centres = in_nanometres(wavelengths)
        widths = widths_in_nanometres(fwhm, wavelengths)
        return cls(centres, widths, np.ones(centres.shape, dtype=bool))

    @classmethod
    def of(cls, sensor: Sensor | str, good: Bool[np.ndarray, " band"] | None = None) -> "Bands":
        """Return the bands of a sensor, at the centroids of their responses.

        Args:
            sensor: the sensor, or one of its names.
            good: which of them can be used; all, if left out.
        """
        sensor = get(sensor) if isinstance(sensor, str) else sensor
        centres = np.array([band.centroid for band in sensor])
        widths = np.array([band.fwhm for band in sensor])
        good = np.ones(len(sensor), dtype=bool) if good is None else good
        return cls(centres, widths, good, sensor)

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


def _check_places(wavelength: Float[np.ndarray, " band"], sensor: Sensor) -> None:
    """Refuse a sensor whose bands are others, or lie in another order.

    Raises:
        SensorBandsError: if it has more or fewer bands, or one of them elsewhere.
    """
    if len(sensor) != len(wavelength):
        raise SensorBandsError(
            f"the image has {len(wavelength)} bands and {sensor.id} has {len(sensor)}"
        )
    for number, (nm, band) in enumerate(zip(wavelength.tolist(), sensor, strict=True)):
        allowed = max(OFF_NM, OFF_WIDTHS * band.fwhm)
        # Either is the centre to somebody.
        if not min(abs(nm - band.centroid), abs(nm - band.midpoint)) <= allowed:
            place = f"{band.name} of {sensor.id} at {band.centroid:g} nm"
            raise SensorBandsError(f"band {number} lies at {nm:g} nm and {place}")


def image_bands(
    what: str,
    sensor: Sensor | str | None = None,
    bands: Bands | None = None,
    wavelengths: Sequence[float] | np.ndarray | None = None,
) -> Bands:
    """Return the bands of an image, however they were given.

    Args:
        what: what needs them, for the error.
        sensor: a sensor whose bands the image has, or one of its names.
        bands: the bands themselves.
        wavelengths: band centres [nm or µm, told by their size]; beside a sensor they win over its
            own.

    Raises:
        TypeError: if they are not given, or given twice.
        NotBandsError: if ``bands`` are none.

    >>> image_bands("ndvi", wavelengths=[0.665, 0.842]).wavelength.tolist()
    [665.0, 842.0]
    """
    if bands is not None and not isinstance(bands, Bands):
        raise NotBandsError(what, bands)
    if (bands is None) == (sensor is None and wavelengths is None):
        twice = "" if bands is None else ", once, and got them twice"
        raise TypeError(
            f"{what!r} needs the image's bands{twice}: give either bands=, or sensor= or "
            "wavelengths= or both of these"
        )
    if bands is not None:
        return bands
    if sensor is None:
        assert wavelengths is not None  # one of the two was given
        return Bands.at(wavelengths)
    if wavelengths is None and isinstance(sensor, str):
        return _copied(_bands_of(sensor))
    sensor = get(sensor) if isinstance(sensor, str) else sensor
    return Bands.of(sensor if wavelengths is None else sensor.at(wavelengths))


@lru_cache(maxsize=64)
def _bands_of(sensor: str) -> Bands:
    return Bands.of(sensor)


def _copied(bands: Bands) -> Bands:
    """Return bands of their own, which a caller may change."""
    return Bands(bands.wavelength.copy(), bands.fwhm.copy(), bands.good.copy(), bands.sensor)
