"""A sensor and its bands."""

from collections.abc import Iterator
from dataclasses import dataclass

from srf_library.errors import UnknownNameError


@dataclass(frozen=True)
class Band:
    """One band, taken to respond as a Gaussian of its centre and width.

    Attributes:
        name: the agency's name of the band ("B8A").
        centre_nm: centroid of the response [nm].
        fwhm_nm: full width at half maximum [nm].
    """

    name: str
    centre_nm: float
    fwhm_nm: float


@dataclass(frozen=True)
class Sensor:
    """A platform's instrument: its bands in the agency's order, and their source."""

    id: str
    title: str
    source: str
    bands: tuple[Band, ...]

    def __getitem__(self, name: str) -> Band:
        """Return the band called ``name``."""
        for band in self.bands:
            if band.name == name:
                return band
        raise UnknownNameError(f"a band of {self.id}", name, (band.name for band in self.bands))

    def __iter__(self) -> Iterator[Band]:
        return iter(self.bands)

    def __len__(self) -> int:
        return len(self.bands)
