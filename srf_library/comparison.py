"""Two sensors side by side: which bands see the same light, and how far they differ."""

from dataclasses import dataclass

import numpy as np

from srf_library.quadrature import gauss_points
from srf_library.sensor import Band, Sensor


@dataclass(frozen=True, eq=False)
class BandPair:
    """A band of one sensor, and the band of another that shares most of its response.

    Attributes:
        first: the band.
        second: its partner; None if no band of the other sensor responds where it does.
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


def compare(first: Sensor, second: Sensor) -> list[BandPair]:
    """Return each band of a sensor with its partner in another.

    >>> from srf_library import get
    >>> [(p.first.name, p.second.name) for p in compare(get("landsat8_oli"), get("S2A"))[:5]]
    [('B1', 'B1'), ('B2', 'B2'), ('B3', 'B3'), ('B4', 'B4'), ('B5', 'B8A')]
    """
    return [_partner(band, second) for band in first]


def _partner(band: Band, others: Sensor) -> BandPair:
    overlaps = [_overlap(band, other) for other in others]
    best = int(np.argmax(overlaps))
    return BandPair(band, others.bands[best] if overlaps[best] else None, overlaps[best])


def _overlap(a: Band, b: Band) -> float:
    low, high = max(a.support[0], b.support[0]), min(a.support[1], b.support[1])
    if low >= high:
        return 0.0
    nm, step = gauss_points(np.union1d(a.profile.knots, b.profile.knots))
    both = np.stack([a.profile(nm), b.profile(nm)])
    return float(step @ both.min(axis=0) / (step @ both.max(axis=0)))
