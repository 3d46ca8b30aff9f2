"""Where the bands of imaging spectrometers lie, roughly: what random ones are made like.

A detector is a stretch of wavelengths with its spacing at both ends. The numbers are rounded from
what the agencies publish; scenes have their own, and a real sensor's come from `srf_library`.
"""

from typing import NamedTuple


class Detector(NamedTuple):
    """A row of bands.

    Attributes:
        start: shortest wavelength [nm].
        stop: longest [nm].
        spacing: of the first bands [nm].
        spacing_end: of the last [nm].
        ratio: width at half maximum over spacing.
    """

    start: float
    stop: float
    spacing: float
    spacing_end: float
    ratio: float

    @property
    def length(self) -> float:
        """From the first to the last wavelength [nm]."""
        return self.stop - self.start


SPECTROMETERS = {
    "AVIRIS": (  # four spectrometers, three overlaps
        Detector(366, 687, 9.8, 9.8, 1.0),
        Detector(655, 1274, 9.6, 9.6, 0.95),
        Detector(1242, 1885, 10.0, 10.0, 1.1),
        Detector(1875, 2506, 9.9, 9.9, 1.15),
    ),
    "EnMAP": (Detector(418, 996, 4.8, 8.0, 1.15), Detector(900, 2450, 11.5, 8.5, 1.1)),
    "EMIT": (Detector(380, 2494, 7.4, 7.4, 1.15),),
    "PRISMA": (Detector(402, 977, 7.5, 10.5, 1.3), Detector(920, 2505, 10.5, 7.5, 1.2)),
    "DESIS": (Detector(402, 1000, 2.55, 2.55, 1.35),),
    "ROSIS": (Detector(430, 862, 4.1, 4.1, 1.2),),
    "CASI": (Detector(367, 1048, 9.5, 9.5, 1.0),),
    "HYDICE": (Detector(399, 2500, 4.0, 14.0, 1.0),),
    "HyMap": (
        Detector(437, 890, 15.0, 15.0, 1.05),
        Detector(880, 1350, 15.5, 14.5, 1.05),
        Detector(1400, 1810, 13.5, 12.0, 1.15),
        Detector(1950, 2490, 19.0, 16.0, 1.05),
    ),
    "Hyperion": (Detector(426, 930, 10.2, 10.2, 1.1), Detector(892, 2400, 10.1, 10.1, 1.1)),
    "AVIRIS-NG": (Detector(377, 2500, 5.0, 5.0, 1.15),),
}
