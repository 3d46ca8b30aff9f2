"""Wavelengths that stand in the names of bands, where a file has no better place for them."""

import re
from collections.abc import Sequence

from anyband_models.scene.wavelengths import StatedBands

# "418.24 nm", "Band 1 (0.41824 Micrometers)".
_CENTRE = re.compile(
    r"(\d+(?:\.\d+)?)\s*(nm|nanomet\w+|um|\u00b5m|\u03bcm|micromet\w+)\b", re.IGNORECASE
)


def named_bands(names: Sequence[str]) -> StatedBands:
    """Return the wavelengths in the names, if every name has one and all in the same unit.

    >>> named_bands(["418.24 nm", "Band 2 (424.1 nm)"]).wavelength
    (418.24, 424.1)
    >>> named_bands(["B01", "B02"]).wavelength
    ()
    """
    found = [_CENTRE.search(name) for name in names]
    matches = [match for match in found if match]
    units = {match[2].casefold() for match in matches}
    if not matches or len(matches) < len(names) or len(units) > 1:
        return StatedBands()
    return StatedBands(wavelength=tuple(float(match[1]) for match in matches), unit=units.pop())
