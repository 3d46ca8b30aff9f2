"""Two sensors side by side: which bands see the same light, and how far they differ."""

from dataclasses import dataclass

import numpy as np

from srf_library.catalogue import get
from srf_library.quadrature import gauss_points
from srf_library.sensor import Band, Sensor

LEAST_OVERLAP = 0.05


@dataclass(frozen=True, eq=False)
class BandPair:
    """A band of one sensor, and the band of another that shares most of its response.

    Attributes:
        first: the band.
        second: its partner; None if none shares a twentieth of its response.
        overlap: the area under both responses over that under either [1]; 1 if they are equal.
    """

    first: Band
    second: Band | None
    overlap: float

    @property
    def centroid_shift(self) -> float:
        """How far the partner's centroid lies above the band's [nm]; NaN without a partner."""
        return self.second.centroid - self.first.centroid if self.second else np.nan

    @property
    def fwhm_change(self) -> float:
        """How much wider the partner is [nm]; NaN without a partner."""
        return self.second.fwhm - self.first.fwhm if self.second else np.nan


def compare(first: Sensor | str, second: Sensor | str) -> list[BandPair]:
    """Return each band of a sensor with its partner in another.

    Args:
        first: a sensor, or one of its names.
        second: the sensor that partners are sought in, or one of its names.

    >>> [(pair.first.name, pair.second.name) for pair in compare("landsat8_oli", "S2A")[:5]]
    [('B1', 'B1'), ('B2', 'B2'), ('B3', 'B3'), ('B4', 'B4'), ('B5', 'B8A')]
    """
    a, b = (get(each) if isinstance(each, str) else each for each in (first, second))
    return [_partner(band, b) for band in a]


def _partner(band: Band, others: Sensor) -> BandPair:
    overlaps = [_overlap(band, other) for other in others]
    best = int(np.argmax(overlaps))
    alike = overlaps[best] >= LEAST_OVERLAP
    return BandPair(band, others.bands[best] if alike else None, overlaps[best])


def _overlap(a: Band, b: Band) -> float:
    low, high = max(a.support[0], b.support[0]), min(a.support[1], b.support[1])
    if low >= high:
        return 0.0
    nm, step = gauss_points(np.union1d(a.profile.knots, b.profile.knots))
    both = np.stack([a.profile(nm), b.profile(nm)])
    return float(step @ both.min(axis=0) / (step @ both.max(axis=0)))
